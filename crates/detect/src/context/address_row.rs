//! Logins that people note in columns behind an address: `https://nas.acme.org   admin   …`.
//!
//! bad: `nas   https://10.0.0.7   admin   Copper73!otter`
//! good: `nas   https://10.0.0.7   admin   (vault: infra/nas)`

use super::announced::{RULE, bare, is_told};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::line_around;
use super::told_pair::USERS;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "address-row",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Prose && !is_named_manual(hint),
    keywords: &["://"],
    find,
    hits: &[
        Example {
            path: "home/bob/notes.txt",
            text: "phpmyadmin: https://pma.acme.org   root   Qv{lower:5}_WbKx7r\n",
            rule: "password-in-log",
        },
        Example {
            path: "home/bob/lan.txt",
            text: "nas\thttp://10.2.3.4:8080\tadmin\tXk9v{lower:5}!7\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "notes.txt",
            text: "see https://acme.org root Xk9v{lower:5}!7\nhttps://acme.org   admin   changeme\nhttps://acme.org   admin   see vault\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "https://acme.org/releases   root   tool-2.14.tar.gz\nhttps://acme.org   admin   https://acme.org/b7\nhttps://acme.org   admin   2030-01-05\n",
            rule: "",
        },
    ],
};

/// A longer line is no row.
const LONGEST: usize = 200;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_around(text.bytes, at);
        if line.len() > LONGEST {
            continue;
        }
        let row = Part::between(text.bytes, at..line.span().end);
        if let Some(value) = password(row) {
            out(Found::here(&RULE, value, length_of("password behind a user's name", value.len())));
        }
    }
}

/// The last of three columns, if the second is somebody who logs in.
fn password(row: Part<'_>) -> Option<Part<'_>> {
    let mut columns = columns(row);
    let (_, user, value) = (columns.next()?, columns.next()?, columns.next()?);
    let user = user.bytes().to_ascii_lowercase();
    let known = USERS.iter().any(|known| known.as_bytes() == user);
    let value = bare(value);
    let told = is_told(value) && is_own_password(value.bytes());
    let file = value.bytes().iter().any(|b| matches!(b, b'.' | b'/' | b':'));
    (known && told && !file && columns.next().is_none()).then_some(value)
}

/// What tabs or several blanks divide.
fn columns(row: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    let mut rest = row.trim();
    std::iter::from_fn(move || {
        let gap = rest.bytes().windows(2).position(|pair| pair == b"  " || pair.first() == Some(&b'\t'));
        let column = rest.first(gap.unwrap_or(rest.len())).trim();
        rest = rest.after(&column).trim();
        (!column.is_empty()).then_some(column)
    })
}
