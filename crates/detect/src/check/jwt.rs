//! JSON Web Tokens: three base64url parts, a JSON header that names its algorithm, a JSON payload.
//!
//! Source: RFC 7519, RFC 7515.

use std::ops::Range;

use serde_json::Value;
use tightlip_report::Date;

use super::sum::{base64, fill};
use super::{Check, Outcome};

/// See the module.
pub(super) static CHECK: Check = Check { name: "jwt", noun: "structure", verify, seal, tells };

/// Headers to write, the longest first, cut where the filler goes.
const HEADERS: [(&str, &str); 3] = [
    (r#"{"alg":"HS256","typ":"JWT","kid":""#, r#""}"#),
    (r#"{"alg":"HS256","k":""#, r#""}"#),
    (r#"{"alg":""#, r#""}"#),
];

/// The first second of 2025. A token that expired before opens nothing. A fixed time and not the clock's: the same
/// bytes must give the same findings.
const LONG_AGO: f64 = 1_735_689_600.0;

/// Values of claims in manuals and tests.
const EXAMPLES: &[&str] = &[
    "foo",
    "bar",
    "baz",
    "qux",
    "test",
    "testing",
    "example",
    "hello",
    "world",
    "value",
    "payload",
    "data",
    "joe",
    "john",
    "jane",
    "john doe",
    "jane doe",
    "alice",
    "bob",
    "user",
    "username",
    "admin",
    "me",
    "you",
    "single",
    "some",
    "subject",
    "issuer",
    "audience",
    "1234567890",
    "123",
    "1234",
    "12345",
    "123456",
    "issuer.example",
    "my_sub",
];

fn verify(token: &[u8]) -> Outcome {
    judge(token).unwrap_or(Outcome::Fails)
}

/// What the parts say; none for what is no such token.
fn judge(token: &[u8]) -> Option<Outcome> {
    let parts: Vec<&[u8]> = token.split(|&character| character == b'.').collect();
    let [header, payload, signature] = parts.as_slice() else { return None };
    let header = json(header)?;
    let unsigned = header.get("alg")?.as_str()?.eq_ignore_ascii_case("none");
    let signed = base64::decode(&base64::URL, signature).is_some_and(|bytes| !bytes.is_empty());
    let payload = json(payload).filter(Value::is_object)?;
    if !signed && !unsigned {
        return None;
    }
    let expired = payload.get("exp").and_then(Value::as_f64).is_some_and(|time| time < LONG_AGO);
    Some(match () {
        () if unsigned || expired || is_example(&payload) => Outcome::Spent,
        () if is_public(&payload) => Outcome::Public,
        () => Outcome::Holds,
    })
}

/// Whether it is the key of a web page: Supabase gives whoever shows it the rights of a stranger.
/// <https://supabase.com/docs/guides/api/api-keys>
fn is_public(claims: &Value) -> bool {
    claims.get("role").and_then(Value::as_str) == Some("anon")
}

/// What of the claims says whose token it is, and until when: `HS256, iss=login.acme, sub=ci, exp=2030-01-31`.
fn tells(token: &[u8]) -> Option<String> {
    let mut parts = token.split(|&character| character == b'.');
    let (header, claims) = (json(parts.next()?)?, json(parts.next()?)?);
    let mut all = vec![said(header.get("alg")?)?];
    for name in CLAIMS {
        let value = claims.get(name).and_then(|value| match *name {
            "iat" | "exp" => day(value),
            _ => said(value),
        });
        all.extend(value.map(|value| format!("{name}={value}")));
    }
    Some(all.join(", "))
}

/// Claims of RFC 7519 and RFC 8693 that name persons, services and times.
const CLAIMS: &[&str] = &["iss", "sub", "aud", "role", "scope", "iat", "exp"];

/// A claim in words, shortened: nobody needs more to know whose token it is.
fn said(value: &Value) -> Option<String> {
    const MOST: usize = 40;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => all.iter().filter_map(said).collect::<Vec<_>>().join(" "),
        _ => return None,
    };
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(MOST).map(plain).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

/// The day of a time in seconds since 1970.
fn day(value: &Value) -> Option<String> {
    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;
    value.as_u64().filter(|seconds| *seconds <= LAST).map(|seconds| Date::of_seconds(seconds).to_string())
}

/// Whether all that the claims say in words is what manuals say.
fn is_example(claims: &Value) -> bool {
    let mut words = Vec::new();
    collect(claims, &mut words);
    let is_one = |word: &String| word.contains("example") || EXAMPLES.contains(&word.as_str());
    !words.is_empty() && words.iter().all(is_one)
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.to_ascii_lowercase()),
        Value::Array(all) => all.iter().for_each(|one| collect(one, words)),
        Value::Object(all) => all.values().for_each(|one| collect(one, words)),
        _ => {}
    }
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
    fn a_signed_token_holds() {
        // Section 3.1.
        assert_eq!(outcome(HEADER, r#"{"iss":"https://login.acme"}"#, &SIGNATURE.concat()), Outcome::Holds);
    }

    #[test]
    fn what_expired_long_ago_or_is_an_example_is_spent() {
        for claims in
            [PAYLOAD, r#"{"foo":"bar","nbf":1}"#, r#"{"sub":"1234567890","name":"John Doe","iat":1}"#]
        {
            assert_eq!(outcome(HEADER, claims, &SIGNATURE.concat()), Outcome::Spent, "{claims}");
        }
        for claims in
            [r#"{"exp":4102444800,"sub":"u-8812"}"#, r#"{"iat":1}"#, r#"{"sub":"8812","name":"test"}"#]
        {
            assert_eq!(outcome(HEADER, claims, &SIGNATURE.concat()), Outcome::Holds, "{claims}");
        }
    }

    #[test]
    fn it_says_whose_it_is_and_nothing_that_opens() {
        let claims = r#"{"iss":"https://login.acme","sub":"ci","aud":["a","b"],"exp":1900000000,"pin":"4711","role":"x\ny"}"#;
        let token =
            format!("{}.{}.{}", base64::URL.encode(HEADER), base64::URL.encode(claims), SIGNATURE.concat());
        assert_eq!(
            tells(token.as_bytes()).as_deref(),
            Some("HS256, iss=https://login.acme, sub=ci, aud=a b, role=x y, exp=2030-03-17")
        );
        let long = format!(r#"{{"sub":"{}"}}"#, "y".repeat(90));
        let token = format!("{}.{}.x", base64::URL.encode(HEADER), base64::URL.encode(long));
        assert_eq!(tells(token.as_bytes()), Some(format!("HS256, sub={}…", "y".repeat(40))));
    }

    #[test]
    fn the_key_of_a_web_page_is_public() {
        let claims = r#"{"iss":"supabase","ref":"abcd","role":"anon","iat":1700000000,"exp":4000000000}"#;
        assert_eq!(outcome(HEADER, claims, &SIGNATURE.concat()), Outcome::Public);
        assert_eq!(
            outcome(HEADER, &claims.replace("anon", "service_role"), &SIGNATURE.concat()),
            Outcome::Holds
        );
    }

    #[test]
    fn an_unsecured_token_needs_no_signature() {
        // Section 6.1.
        assert_eq!(outcome(r#"{"alg":"none"}"#, PAYLOAD, ""), Outcome::Spent);
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
