//! Sentry organisation tokens: base64 of a JSON object, an underscore, and 43 random characters.
//!
//! `sntrys_` and `{"iat":…,"url":"…","region_url":"…","org":"…"}`.
//!
//! Source: <https://github.com/getsentry/rfcs/blob/main/text/0091-ci-upload-tokens.md>,
//! <https://docs.sentry.io/security-legal-pii/security/token-formats/>

use std::ops::Range;

use serde_json::Value;

use super::sum::{base64, fill};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "sentry-json", noun: "structure", verify, seal, tells: nothing };

const PREFIX: &[u8] = b"sntrys_";
/// Objects to write, the longest first, cut where the filler goes.
const OBJECTS: [(&str, &str); 2] = [
    (r#"{"iat":1700000000.0,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":""#, r#""}"#),
    (r#"{"iat":1,"url":"","org":""#, r#""}"#),
];

fn verify(token: &[u8]) -> Outcome {
    if !token.starts_with(PREFIX) {
        return Outcome::Absent;
    }
    let text = place(token).and_then(|place| token.get(place));
    if text.is_some_and(is_claim) { Outcome::Holds } else { Outcome::Fails }
}

fn is_claim(text: &[u8]) -> bool {
    let json: Option<Value> =
        base64::decode(&base64::PLAIN, text).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    json.is_some_and(|json| {
        let number = json.get("iat").is_some_and(Value::is_number);
        number && ["url", "org"].iter().all(|key| json.get(key).is_some_and(Value::is_string))
    })
}

/// Where the base64 of the object stands: up to the last underscore.
fn place(token: &[u8]) -> Option<Range<usize>> {
    let end = token.iter().rposition(|&character| character == b'_')?;
    (PREFIX.len()..=end).contains(&end).then_some(PREFIX.len()..end)
}

fn seal(token: &mut [u8]) -> bool {
    let Some(text) = place(token).and_then(|place| token.get_mut(place)) else { return false };
    let written =
        OBJECTS.iter().any(|(before, after)| fill::overwrite_between(&base64::PLAIN, text, before, after));
    written && verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;

    use super::super::sum::law;
    use super::*;

    const SECRET: &str = "tightlip0123456789tightlip0123456789tightli";

    fn outcome(json: &str) -> Outcome {
        law::verify(&CHECK, &["sntrys_", &STANDARD.encode(json), "_", SECRET])
    }

    #[test]
    fn an_object_with_the_claims_holds() {
        let json = r#"{"iat":1684154626.8,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"tl"}"#;
        assert_eq!(outcome(json), Outcome::Holds);
    }

    #[test]
    fn an_object_without_them_fails() {
        assert_eq!(outcome(r#"{"org":"tl"}"#), Outcome::Fails);
        assert_eq!(law::verify(&CHECK, &["sntrys_", "eyJpYXQiOtightlip", "_", SECRET]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "sntrys_[0-9A-Za-z+/]{132}_[0-9A-Za-z+/]{43}");
        law::a_sealed_token_holds(&CHECK, "sntrys_[0-9A-Za-z+/]{58}(==)?_[0-9A-Za-z+/]{43}");
        law::any_shape_is_survived(&CHECK, "sntrys_[0-9A-Za-z+/=_]{0,150}");
    }
}
