//! Is this the name of a file that holds a secret?

/// How plainly the name of a file says that it holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holds {
    /// It does not say so.
    Nothing,
    /// As often as not.
    Maybe,
    /// That is what such a file is for.
    Secret,
}

/// Judges the path of a file or directory, absolute or not; `*` may stand in it.
pub(crate) fn holds(path: &str) -> Holds {
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    if is_sample(name) {
        return Holds::Nothing;
    }
    let parent = folder.rsplit('/').next().unwrap_or("");
    if NAMES.contains(&name) || BELOW.iter().any(|(dir, file)| parent == *dir && name == *file) {
        return Holds::Secret;
    }
    if MAYBE.contains(&name) {
        return Holds::Maybe;
    }
    [environment, private_key, account]
        .iter()
        .map(|judge| judge(name, folder))
        .max()
        .unwrap_or(Holds::Nothing)
}

/// Files that show how the real one looks.
pub(crate) fn is_sample(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    let word = |word: &str| SAMPLES.contains(&word);
    name.split(['.', '-', '_']).any(word) || name.ends_with(".pub") || name.ends_with(".enc")
}

/// `.env`, `.env.production`, `prod.env`.
fn environment(name: &str, _: &str) -> Holds {
    match name {
        ".env" => Holds::Secret,
        _ if name.starts_with(".env.") || name.starts_with(".env*") || name == ".env-production" => {
            Holds::Secret
        }
        _ if name.ends_with(".env") => Holds::Maybe,
        _ => Holds::Nothing,
    }
}

fn private_key(name: &str, folder: &str) -> Holds {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let says = |words: &[&str]| stem.split(['.', '-', '_']).any(|word| words.contains(&word));
    let private = says(&["key", "private", "priv", "privkey", "secret", "privatekey"]);
    let public = says(PUBLIC)
        || ["keyring", "rpm-gpg", "trusted", "ca-certificates"].iter().any(|at| folder.contains(at));
    match extension {
        _ if name.starts_with("id_rsa") || name.starts_with("id_ed25519") || name.starts_with("id_ecdsa") => {
            Holds::Secret
        }
        // Apple gives out such a key once, by this name.
        "p8" if name.starts_with("authkey_") => Holds::Secret,
        "ppk" | "kdbx" | "p12" | "pfx" => Holds::Secret,
        "ovpn" | "jks" | "keystore" if !says(&["trust", "truststore", "cacerts", "ca"]) => Holds::Maybe,
        "pem" if private && !says(&["public", "pub"]) => Holds::Secret,
        "pem" if !public => Holds::Maybe,
        "key" if !public => Holds::Secret,
        "" if matches!(name, "deploy_key" | "deploy-key" | "private_key" | "ssh_key" | "ssh-key") => {
            Holds::Secret
        }
        _ => Holds::Nothing,
    }
}

/// Accounts of cloud providers and the like: JSON files that are made to be downloaded once and kept.
fn account(name: &str, _: &str) -> Holds {
    let Some(stem) = name.strip_suffix(".json") else { return Holds::Nothing };
    let squeezed: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain =
        ["serviceaccount", "firebaseadminsdk", "googlecredentials", "gcpcredentials", "gcpkey", "sakey"];
    if plain.iter().any(|word| squeezed.contains(word))
        || matches!(stem, "key" | "sa" | "credentials" | "creds")
    {
        return Holds::Secret;
    }
    let ends = ["credentials", "creds", "secrets", "secret"];
    if ends.iter().any(|end| squeezed.ends_with(end)) { Holds::Secret } else { Holds::Nothing }
}

const SAMPLES: &[&str] = &[
    "example", "sample", "template", "dist", "default", "defaults", "tmpl", "tpl", "test", "tests",
    "testing", "ci", "mock", "dummy", "schema",
];

const NAMES: &[&str] = &[
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".pypirc",
    ".vault-token",
    ".erlang.cookie",
    "settings-security.xml",
    ".pgpass",
    ".my.cnf",
    ".dockercfg",
    ".s3cfg",
    ".boto",
    ".ssh",
    ".aws",
    ".gnupg",
    ".kube",
    ".azure",
    ".gcloud",
    "kubeconfig",
    "master.key",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "terraform.tfvars",
    "secrets.yml",
    "secrets.yaml",
    "secrets.json",
    "secrets.toml",
    "secrets.env",
    "secret.yml",
    "secret.yaml",
    "secret.json",
    "secrets",
    "secrets.tfvars",
    ".secrets",
    "secret.txt",
    "secrets.txt",
    "password.txt",
    "passwords.txt",
    "token.txt",
    "auth.json",
    "application_default_credentials.json",
    "credentials",
    ".credentials",
    "id_dsa",
    "id_rsa",
    "auth.toml",
    "local.settings.json",
    "vault-password",
    ".vault_pass",
    "vault_pass.txt",
];

const BELOW: &[(&str, &str)] = &[
    (".kube", "config"),
    (".docker", "config.json"),
    (".cargo", "credentials.toml"),
    (".gem", "credentials"),
];

/// Files that have credentials in them as often as not.
const MAYBE: &[&str] =
    &[".npmrc", ".htpasswd", "settings.xml", "wp-config.php", "pip.conf", ".yarnrc", "credentials.xml"];

/// What is published in files of keys and certificates.
const PUBLIC: &[&str] = &[
    "ca",
    "cacert",
    "cacerts",
    "cert",
    "certs",
    "certificate",
    "bundle",
    "chain",
    "fullchain",
    "root",
    "public",
    "pub",
    "gpg",
    "pgp",
    "apt",
    "repo",
    "rpm",
    "release",
    "archive",
    "keyring",
    "crt",
    "intermediate",
    "dhparam",
    "dhparams",
    "dh",
    "trust",
    "truststore",
    "rds",
    "global",
    "csr",
    "nodesource",
    "docker",
    "yarn",
    "signing",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_judged_by_name_and_folder() {
        for (expected, paths) in [
            (
                Holds::Secret,
                ".env config/.env.production id_rsa /root/.ssh/id_ed25519 .netrc ~/.aws/credentials key.pem \
                 server.key gcp-service-account.json serviceAccountKey.json .kube/config tls-key.pem secrets/ \
                 .docker/config.json client_secret.json auth.json",
            ),
            (Holds::Maybe, ".npmrc settings.xml server.pem app.env keystore.jks"),
            (
                Holds::Nothing,
                ".env.example .env.sample id_rsa.pub package.json ca.pem rds-combined-ca-bundle.pem tsconfig.json \
                 nodesource.gpg.key environment.yml config.json truststore.jks src credentials.yml.enc .env.test \
                 server.crt monkey keycloak.conf",
            ),
        ] {
            for path in paths.split_whitespace() {
                assert_eq!(holds(path), expected, "{path}");
            }
        }
    }
}
