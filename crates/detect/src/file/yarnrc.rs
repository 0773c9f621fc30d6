//! Yarn's `.yarnrc` (v1) and `.yarnrc.yml`: `npmAuthToken`, `npmAuthIdent`, `_authToken`.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::{Part, yaml};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "yarnrc",
    "Yarn registry credential",
    "Whoever holds it can install, and often publish, packages as its owner.",
)
.of("Yarn")
.rotate("https://docs.npmjs.com/revoking-access-tokens")
.source("https://yarnpkg.com/configuration/yarnrc#npmAuthToken");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "yarnrc",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["yarnrc", "yarnrc.yml", "yarnrc.yaml"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "app/.yarnrc.yml",
            text: "npmScopes:\n  x:\n    npmAuthToken: \"{base62:36}\"\n",
            rule: "yarnrc",
        },
        Example {
            path: "app/.yarnrc",
            text: "registry \"https://r.example\"\n\"//r.example/:_authToken\" \"{base62:36}\"\n",
            rule: "yarnrc",
        },
    ],
    misses: &[Example {
        path: "app/.yarnrc.yml",
        text: "npmAuthToken: \"${NPM_TOKEN}\"\nnpmAlwaysAuth: true\nnodeLinker: node-modules\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        if [&b"npmAuthToken"[..], b"npmAuthIdent"].contains(&leaf.key()) {
            credential(&RULE, leaf.value, "npm token").into_iter().for_each(&mut *out);
        }
    });
    for line in Part::of(text.bytes).lines() {
        let mut words = line.words();
        let key = words.next().map(|k| k.unquote());
        if key.is_some_and(|k| k.bytes().ends_with(b"_authToken") || k.bytes().ends_with(b"_password")) {
            words
                .next()
                .and_then(|v| credential(&RULE, v.unquote(), "npm token"))
                .into_iter()
                .for_each(&mut *out);
        }
    }
}
