//! Which steps may read a variable that they do not name: tools take their tokens from the environment, under the names
//! that their manuals give, and what the project runs may read any.

use tightlip_dockerfile::shell::{Command, Script, Simple};

use super::recipe::{RECIPES, last};
use super::step::simple;

/// Tools, and the variables that they read: `NAME` or `NAME_*`. A tool also reads what begins with its own name.
const TOOLS: &[(&str, &str)] = &[
    ("eas eas-cli expo expo-cli", "EXPO_*"),
    (
        "terraform tofu terragrunt cdktf atlantis",
        "TF_* TFE_* AWS_* ARM_* GOOGLE_* GITHUB_TOKEN VAULT_* CLOUDFLARE_*",
    ),
    ("packer", "PKR_VAR_* HCP_* AWS_* ARM_* GOOGLE_*"),
    ("vault bao", "VAULT_* BAO_*"),
    ("consul", "CONSUL_*"),
    ("nomad", "NOMAD_*"),
    ("gh hub act", "GH_* GITHUB_*"),
    ("glab release-cli", "GITLAB_* CI_JOB_TOKEN GL_*"),
    (
        "git-lfs semantic-release release-it lerna changeset np goreleaser",
        "GH_* GITHUB_* GITLAB_* GL_* NPM_*",
    ),
    ("wrangler flarectl cloudflared", "CLOUDFLARE_* CF_* TUNNEL_*"),
    ("fly flyctl", "FLY_*"),
    ("now", "VERCEL_*"),
    ("ntl", "NETLIFY_*"),
    ("op", "OP_*"),
    ("bw", "BW_*"),
    ("hf huggingface-cli text-generation-launcher vllm", "HF_* HUGGING_FACE_* HUGGINGFACE_*"),
    ("kaggle", "KAGGLE_*"),
    ("twine flit hatch pdm maturin", "TWINE_* FLIT_* HATCH_* PDM_* MATURIN_* PYPI_*"),
    ("aws sam cdk serverless sls s5cmd s3cmd dvc chalice eb copilot ecs-cli", "AWS_* SERVERLESS_*"),
    ("az azcopy func", "AZURE_* ARM_* AZCOPY_*"),
    ("gcloud gsutil bq", "GOOGLE_* CLOUDSDK_* GCP_*"),
    ("firebase", "FIREBASE_* GOOGLE_*"),
    ("doctl", "DIGITALOCEAN_* DO_*"),
    ("heroku", "HEROKU_*"),
    ("databricks dbt", "DATABRICKS_* DBT_*"),
    ("jf jfrog", "JFROG_* JF_* ARTIFACTORY_*"),
    ("sonar-scanner", "SONAR_*"),
    ("conda mamba micromamba anaconda", "CONDA_* ANACONDA_* MAMBA_* QUETZ_*"),
    ("pod", "COCOAPODS_*"),
    ("dart flutter", "PUB_*"),
    ("mix", "HEX_*"),
    ("prisma", "DATABASE_URL DIRECT_URL"),
    ("rails rake", "RAILS_* SECRET_KEY_BASE DATABASE_URL"),
    ("psql pg_dump pg_restore createdb", "PGPASSWORD PGPASSFILE"),
    ("mysql mysqldump mysqladmin mariadb", "MYSQL_PWD"),
    ("redis-cli", "REDISCLI_AUTH"),
    ("sshpass", "SSHPASS"),
    ("sops age", "SOPS_* AGE_*"),
    ("gem", "GEM_* RUBYGEMS_*"),
    ("docker podman buildah skopeo crane", "DOCKER_AUTH_CONFIG REGISTRY_AUTH_*"),
];

/// Programs that start the one in their words.
const STARTING: &[&str] =
    &["sudo doas env time nice nohup command exec timeout gosu su-exec stdbuf xargs chroot"];

/// Programs that start one of their packages.
const RUNNERS: &[&str] =
    &["npx bunx pnpx uvx pipx npm pnpm yarn bun deno uv poetry pipenv pdm hatch rye bundle python python3 \
     mise asdf nix corepack go cargo composer"];

/// Programs that read no token from the environment.
const SILENT: &[&str] = &[
    // Packages of the distribution.
    "apk apt apt-get apt-cache apt-mark apt-key add-apt-repository aptitude dpkg dpkg-reconfigure \
     dpkg-divert debconf-set-selections yum dnf microdnf tdnf rpm zypper pacman xbps-install emerge \
     update-ca-certificates update-ca-trust update-alternatives locale-gen localedef ldconfig \
     install_packages a2enmod a2ensite a2dismod docker-php-ext-install docker-php-ext-enable \
     docker-php-ext-configure setcap",
    // Users.
    "useradd adduser usermod groupadd addgroup groupmod deluser userdel passwd chpasswd id whoami getent",
    // Files and texts.
    "cp mv rm rmdir mkdir ln ls touch chmod chown chgrp install cat tac tee head tail sed awk gawk grep \
     egrep fgrep cut tr sort uniq wc find stat file du df basename dirname readlink realpath mktemp diff \
     cmp patch strip tar zip unzip gzip gunzip zcat bzip2 bunzip2 xz unxz zstd 7z cpio base64 xxd od \
     md5sum sha1sum sha256sum sha512sum jq yq iconv dos2unix split paste openssl gpg ssh-keyscan \
     ssh-keygen crontab",
    // Fetching: what they send is told to them.
    "curl wget git",
    // The shell and the system.
    "echo printf : true false test [ set unset cd pushd popd export umask exit sleep date uname which \
     type hash shopt ulimit trap read seq expr nproc arch hostname sync kill ps wait shift local readonly \
     declare return break continue ln systemctl service mkfifo mknod mount umount",
];

/// Whether a step runs a tool that reads a variable of this name.
pub(super) fn by_name(script: &Script, name: &str) -> bool {
    commands(script).any(|simple| started(simple).iter().any(|program| reads(program, name)))
}

/// Whether a step runs something that may read any variable.
pub(super) fn perhaps(script: &Script) -> bool {
    !script.problems.is_empty() || commands(script).any(|simple| !is_silent(simple))
}

fn commands(script: &Script) -> impl Iterator<Item = &Simple> {
    script.commands().into_iter().filter_map(|command: &Command| simple(command))
}

fn is_in(groups: &[&str], program: &str) -> bool {
    groups.iter().flat_map(|group| group.split(' ')).any(|one| one == program)
}

/// The programs that a command may start.
fn started(simple: &Simple) -> Vec<String> {
    let words: Vec<String> = simple.words.iter().filter_map(|word| word.literal()).collect();
    let own = |program: &String| is_in(STARTING, last(program)) || is_in(RUNNERS, last(program));
    let inner = if words.first().is_some_and(own) { 8 } else { 1 };
    let names = words.iter().take(inner).filter(|word| !word.starts_with('-'));
    // `@scope/name@1.2` is called like its last part.
    names.map(|word| last(word).split('@').next().unwrap_or(word).to_owned()).collect()
}

fn reads(program: &str, name: &str) -> bool {
    let is = |wanted: &str| match wanted.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => wanted == name,
    };
    let mut rows = TOOLS.iter().filter(|(programs, _)| programs.split(' ').any(|one| one == program));
    let recipe = || RECIPES.iter().any(|recipe| recipe.programs.contains(&program) && (recipe.reads)(name));
    rows.any(|(_, names)| names.split(' ').any(is)) || recipe() || is_own(program, name)
}

/// `SNYK_TOKEN` is read by `snyk`, `SENTRY_AUTH_TOKEN` by `sentry-cli`.
fn is_own(program: &str, name: &str) -> bool {
    let first = |text: &str| text.split(['-', '_', '.']).next().unwrap_or("").to_ascii_lowercase();
    let (program, name) = (if is_in(SILENT, program) { String::new() } else { first(program) }, first(name));
    program.len() >= 3 && program == name
}

/// Whether a command runs nothing that may read any variable.
pub(crate) fn is_silent(simple: &Simple) -> bool {
    // A script in its words has commands of its own.
    if simple.words.is_empty() || simple.nested.is_some() {
        return true;
    }
    let mut words = simple.words.iter().map(|word| word.literal());
    let starting = |word: &Option<String>| {
        word.as_ref()
            .is_some_and(|word| is_in(STARTING, last(word)) || word.starts_with('-') || word.contains('='))
    };
    let program = words.find(|word| !starting(word)).flatten();
    program.is_some_and(|program| {
        let system =
            !program.contains('/') || ["/bin/", "/usr/", "/sbin/"].iter().any(|at| program.starts_with(at));
        system && is_in(SILENT, last(&program))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_read_the_variables_of_their_manuals() {
        for (script, name) in [
            ("eas build --platform android", "EXPO_TOKEN"),
            ("npx --yes eas-cli@5 build", "EXPO_TOKEN"),
            ("terraform init", "TF_TOKEN_app_terraform_io"),
            ("sudo -E snyk test", "SNYK_TOKEN"),
            ("pnpm dlx netlify-cli deploy", "NETLIFY_AUTH_TOKEN"),
            ("python -m twine upload dist/a", "TWINE_PASSWORD"),
            ("if true; then flyctl deploy; fi", "FLY_API_TOKEN"),
            ("bundle exec rails assets:precompile", "RAILS_MASTER_KEY"),
            ("uvx hf download a/b", "HF_TOKEN"),
        ] {
            assert!(by_name(&Script::parse_str(script), name), "{script}");
        }
        for (script, name) in [
            ("apt-get install -y snyk", "SNYK_TOKEN"),
            ("terraform fmt", "SENTRY_TOKEN"),
            ("git clone https://h/r", "GIT_TOKEN"),
        ] {
            assert!(!by_name(&Script::parse_str(script), name), "{script}");
        }
    }

    #[test]
    fn what_is_not_known_may_read_any_variable() {
        for script in [
            "acme-cli push",
            "./run.sh",
            "sh run.sh",
            ". ./env",
            "$RUN all",
            "envsubst < a",
            "sudo make",
            "if",
        ] {
            assert!(perhaps(&Script::parse_str(script)), "{script}");
        }
        for script in [
            "apk add --no-cache git && rm -rf /tmp/a",
            "sudo apt-get update",
            "sh -c 'echo a | tee b'",
            "DEBIAN_FRONTEND=noninteractive apt-get install -y curl",
            "A=b",
        ] {
            assert!(!perhaps(&Script::parse_str(script)), "{script}");
        }
    }
}
