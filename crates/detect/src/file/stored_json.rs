//! Settings in JSON that a database keeps as they are, in pages that are read as bytes: bbolt (Portainer, Consul), LevelDB and
//! RocksDB (what browsers and Electron keep), LMDB, InnoDB, WiredTiger, H2.
//!
//! bad: a volume's `portainer.db` in a layer
//! good: an image that holds programs, and a volume that holds what they keep

use tightlip_report::{Confidence, Level};

use crate::context::directive::RULE;
use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "stored-json",
    rules: &[&RULE],
    wants: may_be,
    keywords: &[
        "password\":",
        "passwd\":",
        "secret\":",
        "token\":",
        "passphrase\":",
        "apikey\":",
        "secretkey\":",
    ],
    find,
    hits: &[
        Example {
            path: "data/portainer.db",
            text: "\u{0}\u{0}settings{\"LDAPSettings\":{\"ReaderDN\":\"cn=a\",\"Password\":\"p{lower:6}97\"}}\u{0}",
            rule: "password-directive",
        },
        Example {
            path: "home/a/.config/App/Local Storage/leveldb/000003.log",
            text: "\u{1}\u{0}_app\u{0}\u{1}login\u{20}\u{1}{\"user\": \"ann\", \"password\": \"p{lower:6}97\"}",
            rule: "password-directive",
        },
        Example {
            path: "var/lib/mysql/app/accounts.ibd",
            text: "\u{0}\u{0}\u{80}{\"smtp\":{\"host\":\"h\",\"password\":\"p{lower:6}97\"}}\u{0}",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "data/portainer.db",
            text: "\u{0}{\"Username\":\"a\",\"Password\":\"$2a$10${base62:53}\",\"CSRFToken\":\"\",\"TokenSecret\":null}\u{0}",
            rule: "",
        },
        Example { path: "usr/bin/app", text: "\u{0}{\"password\":\"p{lower:6}97\"}\u{0}", rule: "" },
        Example { path: "data/a.db", text: "{\"password\":\"password\",\"token\":\"token\"}\u{0}", rule: "" },
        Example {
            path: "locale/de.db",
            text: "\u{0}{\"password\":\"Passwort\",\"token\":\"Schl\"}\u{0}",
            rule: "",
        },
    ],
};

/// How such files end.
const ENDS: &[&str] = &[".db", ".ldb", ".sst", ".ibd", ".wt", ".mdb", ".lmdb", ".bolt", ".boltdb"];
/// Longer values are documents.
const LONGEST: usize = 256;

fn may_be(hint: &Hint<'_>) -> bool {
    let Hint::File(path) = hint else { return false };
    let name = hint.file_name();
    let logged = || name.strip_suffix(b".log").is_some_and(|stem| stem.len() == 6 && is_digits(stem));
    // `ibdata1` of InnoDB, `db` of etcd.
    ENDS.iter().any(|end| path.ends_with(end.as_bytes())) || logged() || name == b"db" || name == b"ibdata1"
}

fn is_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if !text.binary {
        return;
    }
    for &at in text.at {
        let Some((name, value)) = member(text.bytes, at) else { continue };
        let weak = |value: &[u8]| is_chosen(value) || is_picked(value);
        let plain = value.bytes().iter().all(u8::is_ascii_graphic) && !is_password_hash(value.bytes());
        if says(name.bytes()) == Says::Secret && plain && is_secret(value.bytes(), weak) {
            let shape = length_of("value of a name in stored JSON", value.len());
            out(Found::here(&RULE, value, shape).at(Level::Deny, Confidence::Medium));
        }
    }
}

/// The name in which a place lies, and its text.
fn member(text: &[u8], at: usize) -> Option<(Part<'_>, Part<'_>)> {
    let low = at.saturating_sub(40);
    let open = low + memchr::memrchr(b'"', text.get(low..at)?)?;
    let rest = Part::between(text, open + 1..text.len().min(at + LONGEST + 64));
    let (name, rest) = rest.cut(|b| b == b'"')?;
    let rest = rest.strip(":")?;
    let value = rest.strip(" ").unwrap_or(rest).strip("\"")?;
    let (value, _) = value.cut(|b| b == b'"' || b == b'\\' || b < b' ')?;
    let ended = text.get(value.span().end) == Some(&b'"') && value.len() <= LONGEST;
    ended.then_some((name, value))
}
