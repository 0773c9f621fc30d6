//! RubyGems' `credentials` (`:rubygems_api_key:`) and Bundler's `config` (`BUNDLE_GEMS__EXAMPLE: user:password`).

use super::judge::lies_at;
use crate::context::judge::credential;
use crate::read::{Part, yaml};
use crate::{Example, Finder, Found, Rule, Text};

static GEM: Rule =
    Rule::new("rubygems-api-key", "RubyGems API key", "Whoever holds it can publish gems as its owner.")
        .of("RubyGems")
        .rotate("https://rubygems.org/profile/api_keys")
        .source("https://guides.rubygems.org/api-key-scopes/");

static BUNDLE: Rule = Rule::new(
    "bundler-credential",
    "Gem source credential of Bundler",
    "Whoever holds it can install gems from the private source.",
)
.of("Bundler")
.source("https://bundler.io/man/bundle-config.1.html#CREDENTIALS-FOR-GEM-SOURCES");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ruby-credentials",
    rules: &[&GEM, &BUNDLE],
    wants: |hint| lies_at(hint, &[".gem/credentials", "gem/credentials", ".bundle/config", "bundle/config"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.gem/credentials",
            text: "---\n:rubygems_api_key: k{hex:48}\n",
            rule: "rubygems-api-key",
        },
        Example {
            path: "root/.bundle/config",
            text: "---\nBUNDLE_GEMS__EXAMPLE__INTERNAL: \"bob:{base62:20}\"\n",
            rule: "bundler-credential",
        },
    ],
    misses: &[Example {
        path: "root/.bundle/config",
        text: "---\nBUNDLE_PATH: \"vendor/bundle\"\nBUNDLE_WITHOUT: \"development:test\"\nBUNDLE_BUILD__X: \"--with:opt\"\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        let key = leaf.key();
        // A host is written with two underscores for a dot.
        let host = key.starts_with(b"BUNDLE_")
            && memchr::memmem::find(key, b"__").is_some()
            && !key.starts_with(b"BUNDLE_BUILD__")
            && !key.starts_with(b"BUNDLE_MIRROR__");
        let found = if key.ends_with(b"api_key") || key.starts_with(b":") {
            credential(&GEM, leaf.value, "API key")
        } else if host {
            let parts = leaf.value.cut(|b| b == b':');
            let value = match parts {
                // GitHub's way: the token is the user.
                Some((token, password)) if password.is("x-oauth-basic") => token,
                Some((_, password)) => password,
                None => leaf.value,
            };
            credential(&BUNDLE, value, "gem source password")
        } else {
            None
        };
        found.into_iter().for_each(&mut *out);
    });
}
