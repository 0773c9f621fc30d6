//! Is this value only how something is reached, without a secret?

use super::name::words;
use super::value::{Worth, worth};
use crate::read::{Part, url};

/// `LOCK_DSN=flock`, `MAILER_DSN=smtp://user:pass@smtp.example.com`: under the name of a way in, one without a secret. A
/// password in an address is for the finder of those.
pub(crate) fn is_way(name: Part<'_>, value: Part<'_>) -> bool {
    let named = words(name.bytes()).last().is_some_and(|last| last == "dsn");
    let Some(at) = memchr::memmem::find(value.bytes(), b"://") else {
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        return named && value.bytes().iter().all(word) && worth(value.bytes()) != Worth::Strong;
    };
    let Some(url) = url::around(value.whole(), value.span().start + at).filter(|url| !url.host.is_empty())
    else {
        return false;
    };
    match (url.user, url.password) {
        (_, Some(password)) => worth(password.bytes()) <= Worth::Default,
        (Some(user), None) => named && worth(user.bytes()) != Worth::Strong,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_in_is_told_from_a_secret() {
        let is = |name: &str, value: &str| is_way(Part::of(name.as_bytes()), Part::of(value.as_bytes()));
        for (name, value) in [
            ("LOCK_DSN", "flock"),
            ("MAILER_DSN", "smtp://user:pass@smtp.acme.dev"),
            ("MAILER_DSN", "smtp://bob@smtp.acme.dev"),
            ("DB_SECRET", "mysql://app:changeme@db/app"),
        ] {
            assert!(is(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("DB_DSN", "mysql://app:Kiesel80@db/app"),
            ("DB_DSN", "Server=db;Password=Kiesel80"),
            ("PASSWORD", "flock"),
        ] {
            assert!(!is(name, value), "{name}={value}");
        }
    }
}
