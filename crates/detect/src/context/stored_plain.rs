//! Passwords stored as they are, with a mark that says so: `bob:{PLAIN}…` of Dovecot, `{noop}…` of Spring.
//!
//! bad: `bob@h:{PLAIN}hunter22:1000:1000`
//! good: `bob@h:{ARGON2ID}$argon2id$…`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, ground_of};
use super::judge::length_of;
use super::judge::value::{is_chosen, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "plain-stored-password",
    "Password stored without a hash",
    "Whoever can read the file can log in as its user.",
)
.source("https://doc.dovecot.org/latest/core/config/auth/schemes.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "stored-plain",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: MARKS,
    find,
    hits: &[
        Example {
            path: "etc/dovecot/users",
            text: "bob@h:{PLAIN}p{lower:6}97:1000:1000::/home/bob\n",
            rule: "plain-stored-password",
        },
        Example {
            path: "a.ldif",
            text: "olcRootPW: {CLEARTEXT}p{lower:6}97\n",
            rule: "plain-stored-password",
        },
    ],
    misses: &[
        Example { path: "a.java", text: "String mark = \"{noop}\" + password; // {plain}text\n", rule: "" },
        Example { path: "a.sh", text: "printf \"${PLAIN}${RED}Docker9 is missing.\"\n", rule: "" },
        Example { path: "etc/dovecot/users", text: "bob:{PLAIN}${PW}:1000\nann:{PLAIN}:1000\n", rule: "" },
    ],
};

const MARKS: &[&str] = &["{plain}", "{cleartext}", "{clear}", "{noop}"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let config = !matches!(ground_of(text), Ground::Code | Ground::Prose);
    for &at in text.at.iter().filter(|_| !text.binary) {
        // `${PLAIN}` is a variable.
        if at.checked_sub(1).and_then(|n| text.bytes.get(n)) == Some(&b'$') {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 256));
        let Some(value) = MARKS.iter().find_map(|mark| rest.strip(mark)) else { continue };
        let value = value.while_(|b| b.is_ascii_graphic() && !matches!(b, b':' | b'"' | b'\'' | b'<' | b'`'));
        // Elsewhere the mark is as often spoken of.
        if is_secret(value.bytes(), |weak| config && weak.len() >= 4 || is_chosen(weak)) {
            out(Found::here(&RULE, value, length_of("password", value.len())));
        }
    }
}
