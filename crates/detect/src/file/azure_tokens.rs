//! The token caches of Azure's tools: `accessTokens.json`, `msal_token_cache.json`, `servicePrincipalProfile`.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::json;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "azure-cli-token",
    "Azure login",
    "Whoever holds it acts in Azure as the person or service that logged in.",
)
.of("Azure")
.source("https://learn.microsoft.com/cli/azure/msal-based-azure-cli");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "azure-tokens",
    rules: &[&RULE],
    wants: |hint| {
        is_called(
            hint,
            &[
                "accesstokens.json",
                "msal_token_cache.json",
                "service_principal_entries.json",
                "azureprofile.json",
            ],
        )
    },
    keywords: &["token", "secret"],
    find,
    hits: &[
        Example {
            path: "root/.azure/accessTokens.json",
            text: r#"[{"refreshToken": "{b64u:80}", "tokenType": "Bearer"}]"#,
            rule: "azure-cli-token",
        },
        Example {
            path: "root/.azure/msal_token_cache.json",
            text: r#"{"RefreshToken": {"k": {"secret": "{b64u:80}"}}}"#,
            rule: "azure-cli-token",
        },
    ],
    misses: &[Example {
        path: "root/.azure/accessTokens.json",
        text: r#"[{"tokenType": "Bearer", "accessToken": ""}]"#,
        rule: "",
    }],
};

const KEYS: &[&[u8]] =
    &[b"refreshToken", b"accessToken", b"secret", b"client_secret", b"refresh_token", b"access_token"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    json::leaves(text.bytes, &mut |leaf| {
        if KEYS.contains(&leaf.key()) && leaf.value.len() >= 16 {
            credential(&RULE, leaf.value, "Azure token").into_iter().for_each(&mut *out);
        }
    });
}
