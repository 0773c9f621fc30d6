//! Rows of a database with a column of secrets: `INSERT INTO users (name, password) VALUES ('bob', '…')`.
//!
//! bad: `INSERT INTO users (name, password) VALUES ('bob', 'hunter22')`
//! good: a hash in the column, or a parameter in the statement

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::in_login::is_own_password;
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::name::{Says, is_password, says, words};
use super::judge::reading::text_in_quotes;
use super::judge::value::{Worth, is_chosen, is_password_hash, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "secret-in-row",
    "Secret in a row of a database",
    "Whoever can read the statement can log in as the user of the row.",
)
.source("https://cwe.mitre.org/data/definitions/256.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "insert",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &["insert into ", "replace into ", "insert ignore into "],
    find,
    hits: &[
        Example {
            path: "seed.sql",
            text: "INSERT INTO users (name, password) VALUES ('bob', 'p{lower:6}97');\n",
            rule: "secret-in-row",
        },
        Example {
            path: "seed.sql",
            text: "INSERT INTO `api_clients_keys` (`id`, `key`) VALUES (1, 'a1B{base62:30}');\n",
            rule: "secret-in-row",
        },
        Example {
            path: "a.py",
            text: "db.execute(\"INSERT INTO cfg (`k`, `api_token`) VALUES (1, 'a1B{base62:30}')\")\n",
            rule: "secret-in-row",
        },
        Example {
            path: "seed.sql",
            text: "INSERT INTO users (name, password) VALUES ('bob', crypt('P{lower:6}!97', gen_salt('bf')));\n",
            rule: "secret-in-row",
        },
        Example {
            path: "seed.sql",
            text: "INSERT INTO users (name, password) VALUES ('bob', SHA2('kiesel.fasan.{lower:5}7', 256));\n",
            rule: "secret-in-row",
        },
    ],
    misses: &[
        Example {
            path: "a.sql",
            text: "INSERT INTO users (name, password) VALUES ('a', SHA2(?, 256)), ('b', MD5('secret')), ('c', MD5(CONCAT('a', b)));\n",
            rule: "",
        },
        Example {
            path: "a.sql",
            text: "INSERT INTO users (name, password) VALUES (?, ?), (:a, :b), ('x', NULL);\n",
            rule: "",
        },
        Example {
            path: "a.sql",
            text: "INSERT INTO users (name, password_hash, age) VALUES ('bob', 'abc12345', 9);\n",
            rule: "",
        },
    ],
};

/// A statement is looked at so far, in bytes.
const LONGEST: usize = 64 << 10;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let Some((names, after)) = list(rest.first(2048)).map(|(names, end)| (names, rest.skip(end - at)))
        else {
            continue;
        };
        let columns = secret_columns(rest.first(2048).while_(|b| b != b'('), &names);
        let Some(mut rows) = after.trim().strip("values").filter(|_| !columns.is_empty()) else { continue };
        while let Some((row, end)) = list(rows) {
            for (column, name) in &columns {
                let item = row.get(*column);
                item.and_then(|item| in_quotes((*name, *item), &text.hint)).into_iter().for_each(&mut *out);
            }
            rows = rows.skip(end - rows.span().start);
            if !rows.trim().bytes().starts_with(b",") {
                break;
            }
        }
    }
}

/// What a column is called that holds the secrets of a table of them: `api_keys (id, key, owner)`.
const OF_TABLES: &[&str] = &[
    "key",
    "token",
    "value",
    "cle",
    "cl\u{e9}",
    "clave",
    "chave",
    "chiave",
    "schluessel",
    "sleutel",
    "klucz",
    "klic",
];

/// What tables of them are called.
const TABLES: &[&str] =
    &["api", "key", "keys", "apikeys", "token", "tokens", "secret", "secrets", "credential", "credentials"];

/// The columns that are named as secrets, with their names. What stands before the list ends with the name of the table.
pub(super) fn secret_columns<'b>(before: Part<'_>, names: &[Part<'b>]) -> Vec<(usize, Part<'b>)> {
    let table = before.words().last().map(|table| words(table.bytes())).unwrap_or_default();
    let of_secrets = table.iter().any(|word| TABLES.contains(&word.as_str()));
    let plain = names.iter().map(|name| name.trim_of(|b| matches!(b, b'`' | b'"' | b'[' | b']')));
    let is_secret = |name: &Part<'_>| {
        says(name.bytes()) == Says::Secret || of_secrets && OF_TABLES.iter().any(|known| name.is(known))
    };
    plain.enumerate().filter(|(_, name)| is_secret(name)).collect()
}

/// The items of the next list in brackets, and where it ends.
fn list(rest: Part<'_>) -> Option<(Vec<Part<'_>>, usize)> {
    let (_, inside) = rest.cut(|b| b == b'(')?;
    let mut items = Vec::new();
    let (mut start, mut quote, mut depth) = (0, None, 0_usize);
    for (i, &b) in inside.bytes().iter().enumerate() {
        match (quote, b) {
            (Some(q), _) if q == b => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(b),
            (None, b'(') => depth += 1,
            (None, b')') if depth > 0 => depth -= 1,
            (None, b',' | b')') if depth == 0 => {
                items.push(inside.first(i).skip(start).trim());
                start = i + 1;
                if b == b')' {
                    return Some((items, inside.span().start + i + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// What databases hash with, in lower case.
const HASHES: &[&str] = &[
    "crypt(",
    "md5(",
    "sha1(",
    "sha2(",
    "sha(",
    "password(",
    "old_password(",
    "encrypt(",
    "standard_hash(",
    "hashbytes('sha2_256', ",
    "hashbytes('sha2_512', ",
    "hashbytes('sha1', ",
    "hashbytes('md5', ",
    "pwdencrypt(",
    "hex(sha2(",
    "upper(md5(",
    "lower(md5(",
    "public.crypt(",
    "extensions.crypt(",
    "sha256(",
    "sha512(",
    "digest(",
];

/// The string of a row that is a secret, by its column.
fn in_quotes<'b>((column, item): (Part<'b>, Part<'b>), hint: &crate::Hint<'_>) -> Option<Found<'b>> {
    // What the database hashes at once: `crypt('x', gen_salt('bf'))`.
    let hashed = HASHES.iter().find_map(|call| item.strip(call));
    if let Some((value, _)) = hashed.and_then(text_in_quotes) {
        let digit = value.bytes().iter().any(u8::is_ascii_digit);
        let own = digit && is_own_password(value.bytes()) || is_joined_phrase(value.bytes());
        return found((column, value)).filter(|_| is_chosen(value.bytes()) || own);
    }
    let value = item.unquote();
    if value.len() == item.len() {
        return None;
    }
    let statements = hint.file_name().ends_with(b".sql");
    found((column, value)).filter(|_| statements || !is_weak(value.bytes()))
}

/// Neither random nor chosen: in a program it may be anything.
fn is_weak(value: &[u8]) -> bool {
    worth(value) == Worth::Weak && !is_chosen(value) && !is_digest(value) && !is_password_hash(value)
}

fn is_digest(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit) && matches!(value.len(), 32 | 40 | 64 | 128)
}

/// What a column of secrets holds, if it is one.
pub(super) fn found<'b>((column, value): (Part<'b>, Part<'b>)) -> Option<Found<'b>> {
    let bytes = value.bytes();
    let told = says(column.bytes()) == Says::Secret;
    // Of a password it is a hash, and of a key that only its table tells; tokens look so by themselves.
    let digest = is_digest(bytes) && (is_password(column.bytes()) || !told);
    let level = match worth(bytes) {
        _ if bytes.contains(&b' ') || bytes.is_empty() => return None,
        _ if digest || is_password_hash(bytes) => (Level::Warn, Confidence::Low),
        worth if !told && worth != Worth::Strong => return None,
        Worth::Strong => (Level::Deny, Confidence::Medium),
        Worth::Weak if is_chosen(bytes) || !is_wordy(bytes) => (Level::Deny, Confidence::Medium),
        _ => return None,
    };
    Some(Found::here(&RULE, value, length_of("value of a row", value.len())).at(level.0, level.1))
}
