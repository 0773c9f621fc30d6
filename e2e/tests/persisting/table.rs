//! One call for every row of the lints' table of tools that write down what they are told, and the file that the tool's
//! own documentation says it writes. `$S` is the secret; the home is `/root`, the working directory `/app`.

/// A call of a tool.
pub(crate) struct Row {
    /// The row of the lints' table.
    pub(crate) call: &'static str,
    /// How people write it.
    pub(crate) command: &'static str,
    /// Where the secret then stands.
    pub(crate) file: &'static str,
    /// What runs here.
    pub(crate) by: By,
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The tool itself, where the machine has it: the call needs no server.
    Tool,
    /// A stand-in, which writes what it is told where the tool does.
    StandIn,
}

/// A call that the tool itself can do without a server.
const fn real(call: &'static str, command: &'static str, file: &'static str) -> Row {
    Row { call, command, file, by: By::Tool }
}

/// A call that needs a server, a login, or a tool that no machine of ours has.
const fn row(call: &'static str, command: &'static str, file: &'static str) -> Row {
    Row { call, command, file, by: By::StandIn }
}

/// Rows that leave nothing of the value that a proof looks for, and what they leave instead.
pub(crate) static NOT_SHOWN: &[(&str, &str)] = &[
    ("chpasswd", "a salted hash"),
    ("passwd --stdin", "a salted hash"),
    ("htpasswd -n", "prints a salted hash"),
    ("htpasswd", "a salted hash"),
    ("mysql_config_editor set", "AES, with the key in the same file"),
    ("ssh-keygen -f", "a key that the passphrase encrypts"),
];

/// The rows, in the order of the lints' table.
pub(crate) static ROWS: &[Row] = &[
    // git
    real(
        "git clone -c|--config",
        "git clone -c http.extraHeader=\"Authorization: $S\" /src/repo.git c1",
        "/app/c1/.git/config",
    ),
    real(
        "git clone",
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url./src/repo.git.insteadOf GIT_CONFIG_VALUE_0=https://u:$S@h.invalid/r.git \
         git clone https://u:$S@h.invalid/r.git c2",
        "/app/c2/.git/config",
    ),
    real(
        "git remote add|set-url",
        "git init -q c3 && cd c3 && git remote add o https://u:$S@h.invalid/r.git",
        "/app/c3/.git/config",
    ),
    row(
        "git submodule add|set-url",
        "git submodule add https://u:$S@h.invalid/r.git sub",
        "/app/.gitmodules",
    ),
    real(
        "git config --global",
        "git config --global url.https://u:$S@h.invalid/.insteadOf https://h.invalid/",
        "/root/.gitconfig",
    ),
    real(
        "git config --system",
        "git config --system http.extraHeader \"Authorization: $S\"",
        "/etc/gitconfig",
    ),
    real("git config -f|--file", "git config --file own.config a.b \"$S\"", "/app/own.config"),
    real(
        "git config",
        "git init -q c4 && cd c4 && git config http.extraHeader \"Authorization: $S\"",
        "/app/c4/.git/config",
    ),
    real(
        "git credential approve|store",
        "printf 'protocol=https\\nhost=h\\nusername=u\\npassword=%s\\n\\n' \"$S\" | git -c credential.helper=store credential approve",
        "/root/.git-credentials",
    ),
    real(
        "git credential-store store",
        "printf 'protocol=https\\nhost=h\\nusername=u\\npassword=%s\\n\\n' \"$S\" | git credential-store --file own.store store",
        "/app/own.store",
    ),
    row("hg clone", "hg clone https://u:$S@h.invalid/r c5", "/app/c5/.hg/hgrc"),
    row(
        "svn checkout|co|export|update",
        "svn checkout --username u --password $S https://h.invalid/r",
        "/root/.subversion/auth",
    ),
    row("pod repo add", "pod repo add own https://u:$S@h.invalid/r.git", "/root/.cocoapods/repos"),
    // JavaScript
    real(
        "npm|pnpm config|c set --location=project",
        "npm config set --location=project //r.invalid/:_authToken=$S",
        "/app/.npmrc",
    ),
    real("npm|pnpm config|c set", "npm config set //r.invalid/:_authToken=$S", "/root/.npmrc"),
    real("npm|pnpm set|login|adduser|add-user", "npm set //r.invalid/:_authToken=$S", "/root/.npmrc"),
    row("npm install|i|add|ci", "npm install git+https://u:$S@h.invalid/r.git", "/app/package-lock.json"),
    row("pnpm install|i|add", "pnpm add git+https://u:$S@h.invalid/r.git", "/app/pnpm-lock.yaml"),
    row("yarn config set --home|-H", "yarn config set --home npmAuthToken $S", "/root/.yarnrc.yml"),
    row("yarn config set npm*", "yarn config set npmAuthToken $S", "/app/.yarnrc.yml"),
    row("yarn config set", "yarn config set registry https://u:$S@h.invalid/", "/root/.yarnrc"),
    row("yarn add", "yarn add git+https://u:$S@h.invalid/r.git", "/app/yarn.lock"),
    row("snyk auth|config", "snyk auth $S", "/root/.config/configstore/snyk.json"),
    // Python
    row(
        "pip|pip3 config set --global",
        "pip config set --global global.index-url https://u:$S@h.invalid/",
        "/etc/pip.conf",
    ),
    row(
        "pip|pip3 config set --site",
        "pip config set --site global.index-url https://u:$S@h.invalid/",
        "/usr/local/pip.conf",
    ),
    real(
        "pip|pip3 config set",
        "pip config set global.index-url https://u:$S@h.invalid/",
        "/root/.config/pip/pip.conf",
    ),
    row(
        "pip|pip3 install -e|--editable",
        "pip install -e git+https://u:$S@h.invalid/r.git#egg=r",
        "/app/src",
    ),
    row(
        "poetry config http-basic.*|pypi-token.*",
        "poetry config http-basic.own u $S",
        "/root/.config/pypoetry/auth.toml",
    ),
    row(
        "poetry config",
        "poetry config repositories.own https://u:$S@h.invalid/",
        "/root/.config/pypoetry/config.toml",
    ),
    row(
        "pip-compile --index-url|-i|--extra-index-url",
        "pip-compile --index-url https://u:$S@h.invalid/ requirements.in",
        "/app/requirements.txt",
    ),
    row("poetry add", "poetry add git+https://u:$S@h.invalid/r.git", "/app/poetry.lock"),
    row("uv add", "uv add git+https://u:$S@h.invalid/r.git", "/app/uv.lock"),
    row(
        "mix hex.organization|hex.repo auth|add",
        "mix hex.organization auth acme --key $S",
        "/root/.hex/hex.config",
    ),
    row(
        "dart|flutter pub token add",
        "echo $S | dart pub token add https://h.invalid",
        "/root/.config/dart/pub-tokens.json",
    ),
    row("uv auth login", "uv auth login h.invalid --token $S", "/root/.local/share/uv/credentials"),
    row("pdm config --local", "pdm config --local pypi.password $S", "/app/pdm.toml"),
    row("pdm config", "pdm config pypi.password $S", "/root/.config/pdm/config.toml"),
    row("hatch config set", "hatch config set publish.index.auth $S", "/root/.config/hatch/config.toml"),
    row("conda|mamba config", "conda config --add channels https://u:$S@h.invalid/", "/root/.condarc"),
    row(
        "keyring set",
        "echo $S | keyring set h.invalid u",
        "/root/.local/share/python_keyring/keyring_pass.cfg",
    ),
    row("huggingface-cli login", "huggingface-cli login --token $S", "/root/.cache/huggingface/token"),
    row("hf auth login", "hf auth login --token $S", "/root/.cache/huggingface/token"),
    row("wandb login", "wandb login $S", "/root/.netrc"),
    // Java, .NET, PHP, Ruby, Rust, Go, C++
    row(
        "dotnet nuget add|update source",
        "dotnet nuget add source https://h.invalid/v3 -n own -u u -p $S --store-password-in-clear-text",
        "/root/.nuget/NuGet/NuGet.Config",
    ),
    row("nuget sources|source|setapikey", "nuget setapikey $S", "/root/.nuget/NuGet/NuGet.Config"),
    row(
        "composer config -g|--global",
        "composer config --global github-oauth.github.com $S",
        "/root/.composer/auth.json",
    ),
    row("composer config", "composer config github-oauth.github.com $S", "/app/auth.json"),
    row("bundle|bundler config --local", "bundle config --local h.invalid u:$S", "/app/.bundle/config"),
    row("bundle|bundler config", "bundle config set --global h.invalid u:$S", "/root/.bundle/config"),
    row("gem signin", "echo $S | gem signin", "/root/.gem/credentials"),
    row("gem sources|source", "gem sources --add https://u:$S@h.invalid/", "/root/.gemrc"),
    row("cargo login", "cargo login --registry own $S", "/root/.cargo/credentials.toml"),
    row("cargo add", "cargo add r --git https://u:$S@h.invalid/r.git", "/app/Cargo.toml"),
    row("go env -w", "go env -w GOPROXY=https://u:$S@h.invalid", "/root/.config/go/env"),
    row("conan user", "conan user -p $S -r own u", "/root/.conan/.conan.db"),
    row("conan remote login|add", "conan remote login own u -p $S", "/root/.conan2/.conan.db"),
    // Containers
    row(
        "docker|nerdctl|oras|cosign|ko login",
        "echo $S | docker login -u u --password-stdin h.invalid",
        "/root/.docker/config.json",
    ),
    real("crane|gcrane auth login", "crane auth login h.invalid -u u -p $S", "/root/.docker/config.json"),
    row("podman|buildah|skopeo login", "skopeo login -u u -p $S h.invalid", "/run/containers/0/auth.json"),
    row(
        "regctl registry login|set",
        "regctl registry login h.invalid -u u -p $S",
        "/root/.regctl/config.json",
    ),
    row(
        "helm registry login",
        "helm registry login h.invalid -u u -p $S",
        "/root/.config/helm/registry/config.json",
    ),
    row(
        "helm repo add",
        "helm repo add own https://h.invalid --username u --password $S",
        "/root/.config/helm/repositories.yaml",
    ),
    real(
        "kubectl|oc config set-credentials|set-cluster|set",
        "kubectl config set-credentials me --token=$S",
        "/root/.kube/config",
    ),
    row("oc login", "oc login --token=$S https://h.invalid", "/root/.kube/config"),
    // Clouds and services
    real("aws configure set|import", "aws configure set aws_secret_access_key $S", "/root/.aws/credentials"),
    row(
        "gcloud auth activate-service-account|login",
        "echo $S > /tmp/key && gcloud auth activate-service-account --key-file=/tmp/key && rm /tmp/key",
        "/root/.config/gcloud/credentials.db",
    ),
    row("gcloud config set", "gcloud config set auth/access_token $S", "/root/.config/gcloud/properties"),
    row("gsutil config", "echo $S | gsutil config -a", "/root/.boto"),
    row(
        "az login",
        "az login --service-principal -u u -p $S --tenant t",
        "/root/.azure/service_principal_entries.json",
    ),
    row("doctl auth init", "doctl auth init -t $S", "/root/.config/doctl/config.yaml"),
    row("ibmcloud login|config", "ibmcloud login --apikey $S", "/root/.bluemix/config.json"),
    row("hcloud context create", "echo $S | hcloud context create own", "/root/.config/hcloud/cli.toml"),
    row("scw init|config", "scw config set secret-key=$S", "/root/.config/scw/config.yaml"),
    row("aliyun configure", "aliyun configure set --access-key-secret $S", "/root/.aliyun/config.json"),
    row("linode-cli configure", "echo $S | linode-cli configure --token", "/root/.config/linode-cli"),
    row("gh auth login", "echo $S | gh auth login --with-token", "/root/.config/gh/hosts.yml"),
    row("glab auth login", "echo $S | glab auth login --stdin", "/root/.config/glab-cli/config.yml"),
    row("heroku login", "echo $S | heroku login -i", "/root/.netrc"),
    row("fly|flyctl auth login", "fly auth login --email u --password $S", "/root/.fly/config.yml"),
    row("vercel login", "echo $S | vercel login", "/root/.local/share/com.vercel.cli/auth.json"),
    row("netlify login", "echo $S | netlify login", "/root/.config/netlify/config.json"),
    row(
        "terraform|tofu login",
        "echo $S | terraform login h.invalid",
        "/root/.terraform.d/credentials.tfrc.json",
    ),
    row("vault login", "vault login $S", "/root/.vault-token"),
    row("doppler configure set", "doppler configure set token $S", "/root/.doppler/.doppler.yaml"),
    row("ngrok authtoken", "ngrok authtoken $S", "/root/.config/ngrok/ngrok.yml"),
    row(
        "ngrok config add-authtoken|add-api-key",
        "ngrok config add-authtoken $S",
        "/root/.config/ngrok/ngrok.yml",
    ),
    row("sentry-cli login", "sentry-cli login --auth-token $S", "/root/.sentryclirc"),
    row(
        "rclone config create|update|password",
        "rclone config create own s3 secret_access_key=$S",
        "/root/.config/rclone/rclone.conf",
    ),
    row("mc alias set", "mc alias set own https://h.invalid u $S", "/root/.mc/config.json"),
    row("s3cmd --configure", "s3cmd --configure --secret_key=$S", "/root/.s3cfg"),
    row("b2 authorize-account|account", "b2 authorize-account u $S", "/root/.b2_account_info"),
    row(
        "jf|jfrog config|c add|edit|import",
        "jf config add own --url https://h.invalid --access-token $S",
        "/root/.jfrog/jfrog-cli.conf.v6",
    ),
    row("databricks configure", "echo $S | databricks configure --token", "/root/.databrickscfg"),
    row("circleci setup", "circleci setup --token $S --no-prompt", "/root/.circleci/cli.yml"),
    row("dvc remote modify --local", "dvc remote modify --local own password $S", "/app/.dvc/config.local"),
    row("dvc remote modify|add", "dvc remote modify own password $S", "/app/.dvc/config"),
    // The system
    row("useradd|usermod|adduser -p|--password", "useradd -p $S u", "/etc/shadow"),
    row("gpg|gpg2 --import", "echo $S | gpg --batch --import", "/root/.gnupg"),
    row(
        "add-apt-repository|apt-add-repository",
        "add-apt-repository \"deb https://u:$S@h.invalid/ x main\"",
        "/etc/apt/sources.list.d",
    ),
    row(
        "yum-config-manager --add-repo|--setopt",
        "yum-config-manager --add-repo https://u:$S@h.invalid/x.repo",
        "/etc/yum.repos.d",
    ),
    row(
        "dnf config-manager",
        "dnf config-manager --add-repo https://u:$S@h.invalid/x.repo",
        "/etc/yum.repos.d",
    ),
    row("zypper addrepo|ar", "zypper addrepo https://u:$S@h.invalid/ own", "/etc/zypp/repos.d"),
    row("pro|ua attach", "pro attach $S", "/var/lib/ubuntu-advantage/private/machine-token.json"),
    row(
        "debconf-set-selections",
        "echo \"x x/password password $S\" | debconf-set-selections",
        "/var/cache/debconf/passwords.dat",
    ),
];
