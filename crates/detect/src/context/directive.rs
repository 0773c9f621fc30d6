//! Directives of servers and clients that are followed by a password: `requirepass …`, `bindpw …`, `: PSK "…"`,
//! `IDENTIFIED BY '…'`.
//!
//! bad: `requirepass secret123`
//! good: `requirepass ${REDIS_PASSWORD}`, filled in when the server starts

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, ground_of};
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
    keywords: {
        const ALL: [&str; FORMS.len()] = words();
        &ALL
    },
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
        Example {
            path: "init.sql",
            text: "CREATE ROLE svc LOGIN PASSWORD 'p{lower:6}9';\n",
            rule: "password-directive",
        },
        Example {
            path: "init.sql",
            text: "ALTER USER 'a'@'b' IDENTIFIED WITH caching_sha2_password BY 'p{lower:6}9';\n",
            rule: "password-directive",
        },
        Example { path: "etc/msmtprc", text: "user bob\npassword p{lower:6}9\n", rule: "password-directive" },
        Example {
            path: "etc/redis/users.acl",
            text: "user app on >p{lower:6}9 ~* +@all\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/haproxy/haproxy.cfg",
            text: "  user bob insecure-password p{lower:6}9\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/ipsec.secrets",
            text: "a b : PSK \"p{lower:6}9\"\n",
            rule: "password-directive",
        },
        Example {
            path: "preseed.cfg",
            text: "d-i passwd/root-password password p{lower:6}9\n",
            rule: "password-directive",
        },
        Example { path: "ks.cfg", text: "rootpw --plaintext p{lower:6}9\n", rule: "password-directive" },
        Example {
            path: "root/.fetchmailrc",
            text: "poll h user \"bob\" password \"p{lower:6}9\"\n",
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
        Example {
            path: "etc/pam.d/common-password",
            text: "password\trequired pam_unix.so obscure1\npassword sufficient\npassword include2 x\n",
            rule: "",
        },
        Example { path: "etc/x.conf", text: "stats auth\nuser app on nopass ~* +@all\npsk 1\n", rule: "" },
    ],
};

/// How a directive holds its password.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// At the start of its line, before one word.
    Line,
    /// Anywhere in a line of a configuration, before one word, or before one in quotes.
    Word,
    /// In a statement, before a string in quotes.
    Statement,
    /// Before a user, a colon and the password.
    Pair,
    /// `user NAME … >password` of Redis.
    Acl,
}

const FORMS: [(&str, Form); 20] = [
    ("requirepass ", Form::Line),
    ("masterauth ", Form::Line),
    ("bindpw ", Form::Line),
    ("rootpw ", Form::Line),
    ("password ", Form::Line),
    ("passphrase ", Form::Line),
    ("insecure-password ", Form::Word),
    ("-password password ", Form::Word),
    ("-password-again password ", Form::Word),
    (": psk ", Form::Word),
    (": eap ", Form::Word),
    (": xauth ", Form::Word),
    ("createuser ", Form::Word),
    ("stats auth ", Form::Pair),
    ("user ", Form::Acl),
    ("identified by ", Form::Statement),
    ("identified with ", Form::Statement),
    ("with encrypted password ", Form::Statement),
    ("set password = ", Form::Statement),
    (" password ", Form::Statement),
];

const fn words() -> [&'static str; FORMS.len()] {
    let mut all = [""; FORMS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = FORMS[i].0;
        i += 1;
    }
    all
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let statements = text.hint.file_name().ends_with(b".sql");
    let ground = if statements { Ground::Lines } else { ground_of(text) };
    let mut done = 0;
    for &at in text.at.iter() {
        for value in values(text, at, ground) {
            if let Some((level, confidence)) = level(ground, value).filter(|_| value.span().start >= done) {
                done = value.span().end;
                out(Found::here(&RULE, value, length_of("password", value.len())).at(level, confidence));
            }
        }
    }
}

/// The values of the first form that stands at this place and has one.
fn values<'b>(text: &Text<'b>, at: usize, ground: Ground) -> Vec<Part<'b>> {
    let line = Part::between(text.bytes, at..text.bytes.len().min(at + 512));
    let line = line.while_(|b| b != b'\n' && b != b'\r');
    let config = ground == Ground::Lines;
    // A line of a minified program may be all of it.
    let before = text.bytes.get(at.saturating_sub(512)..at).unwrap_or_default();
    let before = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let starts = before.trim_ascii().is_empty();
    for (word, form) in FORMS {
        let Some(after) = line.strip(word).map(|after| after.trim()) else { continue };
        let found = match form {
            Form::Line if starts && (config || !word.starts_with("pass")) => {
                one_word(after).into_iter().collect()
            }
            Form::Word if config && word == "createuser " => in_quotes(after),
            Form::Word if config => first_word(after).into_iter().collect(),
            Form::Pair if config && starts => {
                after.cut(|b| b == b':').and_then(|(_, password)| first_word(password)).into_iter().collect()
            }
            Form::Acl if starts => acl(after),
            // The text of a .netrc in a command.
            Form::Statement if is_netrc(before) => {
                first_word(after).map(|w| w.trim_of(|b| matches!(b, b'\'' | b'"'))).into_iter().collect()
            }
            Form::Statement if word != " password " || config => statement(after).into_iter().collect(),
            _ => Vec::new(),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A word with nothing but a comment behind it; a switch before it says that it is no hash.
fn one_word(after: Part<'_>) -> Option<Part<'_>> {
    let after = after.strip("--plaintext").map_or(after, |after| after.trim());
    let mut words = after.words();
    let (value, end) = (words.next()?, words.next());
    end.is_none_or(|word| word.bytes().starts_with(b"#")).then(|| value.unquote())
}

fn is_netrc(before: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(before, word).is_some();
    has(b"machine ") && has(b" login ")
}

fn first_word(after: Part<'_>) -> Option<Part<'_>> {
    match after.bytes().first()? {
        quote @ (b'"' | b'\'') => after.skip(1).cut(|b| b == *quote).map(|(value, _)| value),
        _ => after.words().next(),
    }
}

fn in_quotes(after: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = after;
    while let Some((value, after)) = rest.cut(|b| b == b'"').and_then(|(_, inside)| inside.cut(|b| b == b'"'))
    {
        all.push(value);
        rest = after;
    }
    all
}

fn acl(after: Part<'_>) -> Vec<Part<'_>> {
    let is_list = after.words().skip(1).any(|word| matches!(word.bytes().first(), Some(b'+' | b'~' | b'&')));
    let passwords = after.words().skip(1).filter_map(|word| word.strip(">"));
    if is_list { passwords.collect() } else { Vec::new() }
}

/// The first string, unless what stands before it is more than the name of a method: `mysql_native_password BY '…'`.
fn statement(after: Part<'_>) -> Option<Part<'_>> {
    let after = after.strip("=").map_or(after, |after| after.trim());
    let head = after.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'('));
    let method = head.trim();
    let known = method.is_empty()
        || method.is("n")
        || method.is("password(")
        || method.bytes().to_ascii_lowercase().ends_with(b" by");
    let rest = after.after(&head);
    let quote = rest.bytes().first().copied().filter(|b| known && matches!(b, b'\'' | b'"'))?;
    rest.skip(1).cut(|b| b == quote).map(|(value, _)| value)
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
