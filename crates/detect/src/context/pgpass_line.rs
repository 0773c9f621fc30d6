//! A line of PostgreSQL's file of passwords where another file or a command writes it: `host:5432:db:user:…` in a ConfigMap, in
//! `echo … > ~/.pgpass`.
//!
//! bad: `echo "db:5432:*:app:hunter22x" > ~/.pgpass`
//! good: the file mounted from a secret

use super::directive::{RULE, level};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use crate::file::judge::is_called;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pgpass-line",
    rules: &[&RULE],
    wants: |hint| {
        let other = !is_called(hint, &["pgpass", "pgpass.conf"]) && !is_named_manual(hint);
        other && ground(hint) != Ground::Noise && !matches!(hint, Hint::Named(_))
    },
    keywords: &[":5432:", ":6432:", ":*:"],
    find,
    hits: &[
        Example {
            path: "k8s/cm.yaml",
            text: "data:\n  .pgpass: |\n    pg:5432:*:postgres:p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "x.sh",
            text: "echo \"db.acme.dev:5432:shop:app:p{lower:6}97\" > ~/.pgpass\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "echo \"db:5432:shop:app:$PW\" > ~/.pgpass\necho *:*:*:*:<password>\ndocker run -p 127.0.0.1:5432:5432 x\n",
            rule: "",
        },
        Example {
            path: "etc/x.conf",
            text: "arn:aws:s3:*:a1b2c3:p{lower:6}97\nallow:*:read:*:p{lower:6}97 x\nroot:*:1:2:p{lower:6}97:x\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|at| !text.binary && **at > 0) {
        let before = line_before(text.bytes, at);
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'>');
        let host = before.rsplit(ends).next().unwrap_or_default();
        let rest = Part::between(text.bytes, at - host.len()..text.bytes.len().min(at + 300));
        let line = rest.while_(|b| !ends(&b));
        let Some(password) = fifth(line).filter(|value| value.span().start >= done) else { continue };
        if let Some((level, confidence)) = level(Ground::Lines, password) {
            done = password.span().end;
            out(Found::here(&RULE, password, length_of("database password", password.len()))
                .at(level, confidence));
        }
    }
}

/// The last of five fields, of which the second is a port and all of the first may be any.
fn fifth(line: Part<'_>) -> Option<Part<'_>> {
    let (host, rest) = line.cut(|b| b == b':')?;
    let (port, rest) = rest.cut(|b| b == b':')?;
    let (database, rest) = rest.cut(|b| b == b':')?;
    let (user, password) = rest.cut(|b| b == b':')?;
    let plain = |part: Part<'_>| {
        !part.is_empty() && part.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"._-*".contains(b))
    };
    let known = port.bytes().len() >= 4 && port.bytes().iter().all(u8::is_ascii_digit);
    let any = port.bytes() == b"*" && host.bytes() == b"*" && database.bytes() == b"*";
    (plain(host) && (known || any) && plain(database) && plain(user) && !password.bytes().contains(&b':'))
        .then_some(password)
}
