//! Credentials in HTTP headers: `Authorization: Basic …`, `Bearer …`, `X-Api-Key: …`, `PRIVATE-TOKEN: …`.
//!
//! Every service has a name of its own for the header of its key. So those that begin with `X-`, and those that a command
//! gives with `-H`, are headers of credentials when their name says so.

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_log, is_named_manual};
use super::judge::host::is_real;
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::{line_around, line_before};
use super::judge::site::name_around;
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
            path: "tests/cassettes/a.yaml",
            text: "    headers:\n      Authorization:\n      - Bearer a1B{base62:30}\n      User-Agent:\n      - curl\n",
            rule: "http-credential",
        },
        Example {
            path: "a.abap",
            text: "set_header_field( name  = 'X-API-Key'\n                  value = 'a1B{base62:30}' ).\n",
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
        Example {
            path: "x.sh",
            text: "curl -H 'X-Acme-Admin-Key: a1B{base62:20}' https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "x.sh",
            text: "curl -H 'Authorization: Acme-Key a1B{base62:20}' https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "x.sh",
            text: "curl -H 'Authorization: a1B{base62:30}' https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "x.go",
            text: "r.Header.Set(\"X-Acme-Key\", \"a1B{base62:20}\")\n",
            rule: "http-credential",
        },
        Example {
            path: "a.ts",
            text: "h = { Authorization: `Bearer a1B{base62:30}` }\n",
            rule: "http-credential",
        },
        Example { path: "b.ts", text: "h = { 'X-Api-Key': `a1B{base62:30}` }\n", rule: "http-credential" },
        Example {
            path: "a.swift",
            text: "r.setValue(\"a1B{base62:30}\", forHTTPHeaderField: \"X-Api-Key\")\n",
            rule: "http-credential",
        },
        Example {
            path: "b.swift",
            text: "r.addValue(\"Bearer a1B{base62:30}\", forHTTPHeaderField: \"Authorization\")\n",
            rule: "http-credential",
        },
        Example {
            path: "a.cs",
            text: "c.DefaultRequestHeaders.Add(\"X-Auth-Token\", \"api-key a1b{b36:29}\");\n",
            rule: "http-credential",
        },
        Example {
            path: "a.http",
            text: "Authorization: Acme-enczapikey a1B{base62:60}==\n",
            rule: "http-credential",
        },
        Example {
            path: "etc/fluent-bit/out.conf",
            text: "[OUTPUT]\n    Header      Authorization Bearer a1B{base62:21}\n",
            rule: "http-credential",
        },
        Example {
            path: "b.py",
            text: "h = {\"Authorization\": \"Bearer %s\" % \"a1B{base62:60}\"}\n",
            rule: "http-credential",
        },
    ],
    misses: &[
        Example {
            path: "a.ts",
            text: "h = { Authorization: `Bearer ${{token}}`, 'X-Api-Key': `a1B{base62:30}${{x}}` }\n",
            rule: "",
        },
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
        Example {
            path: "x.sh",
            text: concat!(
                "curl -H 'X-Cache-Key: a1B{base62:20}' -H 'Sec-WebSocket-Key: a1B{base62:20}==' ",
                "-H 'Idempotency-Key: a1B{base62:20}' -H 'X-CSRF-Token: a1B{base62:20}' https://h/\n"
            ),
            rule: "",
        },
        Example {
            path: "a.swift",
            text: "r.setValue(\"Bearer \\(token)\", forHTTPHeaderField: \"Authorization\")\nr.setValue(key, forHTTPHeaderField: \"X-Api-Key\")\nr.setValue(\"application/json\", forHTTPHeaderField: \"X-Api-Key\")\n",
            rule: "",
        },
        Example {
            path: "a.py",
            text: "h = {\"Authorization\": \"Bearer %s\" % token}\nx = {\"X-Auth-Token\": \"token %s\" % \"abc\"}\n",
            rule: "",
        },
        Example {
            path: "x.sh",
            text: "sort --by-key: a1B{base62:20}\ncurl -H 'Authorization: Signature keyId=a1B{base62:20}' h\n",
            rule: "",
        },
    ],
};

/// The headers that carry credentials, and the ends of the names of others.
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
    "-key:",
    "-key\"",
    "-key'",
    "-apikey",
    "-token:",
    "-token\"",
    "-token'",
    "-key \"",
    "-token \"",
    "-secret \"",
    "x-trackertoken",
    "-secret:",
    "-secret\"",
    "-secret'",
];

/// A longer line holds more than one call, in bytes.
const LONGEST_CALL: usize = 600;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at {
        let Some(name) = header(text.bytes, at).filter(|_| at >= done) else { continue };
        let rest = Part::between(text.bytes, name.span().start..text.bytes.len().min(at + 8192));
        let after = beside(name, rest.after(&name));
        if let Some(found) = given_before(name).and_then(|given| value(name, given)) {
            done = name.span().end;
            out(weighed(text, name, found));
            continue;
        }
        if let Some(found) = listed(after).and_then(|item| value(name, item)) {
            done = found.span.end;
            out(weighed(text, name, found));
            continue;
        }
        let sign =
            after.while_(|b| matches!(b, b'"' | b'\'' | b' ' | b':' | b'=' | b'\\' | b',' | b'>' | b']'));
        let (sign, after) = match template(text, after, sign) {
            Some(inside) => (after.first(inside.span().start - after.span().start), inside),
            None => (sign, after.after(&sign)),
        };
        // `proxy_set_header Authorization "Basic …"`: a blank and a quote are a sign as well.
        let signed = sign.bytes().iter().any(|b| matches!(b, b':' | b'=' | b','));
        let start = name.span().start;
        let before = text.bytes.get(start.saturating_sub(20)..start).unwrap_or_default();
        // `Header Authorization Bearer x` of Fluent Bit has nothing but blanks.
        let line = line_before(text.bytes, start).trim_ascii_start();
        let row = matches!(line.split_at_checked(6), Some((word, gap)) if word.eq_ignore_ascii_case(b"header") && gap.trim_ascii().is_empty());
        let set = before.ends_with(b"proxy_set_header ") || before.ends_with(b"header_up ") || row;
        if !signed && !set && !sign.bytes().ends_with(b" \"") && sign.bytes() != b"' '" || sign.len() > 8 {
            continue;
        }
        if let Some(found) = value(name, after) {
            done = found.span.end;
            out(weighed(text, name, found));
        }
    }
}

/// What stands in the backticks of a program behind a sign, if nothing is filled in there.
fn template<'b>(text: &Text<'b>, after: Part<'b>, sign: Part<'b>) -> Option<Part<'b>> {
    let inside = after.after(&sign).strip("`").filter(|_| ground(&text.hint) == Ground::Code)?;
    let (whole, _) = inside.cut(|b| b == b'`')?;
    (!whole.bytes().contains(&b'$')).then_some(whole)
}

/// Whether a header stands in what was recorded as it was sent: in a log, or in what curl tells of it.
fn is_recorded(text: &Text<'_>, name: Part<'_>) -> bool {
    let before = line_before(text.bytes, name.span().start);
    // `> Authorization: …`, `0034: Authorization: …`.
    let place =
        before.strip_suffix(b": ").is_some_and(|at| at.len() == 4 && at.iter().all(u8::is_ascii_hexdigit));
    let sent = before.ends_with(b"> ") || place;
    let archive = text.hint.file_name().ends_with(b".har");
    is_log(&text.hint)
        || archive
        || sent && ground(&text.hint) == Ground::Prose && !is_named_manual(&text.hint)
}

/// In programs and texts, what does not look random is mostly an example; but in programs a UUID is a key where the name
/// says so.
fn weighed<'b>(text: &Text<'b>, name: Part<'b>, found: Found<'b>) -> Found<'b> {
    let (ground, worth) = (ground(&text.hint), worth(&found.secret));
    let example = matches!(ground, Ground::Code | Ground::Prose | Ground::Noise)
        && worth != Worth::Strong
        && !is_chosen(&found.secret)
        && !(is_own_password(&found.secret) && is_recorded(text, name));
    let row = text.hint.file_name().ends_with(b".sql");
    let program = ground != Ground::Prose && !row;
    let told = || says(name.bytes()) == Says::Secret || is_for_host(name);
    let key = worth == Worth::Uuid && program && told();
    match (key, example) {
        (true, _) => found.at(Level::Deny, Confidence::Medium),
        (false, true) => found.at(Level::Warn, Confidence::Low),
        (false, false) => found,
    }
}

/// Whether the same line asks a machine that there is, and the header says no more than that it opens it: `x-acme-key` for
/// `api.acme.io`, `x-key`, `Authorization: Bearer`. What stands in a comment shows how it is done.
fn is_for_host(name: Part<'_>) -> bool {
    let line = line_around(name.whole(), name.span().start).bytes();
    let shown = [&b"#"[..], b"//", b"* ", b"--"].iter().any(|mark| line.trim_ascii_start().starts_with(mark));
    if line.len() > LONGEST_CALL || shown {
        return false;
    }
    let lower = name.bytes().to_ascii_lowercase();
    let ends = [&b"-key"[..], b"-token", b"-auth", b"-secret"];
    let whose = ends.iter().find_map(|end| lower.strip_suffix(*end));
    let whose =
        whose.and_then(|head| head.strip_prefix(b"x").map(|rest| rest.strip_prefix(b"-").unwrap_or(rest)));
    let opens = name.is("authorization") || whose.is_some_and(<[u8]>::is_empty);
    memchr::memmem::find_iter(line, b"://").any(|at| {
        let host = line.get(at + 3..).unwrap_or_default().to_ascii_lowercase();
        let end = host.iter().position(|b| !b.is_ascii_alphanumeric() && !b"-.".contains(b));
        let host = host.get(..end.unwrap_or(host.len())).unwrap_or_default();
        let owned = whose.is_some_and(|whose| host.split(|b| *b == b'.').any(|label| label == whose));
        is_real(host) && (opens || owned)
    })
}

/// The name around a keyword, if it is that of a header with a credential.
fn header(text: &[u8], at: usize) -> Option<Part<'_>> {
    let name = name_around(text, at);
    // `headers.Authorization`
    let name = name.skip(name.bytes().iter().rposition(|b| *b == b'.').map_or(0, |dot| dot + 1));
    let bytes = name.bytes();
    let before = text.get(name.span().start.saturating_sub(12)..name.span().start).unwrap_or_default();
    // `checksum/api-key` is an annotation, `x:token` another name.
    if matches!(before.last(), Some(b':' | b'/')) {
        return None;
    }
    if HEADERS.iter().any(|known| name.is(known)) {
        return Some(name);
    }
    // Others that programs are told to send are `sent_header`'s.
    let own = bytes.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"x-"));
    (own && says(bytes) != Says::Nothing).then_some(name)
}

/// Behind `","value":` where header and value are a pair of an object: `{"name": "Authorization", "value": "Basic …"}`.
fn beside<'b>(name: Part<'b>, after: Part<'b>) -> Part<'b> {
    let gap = after.while_(|b| matches!(b, b'"' | b'\'' | b',' | b'\\') || b.is_ascii_whitespace());
    // `set_header_field( name = 'X-API-Key' value = 'x' )` of ABAP: further arguments stand in lines of their own.
    let start = name.span().start;
    let before = name.whole().get(start.saturating_sub(24)..start).unwrap_or_default();
    let head = before.trim_ascii_end().strip_suffix(b"'").or_else(|| before.strip_suffix(b"\""));
    let head = head.and_then(|head| head.trim_ascii_end().strip_suffix(b"=")).map(<[u8]>::trim_ascii_end);
    let told = head.is_some_and(|head| head.ends_with(b"name"));
    let apart = gap.bytes().contains(&b',') && gap.len() <= 40 || told && gap.len() <= 120;
    after.after(&gap).strip("value").filter(|_| apart).unwrap_or(after)
}

/// `Authorization:` with a list of one below it, or in brackets behind it, as recordings of requests have their headers.
fn listed(after: Part<'_>) -> Option<Part<'_>> {
    let close = after.while_(|b| matches!(b, b'"' | b'\''));
    let sign = after.after(&close).strip(":")?;
    let gap = sign.while_(|b| b.is_ascii_whitespace());
    let item = sign.after(&gap);
    let below = gap.bytes().contains(&b'\n').then(|| item.strip("- ")).flatten();
    let opened = item.strip("[").map(|inside| inside.trim());
    let item = below.or(opened)?;
    let quote = item.while_(|b| matches!(b, b'"' | b'\''));
    (quote.len() <= 1 && gap.len() <= 40).then(|| item.after(&quote))
}

/// The text before a name that Swift gives last: `setValue("x", forHTTPHeaderField: "X-Api-Key")`.
fn given_before(name: Part<'_>) -> Option<Part<'_>> {
    let start = name.span().start;
    let line = line_before(name.whole(), start);
    let head = line.strip_suffix(b"\"")?.trim_ascii_end().strip_suffix(b"forHTTPHeaderField:")?;
    let head = head.trim_ascii_end().strip_suffix(b",")?.trim_ascii_end().strip_suffix(b"\"")?;
    let open = head.iter().rposition(|b| *b == b'"')?;
    let first = start - line.len();
    Some(Part::between(name.whole(), first + open + 1..first + head.len()))
}

fn value<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Found<'b>> {
    let label = String::from_utf8_lossy(name.bytes()).into_owned();
    if !name.is("authorization") && !name.is("proxy-authorization") {
        // `X-Auth-Token: api-key x`: a scheme where others have none.
        let scheme = rest.while_(|b| b.is_ascii_alphabetic() || b == b'-');
        let behind = rest.after(&scheme).strip(" ").filter(|_| is_scheme(scheme.bytes()));
        return token(behind.unwrap_or(rest), &label);
    }
    let scheme = rest.while_(|b| b.is_ascii_alphabetic() || b == b'-');
    let after = rest.after(&scheme);
    let value = joined(after.skip(after.while_(|b| b == b' ').len()));
    if scheme.is("basic") {
        return basic(value);
    }
    if is_scheme(scheme.bytes()) {
        return token(value, &label);
    }
    // A token alone, without a scheme. In lower case the word is as often a property of a client, which may be public.
    let whole = name.whole().get(name.span().start.saturating_sub(1)).copied();
    let written = name.bytes().starts_with(b"A") || matches!(whole, Some(b'"' | b'\''));
    let found = token(rest, &label).filter(|_| written)?;
    let ends = rest.bytes().get(found.secret.len()).is_none_or(|b| matches!(b, b'"' | b'\'' | b'\n' | b'\r'));
    (ends && worth(&found.secret) == Worth::Strong && found.secret.len() >= 20).then_some(found)
}

/// The password of a login in base64.
pub(super) fn basic(value: Part<'_>) -> Option<Found<'_>> {
    let digits = value.while_(base64::is_digit);
    let (_, password) = base64::user_and_password(digits.bytes()).filter(|(u, _)| !u.is_empty())?;
    let kind = worth(&password);
    // The examples of RFC 7617 and RFC 6749.
    let shown = ["123\u{a3}", "gX1fBat3bV"].iter().any(|p| p.as_bytes() == password);
    let counts = kind >= Worth::Number && !shown;
    counts.then(|| {
        Found::here(&RULE, digits, length_of("password in a header", password.len()))
            .decoded(password, &["base64"])
    })
}

/// Whether a token follows this word: services have names of their own, which end in `Key` or `Token`.
fn is_scheme(scheme: &[u8]) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    let known =
        ["bearer", "token", "apikey", "key", "splunk", "bot", "genie", "geniekey", "app", "oauth", "ssws"];
    known.iter().any(|known| known.as_bytes() == scheme)
        || scheme.ends_with(b"-key")
        || scheme.ends_with(b"apikey")
        || scheme.ends_with(b"-token")
}

/// Behind `Basic ' + '`: a text put together of two; and behind `Bearer %s" % "`.
fn joined(value: Part<'_>) -> Part<'_> {
    let value =
        value.strip("%s").filter(|rest| matches!(rest.bytes().first(), Some(b'"' | b'\''))).unwrap_or(value);
    let gap = value.while_(|b| matches!(b, b'"' | b'\'' | b' ' | b'+' | b'.' | b'&' | b'%'));
    let quotes = gap.bytes().iter().filter(|b| matches!(b, b'"' | b'\'')).count();
    let joins = quotes == 2 && gap.bytes().iter().any(|b| matches!(b, b'+' | b'.' | b'&' | b'%'));
    if joins { value.after(&gap) } else { value }
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

#[cfg(test)]
mod tests {
    use ::base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;
    use crate::finder::tests::{expand, found_in};

    fn level(path: &str, login: &str) -> Option<Level> {
        level_behind("> ", path, login)
    }

    fn level_behind(before: &str, path: &str, login: &str) -> Option<Level> {
        let text = format!("{before}Authorization: Basic {}\n", BASE64_STANDARD.encode(login));
        let found = found_in(&FINDER, path, text.as_bytes());
        found.first().map(|found| found.level.unwrap_or(Level::Deny))
    }

    #[test]
    fn a_uuid_is_a_key_for_the_machine_that_is_asked() {
        let level = |path: &str, template: &str| {
            let text = expand(template);
            let found = found_in(&FINDER, path, text.as_bytes());
            found.first().map(|found| found.level.unwrap_or(Level::Deny))
        };
        for line in [
            "curl -H 'x-kiesel-key: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.kiesel.io/v2/pebbles\n",
            "curl -H 'x-key: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.kiesel.io/v2/pebbles\n",
            "curl -H 'Authorization: token {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.kiesel.io/v2/pebbles\n",
        ] {
            assert_eq!(level("x.sh", line), Some(Level::Deny), "{line}");
            assert_ne!(level("README.md", line), Some(Level::Deny), "{line}");
            assert_ne!(level("x.sh", &format!("# {line}")), Some(Level::Deny), "{line}");
        }
        for line in [
            "curl -H 'x-tenant-key: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.kiesel.io/v2/pebbles\n",
            "curl -H 'X-Idempotency-Key: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.kiesel.io/v2/pebbles\n",
            "curl -H 'x-kiesel-key: {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' http://localhost:8080/pebbles\n",
            "curl -H 'Authorization: Bearer {hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}' https://api.example.com/pebbles\n",
        ] {
            assert_ne!(level("x.sh", line), Some(Level::Deny), "{line}");
        }
    }

    #[test]
    fn what_a_log_records_was_sent() {
        for path in ["tmp/trace.log", "tmp/curl.txt"] {
            assert_eq!(level(path, "bob:otter-pebble"), Some(Level::Deny), "{path}");
            assert_eq!(level(path, "bob:password"), None, "{path}");
        }
        assert_eq!(level_behind("0034: ", "trace.txt", "bob:otter-pebble"), Some(Level::Deny));
        assert_eq!(level_behind("", "a.har", "bob:otter-pebble"), Some(Level::Deny));
        for path in ["README.md", "a.py"] {
            assert_eq!(level(path, "bob:otter-pebble"), Some(Level::Warn), "{path}");
        }
    }
}
