//! Directives of servers and clients that are followed by a password: `requirepass …`, `bindpw …`,
//! `IDENTIFIED BY '…'`.
//!
//! bad: `requirepass secret123`
//! good: `requirepass ${REDIS_PASSWORD}`, filled in when the server starts

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{Worth, is_password_hash, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "password-directive",
    "Password in a server's configuration or a statement",
    "Whoever can read the file can log in.",
)
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "directive",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: &[
        "requirepass ",
        "masterauth ",
        "bindpw ",
        "rootpw ",
        "identified by ",
        "with password ",
        "with encrypted password ",
        "set password = ",
    ],
    find,
    hits: &[
        Example {
            path: "etc/redis/redis.conf",
            text: "port 6379\nrequirepass p{lower:6}9\n",
            rule: "password-directive",
        },
        Example { path: "etc/ldap.conf", text: "bindpw p{lower:6}9\n", rule: "password-directive" },
        Example {
            path: "init.sql",
            text: "CREATE USER 'app'@'%' IDENTIFIED BY 'p{lower:6}9';\n",
            rule: "password-directive",
        },
        Example {
            path: "init.sql",
            text: "ALTER ROLE app WITH PASSWORD 'p{lower:6}9';\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "etc/redis/redis.conf",
            text: "# requirepass foobared\n# masterauth <password>\n",
            rule: "",
        },
        Example {
            path: "init.sql",
            text: "CREATE USER app IDENTIFIED BY '${PW}';\nALTER ROLE x WITH PASSWORD NULL;\nGRANT x IDENTIFIED BY 'password';\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: "People are identified by 'names'. Files with password protection. The bindpw option.\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        if let Some(value) = value(text, at) {
            let statements = text.hint.file_name().ends_with(b".sql");
            let ground = if statements { Ground::Lines } else { ground(&text.hint) };
            let level = level(ground, value);
            let found = Found::here(&RULE, value, length_of("password", value.len()));
            level.into_iter().for_each(|(level, confidence)| out(found.clone().at(level, confidence)));
        }
    }
}

/// What stands after a directive at the start of its line, or in quotes after the words of a statement.
fn value<'b>(text: &Text<'b>, at: usize) -> Option<Part<'b>> {
    let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 512));
    let line = rest.while_(|b| b != b'\n' && b != b'\r');
    let statement = ["identified by ", "with password ", "with encrypted password ", "set password = "];
    if let Some(after) = statement.iter().find_map(|words| line.strip(words)) {
        let after = after.trim();
        let quote = after.bytes().first().copied().filter(|b| matches!(b, b'\'' | b'"'))?;
        return after.skip(1).cut(|b| b == quote).map(|(value, _)| value);
    }
    let before = text.bytes.get(..at)?.rsplit(|b| *b == b'\n').next()?;
    let mut words = line.words().skip(1);
    let (value, end) = (words.next()?, words.next());
    let directive = before.trim_ascii().is_empty() && end.is_none_or(|word| word.bytes().starts_with(b"#"));
    directive.then(|| value.unquote())
}

fn level(ground: Ground, value: Part<'_>) -> Option<(Level, Confidence)> {
    let value = value.bytes();
    if value.contains(&b' ') || value.len() < 4 {
        return None;
    }
    let people = matches!(ground, Ground::Code | Ground::Prose);
    match worth(value) {
        Worth::Weak | Worth::Strong | Worth::Number if is_password_hash(value) => {
            Some((Level::Warn, Confidence::Low))
        }
        Worth::Weak if people && is_wordy(value) => None,
        Worth::Weak | Worth::Number if people || is_wordy(value) => Some((Level::Warn, Confidence::Low)),
        Worth::Weak | Worth::Strong | Worth::Number => Some((Level::Deny, Confidence::Medium)),
        _ => None,
    }
}
