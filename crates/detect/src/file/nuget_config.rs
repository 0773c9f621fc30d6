//! NuGet's `nuget.config`: passwords of package sources in clear, and API keys.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::xml;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "nuget-password",
    "NuGet package source password",
    "Whoever holds it can read, and often publish to, the package source.",
)
.of("NuGet")
.source("https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "nuget-config",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["nuget.config"]),
    keywords: &["cleartextpassword", "apikeys"],
    find,
    hits: &[
        Example {
            path: "root/.nuget/NuGet/NuGet.Config",
            text: "<packageSourceCredentials><x><add key=\"Username\" value=\"bob\" /><add key=\"ClearTextPassword\" value=\"p{base62:9}\" /></x></packageSourceCredentials>",
            rule: "nuget-password",
        },
        Example {
            path: "NuGet.Config",
            text: "<apikeys><add key=\"https://h/\" value=\"a1B{base62:40}\" /></apikeys>",
            rule: "nuget-password",
        },
    ],
    misses: &[Example {
        path: "nuget.config",
        text: "<add key=\"ClearTextPassword\" value=\"%NUGET_TOKEN%\" />",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut in_keys = false;
    for leaf in xml::leaves(text.bytes) {
        // A list of keys ends where another begins: tags that close are not given.
        in_keys = if leaf.tag.is("add") { in_keys } else { leaf.tag.is("apikeys") };
        let named = xml::attribute(leaf.attributes, "key").is_some_and(|key| key.is("ClearTextPassword"));
        let what = if named { "package source password" } else { "API key" };
        if leaf.tag.is("add") && (named || in_keys) {
            let value = xml::attribute(leaf.attributes, "value");
            value.and_then(|v| credential(&RULE, v, what)).into_iter().for_each(&mut *out);
        }
    }
}
