//! Passwords that a program has in base64, so that nobody reads them over the shoulder: `base64.b64decode("…")`.
//!
//! What is so decoded may be anything. Under the name of a secret what looks chosen or random counts, under any other only what
//! nobody writes but a password.
//!
//! bad: `PW = base64.b64decode("S2llc2VsQDk5Iw==")`
//! good: `PW = base64.b64decode(os.environ["PW"])`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::{line_before, reach, text_in_quotes};
use super::judge::value::{Worth, classes, is_chosen, is_picked, worth};
use crate::read::base64;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "encoded-password",
    "Password in base64 in a program",
    "Whoever can read the program can decode it.",
)
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "encoded-literal",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "a.py",
            text: concat!("_P = base64.b64decode(\"S2llc2Vs", "QDk5Iw==\").decode()\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.js",
            text: concat!("const password = atob('a2llc2Vs", "MjAxOWZh');\n"),
            rule: "encoded-password",
        },
        Example {
            path: "a.go",
            text: concat!("pw, _ := base64.StdEncoding.DecodeString(\"S2llc2Vs", "QDk5Iw==\")\n"),
            rule: "encoded-password",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: concat!("x = base64.b64decode('SGVsbG8g", "V29ybGQxMg=='); y = base64.b64decode(data)\n"),
            rule: "",
        },
        Example { path: "a.js", text: concat!("assert(atob('cGFzc3", "dvcmQ=') == 'x')\n"), rule: "" },
    ],
};

/// What decodes base64, in lower case.
const KEYWORDS: &[&str] = &[
    "b64decode(",
    "base64_decode(",
    "base64.decode(",
    "base64::decode(",
    "base64.decode64(",
    "strict_decode64(",
    "atob(",
    "frombase64string(",
    "getdecoder().decode(",
    "encoding.decodestring(",
    "decode_base64(",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let Some((_, inside)) = rest.cut(|b| b == b'(') else { continue };
        let inside = inside.strip("b").filter(|text| text_in_quotes(*text).is_some()).unwrap_or(inside);
        let Some((value, after)) = text_in_quotes(inside) else { continue };
        let Some(plain) = password(value.bytes()) else { continue };
        let ends = matches!(after.bytes().first(), Some(b')' | b','));
        if ends && (is_named(line_before(text.bytes, at)) && is_one(&plain) || is_unlike_words(&plain)) {
            let shape = length_of("password in base64", plain.len());
            out(Found::here(&RULE, value, shape).decoded(plain, &["base64"]));
        }
    }
}

/// What it says, if that is one word in our letters.
fn password(value: &[u8]) -> Option<Vec<u8>> {
    let digits = value.len() >= 8 && value.len().is_multiple_of(4);
    let plain = base64::decode_prefix(value);
    let end = value.iter().rev().take_while(|b| **b == b'=').count();
    let whole = digits && plain.len() + end == value.len() / 4 * 3;
    (whole && plain.iter().all(u8::is_ascii_graphic)).then_some(plain)
}

fn is_one(plain: &[u8]) -> bool {
    match worth(plain) {
        Worth::Strong => true,
        Worth::Weak => is_chosen(plain) || is_picked(plain),
        _ => false,
    }
}

/// Letters, two digits or more and a mark, in no address and no file.
fn is_unlike_words(plain: &[u8]) -> bool {
    let digits = plain.iter().filter(|b| b.is_ascii_digit()).count();
    let marks = plain.iter().filter(|b| b.is_ascii_punctuation()).count();
    let shown = ["hello", "world", "test", "example", "sample", "foo", "data"]
        .iter()
        .any(|word| memchr::memmem::find(&plain.to_ascii_lowercase(), word.as_bytes()).is_some());
    let usual = shown || plain.iter().any(|b| b"/:.,_=&{}[]()<>\"'".contains(b));
    worth(plain) >= Worth::Weak
        && is_chosen(plain)
        && classes(plain) == 3
        && digits >= 2
        && marks > 0
        && !usual
}

/// Whether the line sets something that has the name of a secret.
fn is_named(line: &[u8]) -> bool {
    let Some(sign) = line.iter().rposition(|b| matches!(b, b'=' | b':')) else { return false };
    let head = line.get(..sign).unwrap_or_default().trim_ascii_end();
    let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii_end();
    // Of Go's two results the second is the error.
    let head = head.strip_suffix(b", _").or_else(|| head.strip_suffix(b", err")).unwrap_or(head);
    let end = head.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let head = head.get(..end).unwrap_or_default();
    let length =
        head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    says(head.get(head.len() - length..).unwrap_or_default()) == Says::Secret
}
