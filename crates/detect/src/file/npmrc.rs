//! npm's `.npmrc`: `_authToken`, `_auth` (base64 of `user:password`) and `_password` (base64).
//!
//! `${NPM_TOKEN}` is a reference and the right way to write it.

use super::judge::{is_called, lies_at};
use crate::context::judge::{credential, length_of, value};
use crate::read::{base64, ini};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "npmrc",
    "npm registry credential",
    "Whoever holds it can install, and often publish, packages as its owner.",
)
.of("npm")
.rotate("https://docs.npmjs.com/revoking-access-tokens")
.source("https://docs.npmjs.com/cli/configuring-npm/npmrc");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "npmrc",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["npmrc"]) || lies_at(hint, &["pnpm/rc", "pnpm/auth.ini"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.npmrc",
            text: "registry=https://r.example/\n//r.example/:_authToken={base62:36}\n",
            rule: "npmrc",
        },
        Example {
            path: "root/.config/pnpm/rc",
            text: "//r.example/:_authToken={base62:36}\n",
            rule: "npmrc",
        },
        Example {
            path: "root/.npmrc.bak",
            text: "_auth = \"Ym9iOnB3ZWx{base62:1}ZWx{base62:1}\"\n",
            rule: "npmrc",
        },
        Example {
            path: "app/npmrc",
            text: "//r.example/:_password=ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}\n//r.example/:username=bob\n",
            rule: "npmrc",
        },
    ],
    misses: &[
        Example { path: "root/.npmrc", text: "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n", rule: "" },
        Example {
            path: "root/.npmrc",
            text: "; _authToken={base62:36}\nalways-auth=true\n_auth=\nusername=bob\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes) {
        // The key may be scoped: `//registry.example/:_authToken`.
        let key = pair.key.bytes().rsplit(|b| *b == b':').next().unwrap_or_default();
        let found =
            match key {
                b"_authToken" | b"_authtoken" => credential(&RULE, pair.value, "npm token"),
                b"_auth" => credential(&RULE, pair.value, "user and password").map(|found| {
                    match base64::user_and_password(pair.value.bytes()) {
                        Some((_, password)) => decoded(found, password, "password"),
                        None => found,
                    }
                }),
                b"_password" => credential(&RULE, pair.value, "password").map(|found| {
                    let plain = base64::decode(pair.value.bytes()).filter(|p| std::str::from_utf8(p).is_ok());
                    plain.into_iter().fold(found, |found, p| decoded(found, p, "password"))
                }),
                _ => None,
            };
        found.into_iter().for_each(&mut *out);
    }
}

fn decoded<'b>(found: Found<'b>, plain: Vec<u8>, what: &str) -> Found<'b> {
    if value::worth(&plain) == value::Worth::Nothing {
        return found;
    }
    Found { shape: length_of(what, plain.len()), ..found }.decoded(plain, &["base64"])
}
