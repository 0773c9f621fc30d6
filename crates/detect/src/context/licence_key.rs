//! Keys by which a program that was bought is unlocked: `ocr_license = "…-…-…-…-…"`, groups of capitals and digits.
//!
//! bad: `static const char *license = "K7QX2-…";`
//! good: the key in a file that the installer asks for

use tightlip_report::{Confidence, Level};

use super::judge::comment::is_in_comment;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{is_for_tests, words};
use super::judge::site::{Written, name_around, value_of};
use super::judge::value::{Worth, worth};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "licence-key",
    "Key that unlocks a program",
    "Whoever holds it can use what was bought, in the name of who bought it.",
)
.source("https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "licence-key",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Noise | Ground::Prose),
    keywords: &[
        "license",
        "licence",
        "lizenz",
        "licencia",
        "licenza",
        "licentie",
        "activation",
        "aktivierung",
        "unlock",
    ],
    find,
    hits: &[
        Example {
            path: "a.c",
            text: "static const char *ocr_license = \"K7Q{B32:2}-{B32:5}-4{B32:4}-{B32:5}-9{B32:4}\";\n",
            rule: "licence-key",
        },
        Example { path: "a.ini", text: "LicenseKey = K7Q4-9{B32:3}-{B32:4}-4{B32:3}\n", rule: "licence-key" },
        Example {
            path: "a.cs",
            text: "Engine.SetLicense(\"K7Q{B32:2}-{B32:5}-4{B32:4}-{B32:5}-9{B32:4}\");\n",
            rule: "licence-key",
        },
    ],
    misses: &[
        Example {
            path: "a.py",
            text: "LICENSE = \"BSD-3-CLAUSE\"\nlicense = \"LGPL-2.1-OR-LATER\"\nlicense_key = \"XXXXX-XXXXX-XXXXX-XXXXX-XXXXX\"\nlicense = \"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\"\nLICENSE_ID = \"0f3a1b2c-1111-2222-3333-444455556666\"\nlicense = \"12345-12345-12345-12345\"\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "test_license = \"K7Q{B32:2}-{B32:5}-4{B32:4}-{B32:5}-9{B32:4}\"\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = name_around(text.bytes, at);
        if at < done || name.is_empty() {
            continue;
        }
        done = name.span().end.max(at + 1);
        if is_for_tests(name.bytes()) || !is_named(name.bytes()) || is_in_comment(text, name.span().start) {
            continue;
        }
        let Some(site) = value_of(text.bytes, name) else { continue };
        let value = if site.written == Written::Bare { site.value.trim() } else { site.value };
        if is_grouped(value.bytes()) && worth(value.bytes()) >= Worth::Weak {
            done = value.span().end;
            out(Found::here(&RULE, value, length_of("licence key", value.len())));
        }
    }
}

/// `ocr_license`, `ActivationCode`, `LICENSE_KEY`; not `license_url`.
fn is_named(name: &[u8]) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    let whats = ["key", "code", "number", "string", "serial", "nr", "schluessel", "token"];
    let of_licence = |word: &str| {
        ["licen", "lizenz", "activation", "aktivierung", "unlock"].iter().any(|start| word.starts_with(start))
    };
    of_licence(last) || whats.contains(&last) && words.iter().any(|word| of_licence(word))
}

/// Four groups to eight of as many capitals and digits each, with both in no order.
fn is_grouped(value: &[u8]) -> bool {
    if value.len() > 8 * 9 {
        return false;
    }
    let groups: Vec<&[u8]> = value.split(|b| *b == b'-').collect();
    let length = groups.first().map_or(0, |group| group.len());
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_uppercase()).count();
    let mut different = value.to_vec();
    different.sort_unstable();
    different.dedup();
    (4..=8).contains(&groups.len())
        && (4..=8).contains(&length)
        && groups.iter().all(|group| group.len() == length)
        && digits + letters + groups.len() - 1 == value.len()
        && digits >= 3
        && letters >= 3
        && different.len() >= 9
}
