//! Passwords that a program tells in a log, or a person in a note: `Generated admin password: …`, `A temporary password is
//! generated for root: …`, `vpn pw: …`.
//!
//! Only what looks chosen or made counts: sentences about passwords have words there.

use tightlip_report::{Confidence, Level};

use super::assignment::is_comment;
use super::judge::ground::{Ground, ground, ground_of, is_log as is_named_log, is_named_manual};
use super::judge::length_of;
use super::judge::reading::{is_cut, line_from};
use super::judge::value::{Worth, is_chosen, is_picked, is_secret, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("password-in-log", "Password that a program told", "Whoever can read the log can log in.")
        .at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "announced",
    rules: &[&RULE],
    wants: |hint| !is_named_manual(hint) && ground(hint) != Ground::Noise,
    keywords: &["password", "passphrase", "pw: ", "pass: ", "passwort", "passcode", "token", "api key"],
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
        Example {
            path: "var/log/x.log",
            text: "login of bob with password aB7x9{base62:300}7\n",
            rule: "password-in-log",
        },
        Example {
            path: "a.ts",
            text: "// for the support: Passwort Xk9#{lower:5}97\nrun()\n",
            rule: "password-in-log",
        },
        Example {
            path: "root/notes.txt",
            text: "call Ann about the budget\nvpn pw: aB7x9{base62:10}7\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "var/log/x.log",
            text: "password: ****\nthe password is wrong\nFailed password for bob\n",
            rule: "",
        },
        Example {
            path: "a.ts",
            text: "// the password is kept in config2, see password hash2password\nthrow new Error('password is Xk9#hello97');\n",
            rule: "",
        },
        Example { path: "README.md", text: "The password is Summer2024!\n", rule: "" },
    ],
};

/// What stands between the word and the value, longest first.
const BETWEEN: &[&str] =
    &[" is now: ", " is: ", " is ", " set to ", " was set to ", " for ", ": ", " = ", "=", " "];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let note = !is_log(text);
    let program = note && ground(&text.hint) == Ground::Code;
    if text.binary || note && !program && !is_note(text) {
        return;
    }
    for &at in text.at {
        let line = line_from(text.bytes, at);
        let word = line.while_(|b| b.is_ascii_alphabetic());
        // `PASS: ld-elf/x` is the result of a test.
        if word.bytes() == b"PASS" {
            continue;
        }
        let word = if word.is("api") { line.first("api key".len()) } else { word };
        let Some(value) = told(line.after(&word)) else { continue };
        // Of tokens is more spoken than is told.
        if (word.is("token") || word.is("api key")) && (note || worth(value.bytes()) != Worth::Strong) {
            continue;
        }
        let counts = is_secret(value.bytes(), |weak| is_chosen(weak) || !note && is_picked(weak));
        if program {
            // An explanation as often as a confession.
            let told = is_chosen(value.bytes()) && is_comment(text.bytes, at) && !is_cut(value, line);
            let shape = length_of("password in a comment", value.len());
            if told {
                out(Found::here(&RULE, value, shape).at(Level::Warn, Confidence::Medium));
            }
            continue;
        }
        if counts && value.len() >= 6 && !is_cut(value, line) {
            out(Found::here(&RULE, value, length_of("password in a log", value.len())));
        }
    }
}

/// A text that somebody wrote down: of no kind that is known, in lines of words.
fn is_note(text: &Text<'_>) -> bool {
    let name = text.hint.file_name();
    let plain = !name.contains(&b'.') || name.ends_with(b".txt") || name.ends_with(b".eml");
    // A letter begins with names and values.
    let letter = memchr::memmem::find(text.hint.path(), b"/mail/").is_some() || name.ends_with(b".eml");
    letter || plain && ground_of(text) == Ground::Prose
}

fn is_log(text: &Text<'_>) -> bool {
    matches!(text.hint, Hint::Text) || is_named_log(&text.hint)
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
