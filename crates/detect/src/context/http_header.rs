//! Credentials in HTTP headers: `Authorization: Basic …`, `Bearer …`, `X-Api-Key: …`, `PRIVATE-TOKEN: …`.

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{Worth, is_chosen, worth};
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "http-credential",
    "Credential in an HTTP header",
    "Whoever holds it can call the service as its owner.",
)
.source("https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "http-header",
    rules: &[&RULE],
    wants: |_| true,
    keywords: HEADERS,
    find,
    hits: &[
        Example {
            path: "",
            text: "RUN curl -H \"Authorization: Bearer a1B{base62:30}\" https://h/",
            rule: "http-credential",
        },
        Example {
            path: "x.sh",
            text: "curl -H 'authorization: basic Ym9iOnB3ZWx{base62:1}ZWx{base62:1}' https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "x.json",
            text: r#"{"headers": {"Authorization": "token a1B{base62:30}"}}"#,
            rule: "http-credential",
        },
        Example {
            path: "x.har",
            text: r#"{"name":"Authorization","value":"Bearer a1B{base62:30}"}"#,
            rule: "http-credential",
        },
        Example {
            path: "",
            text: "wget --header \"PRIVATE-TOKEN: a1B{base62:20}\" https://h/",
            rule: "http-credential",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "curl -H \"Authorization: Bearer $TOKEN\" -H 'X-Api-Key: ${KEY}' https://h/\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: concat!(
                "Send `Authorization: Bearer <token>` or Authorization: Basic VXNl",
                "cjpzZWNyZXQ=\n"
            ),
            rule: "",
        },
        Example {
            path: "a.js",
            text: "headers.Authorization = 'Bearer ' + token; h['x-api-key']=apiKeyFromStore;",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "AUTHORIZATION: str = 'Authorization: Bearer token'  # authorization: required everywhere here",
            rule: "",
        },
    ],
};

/// The headers that carry credentials.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "private-token",
    "x-auth-token",
    "job-token",
    "deploy-token",
    "x-vault-token",
    "x-token",
    "x-auth",
    "x-access-token",
    "x-api-token",
    "x-gitlab-token",
    "x-jfrog-art-api",
    "x-functions-key",
    "x-rapidapi-key",
    "x-goog-api-key",
    "ocp-apim-subscription-key",
    "x-auth-key",
    "api-key",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at {
        let starts = at
            .checked_sub(1)
            .and_then(|n| text.bytes.get(n))
            .is_none_or(|b| !is_name(*b) && !matches!(b, b':' | b'/'));
        if at < done || !starts {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 8192));
        let name = rest.while_(is_name);
        let after = beside(rest.after(&name));
        let sign = after.while_(|b| matches!(b, b'"' | b'\'' | b' ' | b':' | b'=' | b'\\' | b',' | b'>'));
        // `proxy_set_header Authorization "Basic …"`: a blank and a quote are a sign as well.
        let signed = sign.bytes().iter().any(|b| matches!(b, b':' | b'=' | b','));
        let before = text.bytes.get(at.saturating_sub(20)..at).unwrap_or_default();
        let set = before.ends_with(b"proxy_set_header ") || before.ends_with(b"header_up ");
        if !signed && !set && !sign.bytes().ends_with(b" \"") || sign.len() > 8 {
            continue;
        }
        if !HEADERS.iter().any(|h| name.is(h)) {
            continue;
        }
        if let Some(found) = value(name, after.after(&sign)) {
            done = found.span.end;
            // In programs and texts, what does not look random is mostly an example.
            let example = matches!(ground(&text.hint), Ground::Code | Ground::Prose | Ground::Noise)
                && worth(&found.secret) != Worth::Strong
                && !is_chosen(&found.secret);
            out(if example { found.at(Level::Warn, Confidence::Low) } else { found });
        }
    }
}

/// Behind `","value":` where header and value are a pair of an object: `{"name": "Authorization", "value": "Basic …"}`.
fn beside(after: Part<'_>) -> Part<'_> {
    let gap = after.while_(|b| matches!(b, b'"' | b'\'' | b',' | b'\\') || b.is_ascii_whitespace());
    let named = after.after(&gap).strip("value").filter(|_| gap.bytes().contains(&b',') && gap.len() <= 40);
    named.unwrap_or(after)
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
}

fn value<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Found<'b>> {
    let label = String::from_utf8_lossy(name.bytes()).into_owned();
    if !name.is("authorization") && !name.is("proxy-authorization") {
        return token(rest, &label);
    }
    let scheme = rest.while_(|b| b.is_ascii_alphabetic());
    let after = rest.after(&scheme);
    let value = after.skip(after.while_(|b| b == b' ').len());
    if scheme.is("basic") {
        let digits = value.while_(base64::is_digit);
        let (_, password) = base64::user_and_password(digits.bytes()).filter(|(u, _)| !u.is_empty())?;
        let kind = worth(&password);
        // The examples of RFC 7617 and RFC 6749.
        let shown = ["123\u{a3}", "gX1fBat3bV"].iter().any(|p| p.as_bytes() == password);
        let counts = kind >= Worth::Number && !shown;
        return counts.then(|| {
            Found::here(&RULE, digits, length_of("password in a header", password.len()))
                .decoded(password, &["base64"])
        });
    }
    let known = ["bearer", "token", "apikey", "key", "splunk", "bot", "genie"];
    known.iter().any(|s| scheme.is(s)).then(|| token(value, &label)).flatten()
}

fn token<'b>(rest: Part<'b>, label: &str) -> Option<Found<'b>> {
    let value = rest
        .while_(|b| b.is_ascii_alphanumeric() || b"-._~+/=:@!*".contains(&b))
        .trim_of(|b| b == b'.' || b == b':');
    let found = Found::here(&RULE, value, length_of(&format!("value of header {label}"), value.len()));
    match worth(value.bytes()) {
        Worth::Strong => Some(found),
        Worth::Uuid => Some(found.at(Level::Warn, Confidence::Medium)),
        _ => None,
    }
}
