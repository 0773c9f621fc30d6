//! .NET's `appsettings.json`: the key under `Jwt`, `Encryption` and the like, whose own name says too little.
//!
//! Passwords and connection strings are told by their names.

use crate::context::judge::credential;
use crate::context::judge::name::words;
use crate::context::judge::value::{Worth, worth};
use crate::read::json;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "appsettings-key",
    "Key in a .NET configuration",
    "Whoever holds it can sign or decrypt what the program trusts.",
)
.of(".NET")
.source("https://learn.microsoft.com/aspnet/core/fundamentals/configuration/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "appsettings",
    rules: &[&RULE],
    wants,
    keywords: &["\"key\"", "\"securitykey\"", "\"issuersigningkey\""],
    find,
    hits: &[Example {
        path: "app/appsettings.Production.json",
        text: r#"{"Jwt": {"Key": "a1B{base62:30}", "Issuer": "x"}}"#,
        rule: "appsettings-key",
    }],
    misses: &[Example {
        path: "app/appsettings.json",
        text: r#"{"Cache": {"Key": "users-by-name"}, "Jwt": {"Key": "", "Issuer": "x"}, "Jwt": {"Key": "your-key-here"}}"#,
        rule: "",
    }],
};

fn wants(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    name.ends_with(b".json")
        && ["settings", "config", "secret", "default", "production"]
            .iter()
            .any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some())
}

/// What a key is for, by the names above it.
const ABOVE: &[&str] = &[
    "jwt",
    "token",
    "encryption",
    "crypt",
    "crypto",
    "signing",
    "auth",
    "authentication",
    "security",
    "identity",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    json::leaves(text.bytes, &mut |leaf| {
        let above = leaf.path.len().checked_sub(2).and_then(|n| leaf.path.get(n));
        let telling =
            above.is_some_and(|above| words(above.bytes()).iter().any(|word| ABOVE.contains(&word.as_str())));
        let named = ["key", "securitykey", "issuersigningkey"]
            .iter()
            .any(|key| leaf.path.last().is_some_and(|p| p.is(key)));
        let worth = worth(leaf.value.bytes());
        let long = leaf.value.len() >= 16 && worth == Worth::Weak && !leaf.value.bytes().contains(&b' ');
        if telling && named && (long || worth == Worth::Strong) {
            credential(&RULE, leaf.value, "key").into_iter().for_each(&mut *out);
        }
    });
}
