//! Private keys as JSON Web Keys (RFC 7517): an object with `kty` and a private member, `d` or `k`.

use super::judge::known;
use crate::placeholder::repeats;
use crate::read::{Part, base64, json};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "jwk-private-key",
    "Private JSON Web Key",
    "Whoever holds it can sign tokens that everybody trusts, or decrypt.",
)
.source("https://www.rfc-editor.org/rfc/rfc7517");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "jwk",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["\"kty\"", "'kty'", "kty: '", "kty: \"", "kty:'", "kty:\""],
    find,
    hits: &[
        Example {
            path: "app/jwks.json",
            text: r#"{"keys":[{"kty":"EC","crv":"P-256","x":"{b64u:43}","y":"{b64u:43}","d":"{b64u:43}"}]}"#,
            rule: "jwk-private-key",
        },
        Example {
            path: "app/key.json",
            text: r#"{"k": "{b64u:43}", "alg": "HS256", "kty": "oct"}"#,
            rule: "jwk-private-key",
        },
        Example {
            path: "app/key.json",
            text: r#"{"kty":"RSA","n":"{b64u:342}","e":"AQAB","d":"{b64u:342}","p":"{b64u:171}"}"#,
            rule: "jwk-private-key",
        },
        Example {
            path: "a.mjs",
            text: "const k = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: '{b64u:43}', d: '{b64u:43}' }, 'EdDSA');\n",
            rule: "jwk-private-key",
        },
        Example { path: "a.py", text: "KEY = {'kty': 'oct', 'k': '{b64u:43}'}\n", rule: "jwk-private-key" },
    ],
    misses: &[
        Example {
            path: "a.js",
            text: "f({ kty: 'EC', crv: 'P-256', x: '{b64u:43}', y: '{b64u:43}' }); g({ kty: 'oct', k: secret, alg: 'HS256' }); h({ kty: 'OKP', d: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' });\n",
            rule: "",
        },
        Example {
            path: "app/key.json",
            text: r#"{"kty":"EC","crv":"P-256","x":"{b64u:43}","d":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
            rule: "",
        },
        Example {
            path: "app/jwks.json",
            text: r#"{"keys":[{"kty":"EC","crv":"P-256","x":"{b64u:43}","y":"{b64u:43}"}]}"#,
            rule: "",
        },
        Example { path: "doc.md", text: r#"{"kty":"EC","d":"..."}"#, rule: "" },
        Example { path: "x.json", text: r#"[{"kty":"EC"},{"d":"{b64u:43}"}]"#, rule: "" },
    ],
};

/// No key is longer than this.
const REACH: usize = 16 * 1024;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        if let Some(found) = object(text.bytes, at).and_then(key) {
            out(found);
        }
    }
}

/// The object without inner objects around an offset.
pub(super) fn object(text: &[u8], at: usize) -> Option<Part<'_>> {
    let low = at.saturating_sub(REACH);
    let open = low + memchr::memrchr2(b'{', b'}', text.get(low..at)?)?;
    if text.get(open) != Some(&b'{') {
        return None;
    }
    let rest = Part::between(text, open..text.len().min(at + REACH));
    let (inside, _) = rest.skip(1).cut(|b| b == b'}' || b == b'{')?;
    Some(rest.first(inside.len() + 2))
}

/// The members of which each opens what the key opens: of two primes of RSA the others follow.
const OF_RSA: &[&[u8]] = &[b"d", b"p", b"q", b"dp", b"dq", b"qi"];

/// The texts of an object as programs write it: `{ kty: 'OKP', d: '…' }`, `{'kty': 'OKP', 'd': '…'}`.
fn literal(object: Part<'_>) -> Vec<(Part<'_>, Part<'_>)> {
    let mut all = Vec::new();
    let mut rest = object.skip(1);
    while all.len() < 32 {
        let gap = rest.while_(|b| b.is_ascii_whitespace() || b == b',');
        let open = rest.after(&gap);
        let mark = open.while_(|b| matches!(b, b'"' | b'\''));
        let name = open.after(&mark).while_(|b| b.is_ascii_alphanumeric() || b == b'_');
        let close = open.after(&name).while_(|b| matches!(b, b'"' | b'\''));
        let Some(behind) = open.after(&name).after(&close).strip(":").filter(|_| !name.is_empty()) else {
            break;
        };
        let value = behind.trim();
        let quote = value.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
        let text = quote.and_then(|quote| value.skip(1).cut(|b| b == quote));
        if let Some((text, _)) = text {
            all.push((name, text));
        }
        let from = text.map_or(value, |(_, after)| after);
        let Some((_, next)) = from.cut(|b| b == b',') else { break };
        rest = next;
    }
    all
}

fn key(object: Part<'_>) -> Option<Found<'_>> {
    let (mut kind, mut members) = ("", Vec::new());
    let mut take = |name: &[u8], value: Part<'_>| match (name, value.bytes()) {
        (b"kty", b"RSA") => kind = "RSA",
        (b"kty", b"EC") => kind = "EC",
        (b"kty", b"OKP") => kind = "OKP",
        (b"kty", b"oct") => kind = "symmetric",
        (name, _) => members.push((name.to_vec(), value.span())),
    };
    let mut quoted = false;
    json::leaves(object.bytes(), &mut |leaf| {
        let place = leaf.value.span();
        quoted |= leaf.key() == b"kty";
        take(leaf.key(), object.skip(place.start).first(place.len()));
    });
    if !quoted {
        literal(object).into_iter().for_each(|(name, value)| take(name.bytes(), value));
    }
    let members: Vec<(Vec<u8>, Part<'_>)> = members
        .into_iter()
        .map(|(name, span)| (name, object.skip(span.start - object.span().start).first(span.len())))
        .collect();
    let private: &[&[u8]] = match kind {
        "RSA" => OF_RSA,
        "symmetric" => &[b"k"],
        "" => return None,
        _ => &[b"d"],
    };
    let shortest = if kind == "RSA" { 32 } else { 16 };
    let of = |name: &&[u8]| members.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
    let real = |value: &Part<'_>| {
        !repeats(value.bytes(), 2) && base64::decode(value.bytes()).is_some_and(|s| s.len() >= shortest)
    };
    let values: Vec<Part<'_>> = private.iter().filter_map(of).filter(real).collect();
    // From its first private member to its last.
    let start = values.iter().map(|value| value.span().start).min()?;
    let end = values.iter().map(|value| value.span().end).max()?;
    let all = object.skip(start - object.span().start).first(end - start);
    let secret = base64::decode(values.first()?.bytes())?;
    let shape = format!("{kind} private JSON Web Key, {} bits", secret.len() * 8);
    Some(known::lowered(Found::here(&RULE, all, shape).decoded(secret, &["base64url"])))
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use tightlip_report::Level;

    use super::*;
    use crate::Sampler;

    fn level(key: [u64; 4]) -> Option<Level> {
        let key = URL_SAFE_NO_PAD.encode(key.map(u64::to_be_bytes).concat());
        let text = format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{key}"}}"#);
        let found = super::key(object(text.as_bytes(), text.find("kty")?)?)?;
        found.level
    }

    #[test]
    fn of_rsa_all_that_is_private_is_the_key() {
        let text = r#"{{"kty":"RSA","n":"{b64u:342}","e":"AQAB","d":"xxxxxxxxxxxxxxxxxxxxxxxx","p":"{b64u:171}","q":"{b64u:171}","use":"sig"}}"#;
        let text = Sampler::new(3).expand(text).unwrap();
        let found = object(&text, 5).and_then(key).unwrap();
        let place = |of: &[u8]| memchr::memmem::find(&text, of).unwrap();
        assert_eq!(found.span, place(b"\"p\":\"") + 5..place(b"\",\"use"));
    }

    #[test]
    fn a_key_that_an_rfc_prints_is_a_note() {
        // RFC 8037, appendix A.1: the first test of RFC 8032.
        let printed =
            [0x9d61_b19d_effd_5a60, 0xba84_4af4_92ec_2cc4, 0x4449_c569_7b32_6919, 0x703b_ac03_1cae_7f60];
        assert_eq!(level(printed), Some(Level::Note));
        let [first, rest @ ..] = printed;
        let [second, third, fourth] = rest;
        assert_eq!(level([first ^ 1, second, third, fourth]), None);
    }
}
