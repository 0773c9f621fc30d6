//! RSA keys as .NET writes their parameters in JSON: runners of GitHub Actions (`.credentials_rsaparams`) and agents of Azure
//! Pipelines, IdentityServer's `tempkey.rsa`.

use super::judge::known;
use super::jwk::object;
use crate::placeholder::repeats;
use crate::read::{Part, base64, json};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "rsa-parameters",
    "Private RSA key as parameters in JSON",
    "Whoever holds it is the runner, agent or server whose key it is.",
)
.source("https://learn.microsoft.com/dotnet/api/system.security.cryptography.rsaparameters");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "rsa-parameters",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["\"inverseq\""],
    find,
    hits: &[
        Example {
            path: "home/ci/.credentials_rsaparams",
            text: r#"{"d":"{b64:342}==","dp":"{b64:171}=","dq":"{b64:171}=","exponent":"AQAB","inverseQ":"{b64:171}=","modulus":"{b64:342}==","p":"{b64:171}=","q":"{b64:171}="}"#,
            rule: "rsa-parameters",
        },
        Example {
            path: "app/tempkey.rsa",
            text: r#"{"KeyId":"{hex:32}","Parameters":{"D":"{b64:342}==","DP":"{b64:171}=","InverseQ":"{b64:171}=","P":"{b64:171}=","Q":"{b64:171}="}}"#,
            rule: "rsa-parameters",
        },
    ],
    misses: &[
        Example { path: "a.json", text: r#"{"d":null,"inverseQ":null,"modulus":"{b64:342}=="}"#, rule: "" },
        Example {
            path: "schema.json",
            text: r#"{"d":{"type":"string"},"inverseQ":{"type":"string"}}"#,
            rule: "",
        },
    ],
};

/// The members of which each opens what the key opens.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "inverseQ"];
/// Half of the smallest key that there is, in bytes.
const SHORTEST: usize = 32;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        object(text.bytes, at).and_then(key).into_iter().for_each(&mut *out);
    }
}

fn key(object: Part<'_>) -> Option<Found<'_>> {
    let mut values: Vec<Part<'_>> = Vec::new();
    json::leaves(object.bytes(), &mut |leaf| {
        let place = leaf.value.span();
        let value = object.skip(place.start).first(place.len());
        let private = PRIVATE.iter().any(|name| leaf.key().eq_ignore_ascii_case(name.as_bytes()));
        let real = |value: &[u8]| base64::decode(value).is_some_and(|bytes| bytes.len() >= SHORTEST);
        if private && !repeats(value.bytes(), 2) && real(value.bytes()) {
            values.push(value);
        }
    });
    // From its first private member to its last.
    let start = values.iter().map(|value| value.span().start).min()?;
    let end = values.iter().map(|value| value.span().end).max()?;
    let all = object.skip(start - object.span().start).first(end - start);
    let secret = base64::decode(values.first()?.bytes())?;
    let shape = format!("RSA private key as parameters, {} of its members", values.len());
    Some(known::lowered(Found::here(&RULE, all, shape).decoded(secret, &["base64"])))
}
