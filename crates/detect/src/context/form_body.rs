//! Passwords in the bodies of forms, as browsers send and record them: `user=bob&password=Copper73%21otter`.
//!
//! What needs no percent signs is read by the finder of assignments.
//!
//! bad: `{"postData": {"text": "user=bob&password=Copper73%21otter"}}`
//! good: a recording without what was sent

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::{Part, hex};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "password-in-form",
    "Password in the body of a form",
    "Whoever can read it can log in as its sender.",
)
.source("https://url.spec.whatwg.org/#application/x-www-form-urlencoded")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "form-body",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: NAMES,
    find,
    hits: &[
        Example {
            path: "x.har",
            text: r#"{"text": "user=bob&password=Xk9v%23{lower:5}%217&ok=1"}"#,
            rule: "password-in-form",
        },
        Example {
            path: "x.log",
            text: "body: j_username=bob&j_password=Xk9v{lower:5}%217\n",
            rule: "password-in-form",
        },
    ],
    misses: &[Example {
        path: "x.har",
        text: r#"{"text": "user=bob&password=%5Bhidden%5D", "url": "https://h/?a=b&password=Xk9v%25ab7", "t": "a=1&password=abc"}"#,
        rule: "",
    }],
};

const NAMES: &[&str] = &[
    "password=",
    "passwd=",
    "passwort=",
    "kennwort=",
    "passphrase=",
    "pwd=",
    "pass=",
    "secret=",
    "contrasena=",
    "senha=",
    "pw=",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || is_named_manual(&text.hint) {
        return;
    }
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 400));
        let Some(after) = NAMES.iter().find_map(|name| rest.strip(name)) else { continue };
        let value = after.while_(|b| b.is_ascii_alphanumeric() || b"-._~+%*!@$".contains(&b));
        if !value.bytes().contains(&b'%') || !is_form(text.bytes, at, after.after(&value)) {
            continue;
        }
        let Some(plain) = decoded(value.bytes()) else { continue };
        if is_secret(&plain, |weak| is_chosen(weak) || is_picked(weak)) {
            let shape = length_of("password in a form", plain.len());
            out(Found::here(&RULE, value, shape).decoded(plain, &["percent"]));
        }
    }
}

/// Whether another pair stands beside, and no address before.
fn is_form(text: &[u8], at: usize, after: Part<'_>) -> bool {
    let before = line_before(text, at);
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'');
    let word = before.rsplit(ends).next().unwrap_or_default();
    let address = word.iter().any(|b| matches!(b, b'/' | b'?' | b'$' | b'{'));
    (word.contains(&b'=') || after.bytes().starts_with(b"&")) && !address
}

fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'%' => (hex::byte(after.get(..2)?)?, after.get(2..)?),
            b'+' => (b' ', after),
            other => (*other, after),
        };
        plain.push(byte);
        rest = after;
    }
    Some(plain)
}
