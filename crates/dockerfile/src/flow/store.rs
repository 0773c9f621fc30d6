//! Commands that print a secret: the clients of the stores that keep them.

/// The words of a command, in this order; others may stand between them.
const PRINTING: &[&[&str]] = &[
    &["pass", "show"],
    &["gopass", "show"],
    &["vault", "read"],
    &["vault", "kv", "get"],
    &["op", "read"],
    &["op", "item", "get"],
    &["bw", "get", "password"],
    &["lpass", "show"],
    &["secret-tool", "lookup"],
    &["security", "find-generic-password"],
    &["security", "find-internet-password"],
    &["aws", "secretsmanager", "get-secret-value"],
    &["aws", "ssm", "get-parameter", "--with-decryption"],
    &["aws", "ssm", "get-parameters", "--with-decryption"],
    &["aws", "ssm", "get-parameters-by-path", "--with-decryption"],
    &["aws", "codeartifact", "get-authorization-token"],
    &["aws", "ecr", "get-login-password"],
    &["gcloud", "secrets", "versions", "access"],
    &["gcloud", "auth", "print-access-token"],
    &["gcloud", "auth", "print-identity-token"],
    &["gcloud", "auth", "application-default", "print-access-token"],
    &["berglas", "access"],
    &["az", "keyvault", "secret", "show"],
    &["az", "account", "get-access-token"],
    &["gh", "auth", "token"],
    &["glab", "auth", "token"],
    &["doppler", "secrets", "get"],
    &["doppler", "secrets", "download", "--no-file"],
    &["infisical", "secrets", "get"],
    &["infisical", "export"],
    &["bws", "secret", "get"],
    &["akeyless", "get-secret-value"],
    &["conjur", "variable", "get"],
    &["kubectl", "get", "secret"],
    &["chamber", "read"],
    &["chamber", "export"],
    &["sops", "-d"],
    &["sops", "decrypt"],
    &["sops", "--decrypt"],
    &["ansible-vault", "view"],
    &["git", "credential", "fill"],
];

/// Whether a command of a script prints a secret, as its words stand.
///
/// ```
/// use tightlip_dockerfile::flow::prints_secret;
///
/// assert!(prints_secret("vault kv get -field=token secret/app | base64"));
/// assert!(!prints_secret("vault status"));
/// ```
#[must_use]
pub fn prints_secret(script: &str) -> bool {
    let parts = script.split(['|', ';', '&', '\n', '(', ')', '`']);
    parts.into_iter().any(|part| {
        // Assignments may stand before the program.
        let words = part.split_whitespace().skip_while(|word| word.contains('=') || word.starts_with('"'));
        let words: Vec<&str> = words.collect();
        words.split_first().is_some_and(|(program, rest)| printed(super::path::name(program), rest).is_some())
    })
}

/// How a call is known that prints a secret.
pub(super) fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let is = |wanted: &&&[&str]| {
        let mut after = arguments.iter();
        wanted.split_first().is_some_and(|(name, rest)| {
            *name == program && rest.iter().all(|one| after.any(|word| word == one))
        })
    };
    if program == "vault" && is_published(arguments) {
        return None;
    }
    PRINTING.iter().find(is).map(|words| words.join(" "))
}

/// Whether a call of Vault reads what is there to be given away: a certificate, a public key, when something ends.
fn is_published(arguments: &[&str]) -> bool {
    let field = |word: &&str| {
        let word = word.trim_start_matches('-');
        word.strip_prefix("field=").map(str::to_owned)
    };
    let after = || arguments.windows(2).find(|pair| matches!(pair, ["-field" | "--field", _]))?.last();
    match arguments.iter().find_map(field).or_else(|| after().map(|word| (*word).to_owned())) {
        Some(field) => PUBLISHED.contains(&field.trim_matches(['"', '\''])),
        None => arguments.iter().any(|word| {
            let path = word.trim_matches(['"', '\'']);
            path.starts_with("pki")
                && ["/ca", "/ca/pem", "/ca_chain", "/crl"].iter().any(|end| path.ends_with(end))
                || path.starts_with("ssh") && (path.ends_with("/config/ca") || path.ends_with("/public_key"))
                || path.starts_with("pki") && path.contains("/cert/")
        }),
    }
}

/// Fields that Vault gives to anybody who asks.
const PUBLISHED: &[&str] = &[
    "certificate",
    "issuing_ca",
    "ca_chain",
    "ca",
    "crl",
    "public_key",
    "signed_key",
    "serial_number",
    "expiration",
    "ttl",
    "lease_id",
    "lease_duration",
    "version",
    "username",
    "role_id",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_stores_are_known_by_their_words() {
        for command in [
            "pass show ci/npm",
            "vault kv get -field=token secret/app",
            "AWS_PROFILE=ci aws --region x secretsmanager get-secret-value --secret-id a --query SecretString",
            "aws ssm get-parameter --name /a --with-decryption",
            "gcloud secrets versions access latest --secret=a | base64",
            "/usr/bin/op read op://a/b/c",
            "gh auth token",
            "doppler secrets download --no-file --format env > .env",
            "infisical export --format=dotenv",
        ] {
            assert!(prints_secret(command), "{command}");
        }
        for command in [
            "date",
            "git rev-parse HEAD",
            "vault status",
            "vault read -field=certificate pki/cert/ca",
            "vault read -field ca_chain \"pki/roles/$ROLE/ca\"",
            "vault read -format=json pki_int/cert/ca_chain",
            "echo vault read a",
            "aws ssm get-parameter --name /a",
            "gh auth status",
            "doppler run -- npm ci",
            "doppler secrets download app.json",
            "infisical run -- npm ci",
        ] {
            assert!(!prints_secret(command), "{command}");
        }
    }
}
