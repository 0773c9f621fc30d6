//! Secrets of YAML that stand elsewhere in the file: `password: *pw` refers to what an anchor names, `shared: &pw …`.
//!
//! An anchor under a name of a secret is found like any other value; here the name that refers to it tells.
//!
//! bad: `x-shared: &pw hunter22x` above `DB_PASSWORD: *pw`
//! good: `DB_PASSWORD: ${DB_PASSWORD}`

use std::collections::{HashMap, HashSet};

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{KEYWORDS, Says, is_password, says};
use super::judge::site::name_around;
use super::judge::value::{Worth, is_chosen, is_picked, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-in-anchor",
    "Secret that a name refers to",
    "Whoever can read the file has the value behind the anchor.",
)
.source("https://yaml.org/spec/1.2.2/#71-alias-nodes")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "yaml-alias",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Yaml,
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "compose.yaml",
            text: "x-shared: &pw \"p{lower:6}!97\"\nservices:\n  a:\n    environment:\n      DB_PASSWORD: *pw\n",
            rule: "secret-in-anchor",
        },
        Example {
            path: "values.yml",
            text: "base: &k a1B{base62:30}\napi_key: *k\n",
            rule: "secret-in-anchor",
        },
    ],
    misses: &[Example {
        path: "compose.yaml",
        text: "x: &pw ${{DB_PASSWORD}}\ny: &name app\nz: &all\n  - a\npassword: *pw\ntoken: *name\nsecrets: *all\napi_key: *gone\n# password: *pw\n",
        rule: "",
    }],
};

/// A longer name is no anchor's, in bytes.
const LONGEST: usize = 64;
/// An anchor with its value is not longer, in bytes.
const LINE: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut anchors = None;
    let mut told = HashSet::new();
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = name_around(text.bytes, at);
        let rest =
            Part::between(text.bytes, name.span().end..text.bytes.len().min(name.span().end + 2 * LONGEST));
        let Some(alias) = rest.strip(": *").map(|rest| rest.while_(is_of_name)) else { continue };
        if alias.is_empty() || told.contains(alias.bytes()) || says(name.bytes()) != Says::Secret {
            continue;
        }
        let anchors = anchors.get_or_insert_with(|| anchored(text.bytes));
        let value = anchors.get(alias.bytes()).filter(|value| value.span().start < at);
        let Some(&value) = value else { continue };
        let sure = match worth(value.bytes()) {
            Worth::Strong => true,
            Worth::Weak => is_chosen(value.bytes()) || is_password(name.bytes()) && is_picked(value.bytes()),
            _ => false,
        };
        if sure {
            told.insert(alias.bytes());
            let what = format!("value of {}", String::from_utf8_lossy(name.bytes()));
            out(Found::here(&RULE, value, length_of(&what, value.len())));
        }
    }
}

fn is_of_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// The values that anchors name, each in one line. Of equal names the last counts.
fn anchored(text: &[u8]) -> HashMap<&[u8], Part<'_>> {
    let named = memchr::memchr_iter(b'&', text).filter_map(|at| {
        let behind = at.checked_sub(1).and_then(|before| text.get(before))?;
        let rest = Part::between(text, at + 1..text.len().min(at + LINE));
        let name = rest.while_(is_of_name);
        let line =
            rest.after(&name).strip(" ").filter(|_| behind.is_ascii_whitespace() && !name.is_empty())?;
        let line = line.while_(|b| b != b'\n');
        let value = line.cut_at(b" #").map_or(line, |(value, _)| value).trim().unquote();
        (!value.is_empty()).then_some((name.bytes(), value))
    });
    named.collect()
}
