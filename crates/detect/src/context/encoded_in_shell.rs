//! Passwords that a script has in base64 and decodes on the spot: `PASS=$(echo … | base64 -d)`, `base64 -d <<< "…"`.
//!
//! bad: `DB_PASSWORD=$(echo S2llc2VsQDk5Iw== | base64 -d)`
//! good: `DB_PASSWORD=$(cat /run/secrets/db-password)`

use super::encoded_literal::{RULE, is_one, password};
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::line_around;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "encoded-in-shell",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && !matches!(ground(hint), Ground::Noise | Ground::Prose),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "a.sh",
            text: concat!("DB_PASSWORD=$(echo S2llc2Vs", "QDk5Iw== | base64 -d)\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.sh",
            text: concat!("export PGPASSWORD=\"$(base64 --decode <<< 'S2llc2Vs", "QDk5Iw==')\"\n"),
            rule: "encoded-password",
        },
        Example {
            path: ".gitlab-ci.yml",
            text: concat!(
                "job:\n  script:\n    - export TOKEN=`printf '%s' \"a2llc2Vs",
                "MjAxOWZh\" | base64 -d`\n"
            ),
            rule: "encoded-password",
        },
    ],
    misses: &[Example {
        path: "a.sh",
        text: concat!(
            "PASSWORD=$(echo $ENCODED | base64 -d)\nPASSWORD=$(kubectl get secret a | base64 -d)\nX=$(echo S2llc2Vs",
            "QDk5Iw== | base64 -d)\nPASSWORD=$(echo cGFzc3",
            "dvcmQ= | base64 -d)\necho PASSWORD S2llc2Vs",
            "QDk5Iw== | base64 -d\n"
        ),
        rule: "",
    }],
};

/// What decodes it.
const KEYWORDS: &[&str] = &["base64 -d", "base64 --decode", "base64 -a -d"];

/// So much of a line is looked at on either side of that: a longer command holds more than a password, in bytes.
const LONGEST: usize = 2048;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_around(text.bytes, at).span();
        let before = Part::between(text.bytes, line.start.max(at.saturating_sub(LONGEST))..at);
        let rest = Part::between(text.bytes, at..line.end.min(at + LONGEST));
        let Some((name, command)) = set(before) else { continue };
        let Some(value) = piped(command).or_else(|| here(rest)) else { continue };
        let Some(plain) = password(value.bytes()).filter(|plain| is_one(plain)) else { continue };
        if says(name.bytes()) == Says::Secret {
            let shape = length_of("password in base64", plain.len());
            out(Found::here(&RULE, value, shape).decoded(plain, &["base64"]));
        }
    }
}

/// The variable that is set last in the line, and the command of which it gets the output.
fn set(before: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let opens = ["=$(", "=\"$(", "=`", "=\"`", "='$("];
    let found = opens.iter().filter_map(|open| {
        memchr::memmem::rfind(before.bytes(), open.as_bytes()).map(|at| (at, at + open.len()))
    });
    let (at, end) = found.max()?;
    let head = before.first(at);
    let named = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let length = head.bytes().iter().rev().take_while(named).count();
    Some((head.skip(head.len() - length), before.skip(end)))
}

/// `echo … |`, `printf '%s' … |`: the last word.
fn piped(command: Part<'_>) -> Option<Part<'_>> {
    let (command, _) = command.trim().cut(|b| b == b'|').filter(|(_, rest)| rest.trim().is_empty())?;
    let words: Vec<Part<'_>> = command.words().collect();
    let said = words.first().is_some_and(|first| first.is("echo") || first.is("printf"));
    words.last().map(|word| plain(*word)).filter(|_| said && (2..=4).contains(&words.len()))
}

/// `<<< "…"`
fn here(rest: Part<'_>) -> Option<Part<'_>> {
    let (_, rest) = rest.cut_at(b"<<<")?;
    rest.words().next().map(plain)
}

/// Without quotes and what ends the command.
fn plain(word: Part<'_>) -> Part<'_> {
    word.trim_of(|b| matches!(b, b'"' | b'\'' | b')' | b'`' | b';'))
}
