//! Which of the values in a file are looked for: what stands everywhere would be found everywhere.

use tightlip_detect::{Says, Worth, name_says, value_worth};

/// How a value stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// It is a password by the form of the file.
    Sure,
    /// The file is a list of values that somebody wants looked for: variables, members of JSON.
    Listed,
    /// The same, of a file that a build is given as a secret: not all in it is one.
    Given,
    /// The file sets a program up, also with values that are no secrets.
    Setting,
}

/// A value of fewer bytes counts only under a name that tells.
const SHORTEST: usize = 6;
/// A word of fewer letters stands everywhere.
const LONG: usize = 12;
/// Names that end so have values that are no secrets, unless these look random.
const PLAIN_NAMES: &[&str] = &[
    "user",
    "username",
    "host",
    "hostname",
    "server",
    "domain",
    "region",
    "zone",
    "email",
    "mail",
    "from",
    "name",
    "path",
    "dir",
    "file",
    "port",
    "env",
    "environment",
    "mode",
    "level",
    "version",
    "tag",
    "image",
    "bucket",
    "database",
    "db",
    "id",
    "type",
    "kind",
    "format",
    "locale",
    "lang",
    "tz",
    "timezone",
    "url",
    "uri",
    "endpoint",
    "address",
    "addr",
    "title",
    "description",
];

/// Whether a value that stands under this name is looked for.
pub(super) fn counts(ground: Ground, name: &str, value: &str) -> bool {
    let (says, worth) = (name_says(name), value_worth(value));
    match ground {
        Ground::Sure => true,
        _ if is_public(value) || worth == Worth::Nothing => false,
        _ if says != Says::Nothing => !is_elsewhere(value) && worth != Worth::Trivial,
        _ if is_host(value) => false,
        _ if worth == Worth::Strong => true,
        Ground::Setting => false,
        _ if is_plain(name) || value.len() < SHORTEST => false,
        _ => match worth {
            Worth::Uuid | Worth::Number => true,
            Worth::Weak if is_chosen(value) => true,
            Worth::Weak | Worth::Prose => {
                ground == Ground::Listed && (value.len() >= LONG || !is_word(value))
            }
            _ => false,
        },
    }
}

/// A certificate or a public key: it is handed out.
fn is_public(value: &str) -> bool {
    value.trim_start().starts_with("-----BEGIN ") && !value.contains("PRIVATE KEY")
}

/// A value that says where the secret is: a path, an address, a variable of somebody else.
fn is_elsewhere(value: &str) -> bool {
    let variable = (value.starts_with("${") || value.starts_with("{{") || value.starts_with("$("))
        && value.ends_with(['}', ')']);
    let login = value.contains('@');
    let address = value.contains("://") && !login;
    let path = value.starts_with(['/', '~']) && value_worth(value) == Worth::Reference;
    variable || address || path
}

/// `DB_USER`, `mail.host`: the last word of the name says that the value is none.
pub(crate) fn is_plain(name: &str) -> bool {
    let last = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    // `dbHost` is two words.
    let humped = last
        .rfind(|c: char| c.is_ascii_uppercase())
        .filter(|_| last.contains(|c: char| c.is_ascii_lowercase()));
    let last = humped.and_then(|at| last.get(at..)).unwrap_or(last).to_ascii_lowercase();
    PLAIN_NAMES.contains(&last.as_str())
}

/// Whether somebody chose it as a password rather than as a word: it has characters of two kinds.
fn is_chosen(value: &str) -> bool {
    let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    let mixed = kinds.iter().filter(|kind| value.bytes().any(|byte| kind(&byte))).count() > 1;
    mixed && !value.contains("://")
}

/// Letters alone, and what joins them.
fn is_word(value: &str) -> bool {
    value.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '_' | '.'))
}

/// `db-1.internal`, `redis:6379`, `10.0.0.1`.
fn is_host(value: &str) -> bool {
    let (host, port) = value.rsplit_once(':').unwrap_or((value, ""));
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let top = host
        .rsplit_once('.')
        .is_some_and(|(_, top)| number(top) || top.bytes().all(|byte| byte.is_ascii_lowercase()));
    host.chars().all(part) && number(port) && (top || !port.is_empty())
}

/// Whether a name may be printed. What stands where a name is expected may be the secret itself.
pub(super) fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | ' ' | '[' | ']');
    (1..=64).contains(&name.len()) && name.chars().all(word) && value_worth(name) != Worth::Strong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_everywhere_is_not_looked_for() {
        for (name, value) in [
            ("DEBUG", "true"),
            ("PORT", "8080"),
            ("DB_HOST", "db-1.internal"),
            ("DB_USER", "appuser1"),
            ("dbHost", "postgres2"),
            ("CACHE", "redis1.example:6379"),
            ("API", "https://api.example/v1"),
            ("NODE_ENV", "production"),
            ("GREETING", "hello"),
            ("PASSWORD_FILE", "/run/secrets/db"),
            ("TOKEN", "${OTHER}"),
            ("ca-data", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----"),
        ] {
            assert!(!counts(Ground::Listed, name, value), "{name}={value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is() {
        for (name, value) in [
            ("DB_PASSWORD", "abcd"),
            ("DB_PASSWORD", "$tuff and more"),
            ("DB_PASSWORD", "maple"),
            ("X", "hunter22"),
            ("DATABASE_URL", "postgres://u:maple7@db/app"),
        ] {
            let telling = name_says(name) != Says::Nothing || name == "X";
            assert_eq!(counts(Ground::Listed, name, value), telling, "{name}={value}");
        }
        assert!(
            counts(Ground::Listed, "GREETING", "two plain words") && counts(Ground::Given, "X", "hunter22")
        );
        assert!(!counts(Ground::Given, "GREETING", "two plain words"));
        assert!(
            !counts(Ground::Setting, "x", "hunter22") && counts(Ground::Setting, "db.password", "hunter22")
        );
    }

    #[test]
    fn what_looks_like_a_secret_is_no_name() {
        assert!(is_name("//registry.npmjs.org/:_authToken") && is_name("DB_PASSWORD"));
        assert!(!is_name("k8Zq2LmXv9RtB4nW7xQ") && !is_name(""));
    }
}
