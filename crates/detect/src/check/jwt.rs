//! JSON Web Tokens: three base64url parts, a JSON header that names its algorithm, a JSON payload.
//!
//! Source: RFC 7519, RFC 7515.

use std::ops::Range;

use serde_json::Value;

use super::sum::{base64, fill};
use super::{Check, Outcome};

/// See the module.
pub(super) static CHECK: Check = Check { name: "jwt", noun: "structure", verify, seal };

/// Headers to write, the longest first, cut where the filler goes.
const HEADERS: [(&str, &str); 3] = [
    (r#"{"alg":"HS256","typ":"JWT","kid":""#, r#""}"#),
    (r#"{"alg":"HS256","k":""#, r#""}"#),
    (r#"{"alg":""#, r#""}"#),
];

fn verify(token: &[u8]) -> Outcome {
    if is_jwt(token) { Outcome::Holds } else { Outcome::Fails }
}

fn is_jwt(token: &[u8]) -> bool {
    let parts: Vec<&[u8]> = token.split(|&character| character == b'.').collect();
    let [header, payload, signature] = parts.as_slice() else { return false };
    let algorithm = json(header).and_then(|header| header.get("alg")?.as_str().map(str::to_owned));
    let Some(algorithm) = algorithm else { return false };
    let signed = base64::decode(&base64::URL, signature).is_some_and(|bytes| !bytes.is_empty());
    json(payload).is_some_and(|payload| payload.is_object()) && (signed || algorithm == "none")
}

fn json(part: &[u8]) -> Option<Value> {
    serde_json::from_slice(&base64::decode(&base64::URL, part)?).ok()
}

fn seal(token: &mut [u8]) -> bool {
    let Some([header, payload]) = places(token) else { return false };
    let Some(text) = token.get_mut(header) else { return false };
    if !HEADERS.iter().any(|(before, after)| fill::overwrite_between(&base64::URL, text, before, after)) {
        return false;
    }
    let Some(text) = token.get_mut(payload) else { return false };
    fill::overwrite_between(&base64::URL, text, r#"{"jti":""#, r#""}"#) && verify(token) == Outcome::Holds
}

/// Where the header and the payload stand.
fn places(token: &[u8]) -> Option<[Range<usize>; 2]> {
    let mut dots = token.iter().enumerate().filter(|(_, character)| **character == b'.').map(|(at, _)| at);
    let (first, second) = (dots.next()?, dots.next()?);
    Some([0..first, first + 1..second])
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;

    use super::super::sum::law;
    use super::*;

    const HEADER: &str = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
    const PAYLOAD: &str =
        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    const SIGNATURE: [&str; 2] = ["dBjftJeZ4CVP-mB92K27u", "hbUJU1p1r_wW1gFWFOEjXk"];

    fn outcome(header: &str, payload: &str, signature: &str) -> Outcome {
        let token = format!("{}.{}.{signature}", base64::URL.encode(header), base64::URL.encode(payload));
        verify(token.as_bytes())
    }

    #[test]
    fn the_example_of_rfc_7519_holds() {
        // Section 3.1.
        assert_eq!(outcome(HEADER, PAYLOAD, &SIGNATURE.concat()), Outcome::Holds);
    }

    #[test]
    fn an_unsecured_token_needs_no_signature() {
        // Section 6.1.
        assert_eq!(outcome(r#"{"alg":"none"}"#, PAYLOAD, ""), Outcome::Holds);
        assert_eq!(outcome(HEADER, PAYLOAD, ""), Outcome::Fails);
    }

    #[test]
    fn what_is_no_json_or_names_no_algorithm_fails() {
        assert_eq!(outcome(r#"{"typ":"JWT"}"#, PAYLOAD, "abcd"), Outcome::Fails);
        assert_eq!(outcome(HEADER, "joe", "abcd"), Outcome::Fails);
        assert_eq!(
            law::verify(&CHECK, &["eyJ", "tightlip", ".", "eyJ", "tightlip", ".", "abcd"]),
            Outcome::Fails
        );
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "eyJ[0-9A-Za-z_-]{33}\\.eyJ[0-9A-Za-z_-]{41}\\.[0-9A-Za-z_-]{43}");
        law::a_sealed_token_holds(&CHECK, "eyJ[0-9A-Za-z_-]{17}\\.eyJ[0-9A-Za-z_-]{21}\\.[0-9A-Za-z_-]{43}");
        law::a_sealed_token_holds(&CHECK, "eyJ[0-9A-Za-z_-]{49}\\.eyJ[0-9A-Za-z_-]{40}\\.[0-9A-Za-z_-]{86}");
        law::any_shape_is_survived(
            &CHECK,
            "eyJ[0-9A-Za-z_-]{0,40}\\.eyJ[0-9A-Za-z_-]{0,40}\\.[0-9A-Za-z_-]{0,43}",
        );
    }
}
