//! NuGet's `nuget.config`: passwords of package sources in clear, and API keys.
//!
//! `Password` is encrypted for the user of a machine (DPAPI): a warning, as who has that user's profile can read it.

use tightlip_report::{Confidence, Level};

use super::judge::is_called;
use crate::context::judge::{credential, length_of};
use crate::read::{Part, base64, xml};
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
    keywords: &["cleartextpassword", "apikeys", "aqaaancmnd8"],
    find,
    hits: &[
        Example {
            path: "root/.nuget/NuGet/NuGet.Config",
            text: "<packageSourceCredentials><x><add key=\"Username\" value=\"bob\" /><add key=\"ClearTextPassword\" value=\"p{base62:9}\" /></x></packageSourceCredentials>",
            rule: "nuget-password",
        },
        Example {
            path: "NuGet.Config",
            text: "<packageSourceCredentials><x><add key=\"Password\" value=\"AQAAANCMnd8BFdERjHoA{b64:80}\" /></x></packageSourceCredentials>",
            rule: "nuget-password",
        },
        Example {
            path: "NuGet.Config",
            text: "<apikeys><add key=\"https://h/\" value=\"a1B{base62:40}\" /></apikeys>",
            rule: "nuget-password",
        },
    ],
    misses: &[
        Example {
            path: "nuget.config",
            text: "<add key=\"ClearTextPassword\" value=\"%NUGET_TOKEN%\" />",
            rule: "",
        },
        Example {
            path: "nuget.config",
            text: "<add key=\"Password\" value=\"AQAAANCMnd8…\" /><add key=\"Blob\" value=\"AQAAANCMnd8{b64:60}\" />",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut in_keys = false;
    for leaf in xml::leaves(text.bytes) {
        // A list of keys ends where another begins: tags that close are not given.
        in_keys = if leaf.tag.is("add") { in_keys } else { leaf.tag.is("apikeys") };
        let named = xml::attribute(leaf.attributes, "key").is_some_and(|key| key.is("ClearTextPassword"));
        let what = if named { "package source password" } else { "API key" };
        let value = xml::attribute(leaf.attributes, "value").filter(|_| leaf.tag.is("add"));
        let sealed = xml::attribute(leaf.attributes, "key").is_some_and(|key| key.is("Password"));
        if let Some(value) = value.filter(|value| is_sealed(*value)) {
            let shape = length_of("encrypted package source password", value.len());
            let found = Found::here(&RULE, value, shape).at(Level::Warn, Confidence::Medium);
            Some(found).filter(|_| sealed || in_keys).into_iter().for_each(&mut *out);
        } else if named || in_keys {
            value.and_then(|v| credential(&RULE, v, what)).into_iter().for_each(&mut *out);
        }
    }
}

/// What Windows made of it: a version and the name of the provider in base64, then the blob.
fn is_sealed(value: Part<'_>) -> bool {
    let digits = value.while_(base64::is_digit);
    value.bytes().starts_with(b"AQAAANCMnd8") && value.len() >= 60 && digits.len() + 2 >= value.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::{expand, found_in};

    #[test]
    fn an_encrypted_password_is_a_warning() {
        let text = expand("<add key=\"Password\" value=\"AQAAANCMnd8BFdERjHoA{b64:80}\" />");
        let found = found_in(&FINDER, "NuGet.Config", text.as_bytes());
        assert_eq!(found.iter().map(|found| found.level).collect::<Vec<_>>(), [Some(Level::Warn)]);
    }
}
