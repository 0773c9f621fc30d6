//! Is this value the name of a secret in a store, which a program opens when it starts: `gcp:projects/…/secrets/…`,
//! `secretRef:smtp-password`, `awssm:prod/db`?

use super::value::{is_random, is_uuid};

/// The stores and those who read from them, as they are named before a colon, in lower case. What has a form of its own, such as
/// `ref+awsssm://…`, is a reference by its first letters already.
const STORES: &[&str] = &[
    "1password",
    "aws-secretsmanager",
    "aws-sm",
    "awssecretsmanager",
    "awssecrets",
    "awssm",
    "awsssm",
    "azkv",
    "azure-keyvault",
    "azurekeyvault",
    "azurekv",
    "berglas",
    "bws",
    "chamber",
    "cmsecret",
    "conjur",
    "consul",
    "credhub",
    "credstash",
    "dockersecret",
    "gcp",
    "gcp-secretmanager",
    "gcp-sm",
    "gcpsecretmanager",
    "gcpsecrets",
    "gcpsm",
    "gsm",
    "hashivault",
    "hcvault",
    "infisical",
    "k8s",
    "k8s-secret",
    "keepass",
    "key-vault",
    "kubernetes",
    "lastpass",
    "parameterstore",
    "secret",
    "secret-ref",
    "secretkeyref",
    "secretname",
    "secretref",
    "secretstore",
    "summon",
    "vault-kv",
    "valuefrom",
];

/// Whether a value, in lower case, is the name of a store and a path or a name of words in it.
pub(super) fn is_kept(lower: &[u8]) -> bool {
    let Some(colon) = lower.iter().position(|b| *b == b':') else { return false };
    let (store, rest) = lower.split_at(colon);
    let name = rest.get(1..).unwrap_or_default();
    STORES.iter().any(|known| known.as_bytes() == store) && is_name(name)
}

/// Words, and numbers of versions and projects: nothing that was chosen or made.
fn is_name(name: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/-_.:#@".contains(b);
    let word = |part: &[u8]| is_uuid(part) || !is_random(part) && !is_mixed(part);
    name.len() >= 4
        && name.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/')
        && name.iter().all(plain)
        && name.split(|b| matches!(b, b'/' | b':' | b'#')).all(word)
}

/// Letters and digits that change places, as no name has them: `a1b2c3`.
fn is_mixed(part: &[u8]) -> bool {
    let turns = part.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    part.split(|b| !b.is_ascii_alphanumeric()).count() * 2 < turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_stores_are_told_from_passwords() {
        for value in [
            "gcp:projects/1234567/secrets/mail/versions/latest",
            "secretref:mailer-login",
            "awssm:prod/mail#password",
            "k8s:default/mail-secret/password",
        ] {
            assert!(is_kept(value.as_bytes()), "{value}");
        }
        for value in ["gcp:a1b2c3d4e5", "secret:heron!2031", "mail:password-2031", "secret:x", "k8s:"] {
            assert!(!is_kept(value.as_bytes()), "{value}");
        }
    }
}
