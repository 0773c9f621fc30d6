//! Lists of logins without a head, by the name of their file: `passwords.csv` with `router,admin,…`.
//!
//! bad: `router,admin,hunter22x` in `passwords.csv`
//! good: the list in a vault of passwords

use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use super::table::{Kind, ROWS, RULE, cells, kind, separator};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "login-list",
    rules: &[&RULE],
    wants: |hint| is_of_logins(hint.file_name()),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "home/bob/passwords.csv",
            text: "router,admin,p{lower:6}97\n",
            rule: "secret-in-table",
        },
        Example {
            path: "home/bob/zugangsdaten.csv",
            text: "nas;root;p{lower:6}97;attic\n",
            rule: "secret-in-table",
        },
    ],
    misses: &[
        Example { path: "home/bob/passwords.csv", text: "name,url,note\na,b1c2d3e4f5,c\n", rule: "" },
        Example {
            path: "data/password-strength.csv",
            text: "host1,2024-01-01,https://h/a1b2c3d4\nbob,ann,eve\n",
            rule: "",
        },
    ],
};

/// Whether a file's name says that logins are listed in it: `passwords.csv`, `router-credentials.csv`.
fn is_of_logins(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "password",
        "passwd",
        "passwort",
        "kennwort",
        "credential",
        "zugangsdaten",
        "logins",
        "contrasena",
        "senhas",
    ];
    let table = name.ends_with(b".csv") || name.ends_with(b".tsv");
    table && words.iter().any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some())
}

/// Whether the first row is one like the others: it has a value of its own, and no name of a column.
fn is_without_head(bytes: &[u8], kind: Kind) -> bool {
    let Some(first) = Part::of(bytes).lines().next() else { return false };
    let cells = cells(first, separator(first, kind));
    cells.len() >= 2
        && cells.iter().any(|cell| is_own(*cell))
        && cells.iter().all(|cell| says(cell.bytes()) == Says::Nothing)
}

/// What somebody chose or a program made, and no address.
fn is_own(cell: Part<'_>) -> bool {
    let bytes = cell.bytes();
    let address = bytes.contains(&b'/') || bytes.contains(&b'@') && bytes.contains(&b'.');
    !address && !is_password_hash(bytes) && is_secret(bytes, |weak| is_chosen(weak) || is_picked(weak))
}

/// The last value of a row that can be a password: others before it are names.
fn in_row<'b>(row: Part<'b>, kind: Kind, out: &mut dyn FnMut(Found<'b>)) {
    let value = cells(row, separator(row, kind)).into_iter().skip(1).rfind(|cell| is_own(*cell));
    if let Some(value) = value {
        out(Found::here(&RULE, value, length_of("value in a table", value.len())));
    }
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(kind) = kind(text.hint.file_name()).filter(|kind| *kind != Kind::Bars && !text.binary) else {
        return;
    };
    if is_without_head(text.bytes, kind) {
        Part::of(text.bytes).lines().take(ROWS).for_each(|row| in_row(row, kind, out));
    }
}
