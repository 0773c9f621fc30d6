//! Passwords that a program tells in a log: `Generated admin password: …`, `A temporary password is generated for root: …`.
//!
//! Only what looks chosen or made counts: sentences about passwords have words there.

use tightlip_report::{Confidence, Level};

use super::judge::ground::is_named_manual;
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, is_picked, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("password-in-log", "Password that a program told", "Whoever can read the log can log in.")
        .at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "announced",
    rules: &[&RULE],
    wants: |hint| !is_named_manual(hint),
    keywords: &["password", "passphrase"],
    find,
    hits: &[
        Example {
            path: "var/log/install.log",
            text: "[init] Generated admin password: aB7x9{base62:10}7\n",
            rule: "password-in-log",
        },
        Example {
            path: "var/log/mysqld.log",
            text: "[Note] A temporary password is generated for root@localhost: aB7x9{base62:10}7\n",
            rule: "password-in-log",
        },
        Example {
            path: "var/log/x.log",
            text: "login of bob with password aB7x9{base62:10}7\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "var/log/x.log",
            text: "password: ****\nthe password is wrong\nFailed password for bob\n",
            rule: "",
        },
        Example { path: "README.md", text: "The password is Summer2024!\n", rule: "" },
    ],
};

/// What stands between the word and the value, longest first.
const BETWEEN: &[&str] =
    &[" is now: ", " is: ", " is ", " set to ", " was set to ", " for ", ": ", " = ", "=", " "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || !is_log(text) {
        return;
    }
    for &at in text.at {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 200)).while_(|b| b != b'\n');
        let word = line.while_(|b| b.is_ascii_alphabetic());
        let Some(value) = told(line.after(&word)) else { continue };
        let counts = worth(value.bytes()) == Worth::Strong
            || worth(value.bytes()) == Worth::Weak && (is_chosen(value.bytes()) || is_picked(value.bytes()));
        if counts && value.len() >= 6 {
            out(Found::here(&RULE, value, length_of("password in a log", value.len())));
        }
    }
}

fn is_log(text: &Text<'_>) -> bool {
    let path = text.hint.path();
    matches!(text.hint, Hint::Text)
        || path.ends_with(b".log")
        || memchr::memmem::find(path, b"var/log/").is_some()
}

/// The word that is told: the one behind a colon at the end of the line, or the next.
fn told(rest: Part<'_>) -> Option<Part<'_>> {
    if rest.strip(" is generated for").or_else(|| rest.strip(" for")).is_some() {
        let (_, after) = rest.cut_at(b": ")?;
        return after.words().next().map(bare);
    }
    let after = BETWEEN.iter().find_map(|between| rest.strip(between))?;
    after.words().next().map(bare)
}

/// Without the marks of the sentence around it.
fn bare(word: Part<'_>) -> Part<'_> {
    word.trim_of(|b| matches!(b, b'"' | b'\'' | b'`' | b',' | b'.' | b';' | b')'))
}
