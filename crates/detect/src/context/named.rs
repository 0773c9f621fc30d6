//! Values whose name is plain: environment variables, build arguments and labels of an image.
//!
//! A variable with a secret's name and a value leaks however weak the value: `API_KEY=secret123` and `PASSWORD=root` are
//! what somebody logs in with. Empty values, references, paths and switches are none.
//!
//! bad: `ENV API_KEY=secret123`
//! good: `ENV API_KEY_FILE=/run/secrets/api_key`

use tightlip_report::{Confidence, Level};

use super::judge::length_of;
use super::judge::name::{Says, is_unmistakable, says};
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-by-name",
    "Value with the name of a secret",
    "Whoever can pull the image reads it, and has what the program has.",
)
.source("https://docs.docker.com/build/building/secrets/");

/// See the top of the file.
pub(crate) static FINDER: Finder =
    Finder { id: "named", rules: &[&RULE], wants, keywords: &[], find, hits: &[], misses: &[] };

fn wants(hint: &Hint<'_>) -> bool {
    matches!(hint, Hint::Named(name) if says(name.as_bytes()) != Says::Nothing)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Hint::Named(name) = text.hint else { return };
    let value = Part::of(text.bytes).trim().unquote();
    let (level, confidence) = match (says(name.as_bytes()), worth(value.bytes())) {
        (Says::Nothing, _) | (_, Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial) => {
            return;
        }
        (Says::Secret, Worth::Uuid) if !is_unmistakable(name.as_bytes()) && !name.ends_with("TOKEN") => {
            (Level::Warn, Confidence::Medium)
        }
        (Says::Secret, _) => (Level::Deny, Confidence::High),
        (Says::Maybe, Worth::Strong) => (Level::Deny, Confidence::Medium),
        // `user:password`, as basic authentication has it.
        (Says::Maybe, Worth::Weak) if value.bytes().contains(&b':') => (Level::Deny, Confidence::Medium),
        (Says::Maybe, Worth::Weak | Worth::Default | Worth::Number) => (Level::Warn, Confidence::Low),
        (Says::Maybe, _) => return,
    };
    out(Found::here(&RULE, value, length_of(&format!("value of {name}"), value.len())).at(level, confidence));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_with;

    fn level(name: &str, value: &str) -> Option<Level> {
        found_with(&FINDER, Hint::Named(name), value.as_bytes()).first().and_then(|f| f.level)
    }

    #[test]
    fn weak_values_leak_too() {
        for (name, value) in [
            ("API_KEY", "secret123"),
            ("PASSWORD", "root"),
            ("PASSWORD", "changeme"),
            ("POSTGRES_PASSWORD", "4711"),
            ("DB_PASS", "correct horse battery"),
            ("AWS_SECRET_ACCESS_KEY", "x1y2"),
            ("HTTP_AUTH", "bob:pw1"),
            ("pw", "a b"),
        ] {
            assert_eq!(level(name, value), Some(Level::Deny), "{name}={value}");
        }
    }

    #[test]
    fn what_is_no_value_does_not() {
        for (name, value) in [
            ("API_KEY", ""),
            ("PASSWORD", "true"),
            ("PASSWORD_FILE", "/run/secrets/x"),
            ("PASSWORD", "/run/secrets/x"),
            ("TOKEN", "$OTHER"),
            ("TOKEN", "${X:-y}"),
            ("PATH", "/bin:/usr/bin"),
            ("GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D"),
            ("PYTHON_SHA256", "abcdef0123456789"),
            ("ALLOW_EMPTY_PASSWORD", "yes"),
            ("SECRET_NAME", "db"),
            ("TOKEN", "<token>"),
            ("KEY", "value1"),
            ("PWD", "/app"),
            ("AUTH_URL", "https://a.example"),
        ] {
            assert_eq!(level(name, value), None, "{name}={value}");
        }
    }

    #[test]
    fn the_shape_names_the_variable_and_not_the_value() {
        let found = found_with(&FINDER, Hint::Named("API_KEY"), b"secret123");
        assert_eq!(found[0].shape, "value of API_KEY, 9 characters");
        assert_eq!(&*found[0].secret, b"secret123");
    }
}
