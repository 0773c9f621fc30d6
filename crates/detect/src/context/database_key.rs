//! Keys of encrypted databases in statements of SQLite: `ATTACH … AS x KEY '…'`, `PRAGMA key='…'`.
//!
//! What a history holds was typed: any word there counts.
//!
//! bad: `ATTACH DATABASE 'safe.db' AS safe KEY 'otter-Pebble-42';` in `.sqlite_history`
//! good: a key that the program asks for when it starts

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, is_picked, is_secret, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "database-key",
    "Key of an encrypted database",
    "Whoever has the database and this key can read all of it.",
)
.of("SQLite")
.source("https://www.zetetic.net/sqlcipher/sqlcipher-api/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "database-key",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Noise | Ground::Prose) || is_typed(hint),
    keywords: &["attach ", "pragma key", "pragma rekey"],
    find,
    hits: &[
        Example {
            path: "root/.sqlite_history",
            text: "ATTACH DATABASE 'safe.db' AS safe KEY 'Tr{lower:4}-Hopper82';\n",
            rule: "database-key",
        },
        Example {
            path: "root/.sqlite_history",
            text: "PRAGMA key='Tr{lower:4}-Hopper82';\n",
            rule: "database-key",
        },
        Example { path: "db/init.sql", text: "pragma rekey = \"Xk9{lower:4}97!q\";\n", rule: "database-key" },
    ],
    misses: &[
        Example {
            path: "root/.sqlite_history",
            text: "ATTACH DATABASE 'safe.db' AS safe;\nATTACH 'a.db' AS a KEY '';\nPRAGMA key = '?';\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "db.execute(\"PRAGMA key = '%s'\" % key)\ncur.execute(\"ATTACH 'a' AS b KEY '{key}'\")\n",
            rule: "",
        },
        Example { path: "a.sh", text: "# attach the disk with key 'secret'\n", rule: "" },
    ],
};

/// No statement of the kind is longer, in bytes.
const LONGEST: usize = 400;

fn is_typed(hint: &Hint<'_>) -> bool {
    hint.file_name().ends_with(b"_history")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let line = rest.while_(|b| b != b'\n' && b != b';');
        let Some(value) = key(line).filter(|value| !value.is_empty()) else { continue };
        let found = Found::here(&RULE, value, length_of("key", value.len()));
        match worth(value.bytes()) {
            Worth::Default if is_typed(&text.hint) => out(found.at(Level::Warn, Confidence::Low)),
            worth if worth >= Worth::Number && is_typed(&text.hint) => out(found),
            _ if is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak)) => out(found),
            _ => {}
        }
    }
}

/// What stands in quotes behind the word for it.
fn key(line: Part<'_>) -> Option<Part<'_>> {
    let after = match line.strip("pragma ") {
        Some(rest) => rest.strip("rekey").or_else(|| rest.strip("key"))?.trim().strip("=")?.trim(),
        None => {
            let at = memchr::memmem::find(&line.bytes().to_ascii_lowercase(), b" key ")?;
            let named = line.first(at);
            let parts = memchr::memmem::find(&named.bytes().to_ascii_lowercase(), b" as ").is_some();
            Some(line.skip(at + 5).trim()).filter(|_| parts)?
        }
    };
    let quote = *after.bytes().first().filter(|b| matches!(b, b'\'' | b'"'))?;
    let inside = after.skip(1);
    inside.cut(|b| b == quote).map(|(value, _)| value)
}
