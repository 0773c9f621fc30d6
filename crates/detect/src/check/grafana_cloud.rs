//! Grafana Cloud access policy tokens: base64 of a JSON object with the organisation, a name and a key.
//!
//! `glc_` and `{"o":"…","n":"…","k":"…","m":{…}}`.
//!
//! Source: <https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/access-policies/>

use serde_json::Value;

use super::sum::{base64, fill};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "grafana-cloud", noun: "structure", verify, seal, tells: nothing };

const PREFIX: &[u8] = b"glc_";

fn verify(token: &[u8]) -> Outcome {
    match token.strip_prefix(PREFIX) {
        None => Outcome::Absent,
        Some(text) if is_key(text) => Outcome::Holds,
        Some(_) => Outcome::Fails,
    }
}

fn is_key(text: &[u8]) -> bool {
    let json: Option<Value> =
        base64::decode(&base64::PLAIN, text).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    json.is_some_and(|json| ["o", "n", "k"].iter().all(|key| json.get(key).is_some()))
}

fn seal(token: &mut [u8]) -> bool {
    let Some(text) = token.get_mut(PREFIX.len()..) else { return false };
    let written = fill::overwrite_between(&base64::PLAIN, text, r#"{"o":"1","n":"canary","k":""#, r#""}"#);
    written && verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn an_object_with_the_three_keys_holds() {
        // {"o":"1","n":"a","k":"b","m":{"r":"us"}}
        let parts = ["glc_", "eyJvIjoiMSIsIm4iOiJhIiwi", "ayI6ImIiLCJtIjp7InIiOiJ1cyJ9fQ=="];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn random_base64_fails() {
        assert_eq!(law::verify(&CHECK, &["glc_", "eyJ0aWdodGxpcHRpZ2h0bGlwdGln"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(
            &CHECK,
            "glc_[0-9A-Za-z+/]{60}([0-9A-Za-z]{2}==|[0-9A-Za-z]{3}=|[0-9A-Za-z]{3})",
        );
        law::any_shape_is_survived(&CHECK, "glc_[0-9A-Za-z+/=]{0,90}");
    }
}
