//! Cargo's `credentials.toml`: tokens of registries.

use super::judge::lies_at;
use crate::context::judge::credential;
use crate::read::ini;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule =
    Rule::new("cargo-token", "Cargo registry token", "Whoever holds it can publish crates as its owner.")
        .of("Cargo")
        .rotate("https://crates.io/settings/tokens")
        .source("https://doc.rust-lang.org/cargo/reference/config.html#credentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cargo-credentials",
    rules: &[&RULE],
    wants: |hint| {
        lies_at(
            hint,
            &[
                ".cargo/config",
                ".cargo/config.toml",
                ".cargo/credentials",
                ".cargo/credentials.toml",
                "cargo/credentials.toml",
                "cargo/credentials",
            ],
        )
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.cargo/config.toml",
            text: "[registries.corp]\ntoken = \"Bearer {base62:36}\"\n",
            rule: "cargo-token",
        },
        Example {
            path: "root/.cargo/credentials.toml",
            text: "[registry]\ntoken = \"{base62:36}\"\n",
            rule: "cargo-token",
        },
    ],
    misses: &[Example { path: "root/.cargo/credentials.toml", text: "[registry]\ntoken = \"\"\n", rule: "" }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes).filter(|p| p.key.is("token") || p.key.is("secret-key")) {
        // As some registries want the whole header.
        let token =
            ["Bearer ", "Basic "].iter().find_map(|scheme| pair.value.strip(scheme)).unwrap_or(pair.value);
        credential(&RULE, token, "registry token").into_iter().for_each(&mut *out);
    }
}
