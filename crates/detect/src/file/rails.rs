//! Rails' keys: `master.key` and `config/credentials/*.key`, 32 hexadecimal digits that open the encrypted credentials.

use super::judge::is_called;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "rails-master-key",
    "Rails master key",
    "Whoever holds it can decrypt the credentials that lie next to it.",
)
.of("Rails")
.rotate("https://guides.rubyonrails.org/security.html#custom-credentials")
.source("https://guides.rubyonrails.org/security.html#custom-credentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "rails",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example { path: "app/config/master.key", text: "{hex:32}", rule: "rails-master-key" },
        Example {
            path: "app/config/credentials/production.key",
            text: "{hex:32}\n",
            rule: "rails-master-key",
        },
    ],
    misses: &[
        Example { path: "app/config/master.key", text: "put the key here\n", rule: "" },
        Example { path: "x/config/master.key", text: "00000000000000000000000000000000", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let path = hint.path();
    is_called(hint, &["master.key"])
        || (path.ends_with(b".key") && super::judge::holds(path, b"config/credentials/"))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let key = Part::of(text.bytes).trim();
    let bytes = key.bytes();
    let hex = key.len() == 32
        && bytes.iter().all(u8::is_ascii_hexdigit)
        && bytes.iter().any(|b| Some(b) != bytes.first());
    if hex {
        out(Found::here(&RULE, key, "32 hexadecimal digits"));
    }
}
