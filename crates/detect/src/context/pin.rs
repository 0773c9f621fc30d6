//! Numbers that open something, in programs: `const SERVICE_PIN = '…'`.
//!
//! The pins of a board are numbers as well, but small ones and in no quotes.
//!
//! bad: `SERVICE_PIN = "<six digits>"`
//! good: a number of its own for each device, kept outside the program

use tightlip_report::{Confidence, Level};

use super::gate::is_number_of_pin;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::is_for_tests;
use super::judge::reading::reach;
use super::judge::site::name_around;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "pin-in-program",
    "PIN in a program",
    "Whoever can read the program knows the number that opens it.",
)
.source("https://cwe.mitre.org/data/definitions/798.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pin",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Code | Ground::Shell),
    keywords: NAMES,
    find,
    hits: &[
        Example { path: "a.ts", text: "const SERVICE_PIN = '719{digits:1}03';\n", rule: "pin-in-program" },
        Example {
            path: "a.swift",
            text: "let doorPin: String = \"719{digits:1}0352\"\n",
            rule: "pin-in-program",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "LED_PIN = 13\nTEST_PIN = \"719403\"\npin = \"123456\"\nspin = \"719403\"\nPIN = \"4711\"\n",
            rule: "",
        },
        Example { path: "a.js", text: "x = {pin: '111111', pinCode: '719403px'};\n", rule: "" },
    ],
};

const NAMES: &[&str] = &["pin = ", "pin: ", "pin='", "pin=\"", "pin := ", "pin':", "pin\":"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = name_around(text.bytes, at);
        let before = at.checked_sub(1).and_then(|n| text.bytes.get(n)).copied().unwrap_or_default();
        let capital = text.bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        // `spin`, `mapPin` of a map that `pin` alone does not tell from the end of another word.
        let inside = before.is_ascii_alphabetic() && !(capital && before.is_ascii_lowercase());
        if inside || is_for_tests(name.bytes()) {
            continue;
        }
        let rest = reach(text.bytes, at).skip("pin".len());
        let sign = rest.while_(|b| matches!(b, b' ' | b':' | b'=' | b'"' | b'\'') || b.is_ascii_alphabetic());
        let opened = sign.bytes().last().is_some_and(|b| matches!(b, b'"' | b'\''));
        let value = rest.after(&sign).while_(|b| b.is_ascii_digit());
        let quote = sign.bytes().last().copied().unwrap_or_default();
        let closed = rest.after(&sign).after(&value).bytes().first() == Some(&quote);
        if opened && closed && is_number_of_pin(value.bytes()) {
            out(Found::here(&RULE, value, length_of("PIN", value.len())));
        }
    }
}
