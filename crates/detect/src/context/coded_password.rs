//! Passwords that a program has in hexadecimal or as the numbers of their letters, so that nobody reads them over the shoulder:
//! `hex.DecodeString("…")`, `String.fromCharCode(78, 111, …)`.
//!
//! What is so written may be anything: only under the name of a secret, or in a function that has one, what looks chosen or made
//! counts.
//!
//! bad: `pw := string(must(hex.DecodeString("4b69…")))`
//! good: `pw := os.Getenv("DB_PASSWORD")`

use tightlip_report::{Confidence, Level};

use super::encoded_literal::{is_named, is_of_named_function, is_one};
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::reading::{line_before, reach, text_in_quotes};
use crate::read::{Part, hex};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "coded-password",
    "Password in hexadecimal or numbers in a program",
    "Whoever can read the program can decode it.",
)
.source("https://cwe.mitre.org/data/definitions/261.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "coded-password",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell) && !is_bundle(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "a.go",
            text: concat!(
                "func dbPassword() string {\n\tb, _ := hex.DecodeString(\"4b696573",
                "656c40393923\")\n\treturn string(b)\n}\n"
            ),
            rule: "coded-password",
        },
        Example {
            path: "a.py",
            text: concat!("DB_PASSWORD = bytes.fromhex('4b696573", "656c40393923').decode()\n"),
            rule: "coded-password",
        },
        Example {
            path: "a.js",
            text: "const pw = String.fromCharCode(75, 105, 101, 115, 101, 108, 64, 57, 57, 35);\n",
            rule: "coded-password",
        },
        Example {
            path: "a.lua",
            text: "local password = string.char(75, 105, 101, 115, 101, 108, 64, 57, 57, 35)\n",
            rule: "coded-password",
        },
    ],
    misses: &[
        Example {
            path: "a.go",
            text: concat!(
                "func digest() string {\n\tb, _ := hex.DecodeString(\"4b696573",
                "656c40393923\")\n}\nfunc password() string {\n\tb, _ := hex.DecodeString(\"{hex:32}\")\n\tc, _ := hex.DecodeString(\"70617373776f7264\")\n}\n"
            ),
            rule: "",
        },
        Example {
            path: "a.js",
            text: "const nl = String.fromCharCode(13, 10); const password = String.fromCharCode(code); const x = String.fromCharCode(75, 105, 101, 115, 101, 108, 64, 57, 57, 35);\n",
            rule: "",
        },
    ],
};

/// What makes a text of hexadecimal digits or of numbers, in lower case.
const KEYWORDS: &[&str] = &[
    "hex.decodestring(",
    "hex::decode(",
    "bytes.fromhex(",
    "unhexlify(",
    "hex2bin(",
    "decodehex(",
    "string.fromcharcode(",
    "string.char(",
];

/// So many letters passwords have.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let Some(inside) = KEYWORDS.iter().find_map(|call| rest.strip(call)) else { continue };
        let Some((value, plain, how)) = of_digits(inside).or_else(|| of_numbers(inside)) else { continue };
        let fits = LENGTHS.contains(&plain.len()) && plain.iter().all(u8::is_ascii_graphic) && is_one(&plain);
        let named = || is_named(line_before(text.bytes, at)) || is_of_named_function(text.bytes, at);
        if fits && named() {
            let shape = length_of("coded password", plain.len());
            out(Found::here(&RULE, value, shape).decoded(plain, how));
        }
    }
}

type Decoded<'b> = (Part<'b>, Vec<u8>, &'static [&'static str]);

fn of_digits(inside: Part<'_>) -> Option<Decoded<'_>> {
    let inside = inside.strip("b").unwrap_or(inside);
    let (digits, _) = text_in_quotes(inside)?;
    Some((digits, hex::bytes(digits.bytes())?, &["hex"]))
}

fn of_numbers(inside: Part<'_>) -> Option<Decoded<'_>> {
    let (list, _) = inside.cut(|b| b == b')')?;
    let number = |part: &[u8]| std::str::from_utf8(part.trim_ascii()).ok()?.parse().ok();
    let plain: Option<Vec<u8>> = list.bytes().split(|b| *b == b',').map(number).collect();
    Some((list, plain?, &["numbers"]))
}
