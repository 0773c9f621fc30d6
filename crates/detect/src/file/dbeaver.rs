//! Logins that DBeaver and CloudBeaver keep for their connections: encrypted with a key that stands in the program.

use super::judge::lies_at;
use crate::context::judge::length_of;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "dbeaver-credentials",
    "Logins of DBeaver's connections",
    "They are encrypted with a key that every copy of the program has: whoever holds the file has the passwords.",
)
.of("DBeaver")
.source("https://github.com/dbeaver/dbeaver/wiki/Admin-Manage-Connections");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "dbeaver",
    rules: &[&RULE],
    wants: |hint| lies_at(hint, &[".dbeaver/credentials-config.json"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "root/.local/share/DBeaverData/workspace6/General/.dbeaver/credentials-config.json",
        text: "\u{1}{b64:15}\u{2}{b64:63}",
        rule: "dbeaver-credentials",
    }],
    misses: &[
        // Read as any other file: an older form, or one that was decrypted.
        Example {
            path: "w/.dbeaver/credentials-config.json",
            text: "{\"a\": {\"#connection\": {}}}",
            rule: "",
        },
        Example { path: "w/credentials-config.json", text: "\u{1}{b64:15}\u{2}{b64:63}", rule: "" },
        Example { path: "w/.dbeaver/credentials-config.json", text: "\u{1}{b64:15}\u{2}{b64:15}", rule: "" },
    ],
};

/// The block of the cipher: one for where it begins, then as many as there are.
const BLOCK: usize = 16;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    // An empty object fills one block.
    let blocks = whole.len() / BLOCK;
    if whole.len().is_multiple_of(BLOCK)
        && blocks > 2
        && std::str::from_utf8(text.bytes).map_or(true, has_control)
    {
        out(Found::here(&RULE, whole, length_of("encrypted logins", whole.len())));
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !c.is_whitespace())
}
