//! Values that look drawn behind the name of a secret in a manual: `- DB password: …`, ``The db password is `…` ``,
//! ``Set `API_KEY` to `…` ``.
//!
//! Manuals are full of made-up values, so it is a warning, and only for what nobody makes up: digits among letters of both
//! cases, or with marks. Words, versions, names and what everybody tries first are none.
//!
//! bad: `The db password is` and the password
//! good: `The db password is in the team's vault`

use tightlip_report::{Confidence, Level};

use super::announced::{RULE, bare};
use super::judge::ground::is_named_manual;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::value::{Worth, worth};
use crate::file::judge::ends_with;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "told-in-manual",
    rules: &[&RULE],
    // Notes of one's own in Markdown as well.
    wants: |hint| is_named_manual(hint) || ends_with(hint, &[".md", ".markdown"]),
    keywords: &["passw", "api_key", "api-key", "api key", "apikey", "secret", "token"],
    find,
    hits: &[
        Example {
            path: "docs/runbook.md",
            text: "- DB password: X{lower:1}2{lower:1}Q7{lower:1}T\n",
            rule: "password-in-log",
        },
        Example {
            path: "README.md",
            text: "The db password is `X{lower:1}2{lower:1}Q7{lower:1}T9{lower:1}K`.\n",
            rule: "password-in-log",
        },
        Example {
            path: "README.md",
            text: "Set `API_KEY` to `X{lower:1}2{lower:1}Q7{lower:1}T9{lower:1}K` first.\n",
            rule: "password-in-log",
        },
        Example {
            path: "README.md",
            text: "* **Password:** g{lower:3}!47{lower:2}%{lower:2}\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "README.md",
            text: "password: Argon2id\npassword: Base64Url\npassword: PBKDF2WithHmac\ntoken: OAuth2Token\npassword: P@ssw0rd1!\npassword: MyPass123!\npassword: hunter2!!\npassword: fooBar123\nsecret: s3cr3tK3y!\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: "password: your-Password1\npassword: <X{lower:1}2{lower:1}Q7{lower:1}T9>\npassword: ${X1y2Z3a4}\nThe password is v1.2.3-Rc4\nSet `API_KEY` to `process.env.API_KEY2`\npassword: config/X1y2Z3a4.yml\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: "password hash: {hex:40}\ntoken: {hex:32}\nThe password field is Base64Encoded2\nsecretName: X1y2Z3a4Q5\ntoken count: 12000!\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: "[cover]: https://codecov.io/gh/x/y/graph/badge.svg?token=mX{upper:1}3mQ{upper:2}Nn{lower:1}\n",
            rule: "",
        },
        Example { path: "app/main.txt", text: "password: X{lower:1}2{lower:1}Q7{lower:1}T\n", rule: "" },
    ],
};

/// A longer one is a token, and other finders judge it.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=40;

/// No name is longer, and a name and a value have room in four times as much, in bytes.
const LONGEST: usize = 64;

/// What stands between a name and its value.
const JOINS: &[&str] = &[": ", ":** ", ":", " is: ", " is ", " to ", " = ", "=", " => "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let start = text.bytes.get(..at).unwrap_or_default();
        let start = at - start.iter().rev().take(LONGEST).take_while(|b| is_of_name(**b)).count();
        if start < done || matches!(text.bytes.get(start.wrapping_sub(1)), Some(b'?' | b'&')) {
            // A parameter of an address is another finder's.
            continue;
        }
        let line = Part::between(text.bytes, start..start + 4 * LONGEST).while_(|b| b != b'\n');
        let name = line.while_(is_of_name);
        // `API key` is written as two words.
        let name = if name.is("api") { line.first(name.len() + 4) } else { name };
        done = name.span().end;
        let Some(value) = value_behind(line.after(&name)).filter(|_| says(name.bytes()) == Says::Secret)
        else {
            continue;
        };
        if is_drawn(value.bytes()) && matches!(worth(value.bytes()), Worth::Strong | Worth::Weak) {
            let found = Found::here(&RULE, value, length_of("password in a manual", value.len()));
            out(found.at(Level::Warn, Confidence::Low));
        }
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The word that a sign or a verb joins to a name.
fn value_behind(rest: Part<'_>) -> Option<Part<'_>> {
    let rest = rest.after(&rest.while_(|b| matches!(b, b'`' | b'*' | b'"')));
    let rest = JOINS.iter().find_map(|join| rest.strip(join))?;
    let rest = rest.after(&rest.while_(|b| matches!(b, b' ' | b'*')));
    rest.words().next().map(bare)
}

/// Marks of passwords; those that paths, options, addresses and versions have are not among them.
const MARKS: &[u8] = b"!?$%^*+~#";

/// Letters and digits that turn into each other as in no name, or letters, digits and marks.
fn is_drawn(value: &[u8]) -> bool {
    let odd = |b: &u8| !b.is_ascii_alphanumeric() && !MARKS.contains(b) && !matches!(b, b'-' | b'_');
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    if !LENGTHS.contains(&value.len()) || digits == 0 || value.iter().any(odd) || is_invented(value) {
        return false;
    }
    let class = |b: u8| (b.is_ascii_lowercase(), b.is_ascii_uppercase(), b.is_ascii_digit());
    let turns = value.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let cases = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let marked =
        value.iter().skip(1).any(|b| MARKS.contains(b)) && has(u8::is_ascii_alphabetic) && digits >= 2;
    cases && turns * 2 >= value.len() || marked && turns >= 3
}

/// Words of values that are made up to show something, also with digits for letters.
fn is_invented(value: &[u8]) -> bool {
    let plain = |b: &u8| match b.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'$' | b'5' => b's',
        b'4' => b'a',
        b => b,
    };
    let letters: Vec<u8> = value.iter().map(plain).collect();
    let lower = value.to_ascii_lowercase();
    let words = [
        "pass", "secret", "change", "example", "foo", "bar", "hunter", "test", "demo", "sample", "token",
        "your", "dummy", "fake", "letme", "qwerty", "abc", "xyz", "admin", "welcome", "key", "user", "123",
        "xxx", "insert", "replace", "value", "hello", "world", "horse", "root",
    ];
    words.iter().any(|word| {
        [&letters, &lower].iter().any(|text| memchr::memmem::find(text, word.as_bytes()).is_some())
    })
}
