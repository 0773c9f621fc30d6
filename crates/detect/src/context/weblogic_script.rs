//! Logins in scripts of WebLogic: `connect('weblogic', '…', 't3://localhost:7001')`, told by the protocol of the address.
//!
//! bad: `connect('weblogic', 'hunter22x', 't3://admin:7001')`
//! good: `connect(userConfigFile='…', userKeyFile='…', url='t3://admin:7001')`

use super::directive::{RULE, level};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::reading::text_in_quotes;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "weblogic-script",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: &["t3://", "t3s://"],
    find,
    hits: &[Example {
        path: "create_ds.py",
        text: "connect('weblogic', 'p{lower:6}97', 't3://localhost:7001')\n",
        rule: "password-directive",
    }],
    misses: &[Example {
        path: "create_ds.py",
        text: "connect(user, pw, 't3://localhost:7001')\nconnect('weblogic', sys.argv[1], url='t3s://h:7002')\nprint('t3://', 'p{lower:6}97')\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let before = line_before(text.bytes, at);
        let Some(open) = memchr::memmem::rfind(before, b"connect(") else { continue };
        let start = at - before.len() + open + "connect(".len();
        let Some(password) = second(Part::between(text.bytes, start..at)) else { continue };
        if let Some((level, confidence)) = level(Ground::Lines, password) {
            out(Found::here(&RULE, password, length_of("password", password.len())).at(level, confidence));
        }
    }
}

/// The second of two texts in quotes.
fn second(arguments: Part<'_>) -> Option<Part<'_>> {
    let (_, rest) = text_in_quotes(arguments.trim())?;
    text_in_quotes(rest.trim().strip(",")?.trim()).map(|(password, _)| password)
}
