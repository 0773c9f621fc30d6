//! Cookies by which a server knows who is logged in: `Cookie: PHPSESSID=…`, `Set-Cookie: remember_token=…`, also in HAR files.
//!
//! bad: `curl -H 'Cookie: sessionid=9f2c…' https://h/`
//! good: `curl -b /run/secrets/cookies https://h/`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::length_of;
use super::judge::name::words;
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "session-cookie",
    "Cookie of a login",
    "Whoever sends it is taken for the one who logged in, until the session ends.",
)
.source("https://www.rfc-editor.org/rfc/rfc6265#section-8.4")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cookie",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise,
    keywords: &["cookies\"", "cookie: ", "cookie:", "cookie\"", "cookie'", "--cookie ", " -b '", " -b \""],
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "curl -H 'Cookie: lang=en; PHPSESSID={b36:26}' https://h/\n",
            rule: "session-cookie",
        },
        Example {
            path: "x.har",
            text: r#"{"name": "Set-Cookie", "value": "remember_token={hex:40}; Path=/; HttpOnly"}"#,
            rule: "session-cookie",
        },
        Example {
            path: "x.sh",
            text: "curl -b \"connect.sid=s%3A{base62:32}\" https://h/\n",
            rule: "session-cookie",
        },
        Example {
            path: "x.json",
            text: r#"{"headers": {"Cookie": "laravel_session={base62:40}"}}"#,
            rule: "session-cookie",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "curl -H \"Cookie: sid=$SID\" -b 'csrftoken={hex:32}; _ga=GA1.2.{digits:20}' -b cookies.txt https://h/\n",
            rule: "",
        },
        Example {
            path: "x.json",
            text: r#"{"Set-Cookie": "session=; Max-Age=0", "cookie": "theme={base62:30}", "x": "Cookie: sessionid=abc123"}"#,
            rule: "",
        },
    ],
};

/// Whether a text shows people what such a header looks like.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Yes,
    No,
}

/// A longer header is none.
const LONGEST: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let manual = is_named_manual(&text.hint) || ground_of(text) == Ground::Code;
    let shown = if manual { Shown::Yes } else { Shown::No };
    let mut done = 0;
    for &at in text.at {
        for (name, value) in listed(text.bytes, at) {
            done = value.span().end;
            tell((name, value), shown, out);
        }
        let Some(cookies) = cookies(text.bytes, at).filter(|cookies| cookies.span().start >= done) else {
            continue;
        };
        done = cookies.span().end;
        let mut rest = Some(cookies);
        while let Some(now) = rest.take() {
            let pair = now.cut(|b| b == b';').map_or(now, |(pair, after)| {
                rest = Some(after);
                pair
            });
            let Some((name, value)) = pair.cut(|b| b == b'=') else { continue };
            tell((name, value), shown, out);
        }
    }
}

fn tell<'b>((name, value): (Part<'b>, Part<'b>), shown: Shown, out: &mut dyn FnMut(Found<'b>)) {
    let value = value.trim();
    if is_login(name.trim().bytes()) && worth(value.bytes()) == Worth::Strong {
        let found = Found::here(&RULE, value, length_of("cookie of a session", value.len()));
        out(if shown == Shown::Yes { found.at(Level::Warn, Confidence::Low) } else { found });
    }
}

/// `"cookies": [{"name": "sid", "value": "…"}]`, as HAR files list them.
fn listed(text: &[u8], at: usize) -> Vec<(Part<'_>, Part<'_>)> {
    let rest = Part::between(text, at..text.len().min(at + LONGEST));
    let open = rest
        .strip("cookies\"")
        .and_then(|after| after.trim().strip(":"))
        .and_then(|after| after.trim().strip("["));
    let mut rest = open.map(|inside| inside.while_(|b| b != b']'));
    let mut pairs = Vec::new();
    while let Some((pair, after)) = rest.and_then(|rest| Some((pair_of(rest)?, rest))) {
        rest = Some(after.skip(pair.1.span().end - after.span().start));
        pairs.push(pair);
    }
    pairs
}

fn pair_of(rest: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let name = string_of(rest, b"\"name\"")?;
    let behind = rest.skip(name.span().end - rest.span().start);
    Some((name, string_of(behind, b"\"value\"")?))
}

/// The string that a member has.
fn string_of<'b>(rest: Part<'b>, member: &[u8]) -> Option<Part<'b>> {
    let (_, after) = rest.cut_at(member)?;
    let start = after.while_(|b| matches!(b, b':' | b' ' | b'"'));
    Some(after.after(&start).while_(|b| b != b'"'))
}

/// The pairs behind the header's name or the flag of a program.
fn cookies(text: &[u8], at: usize) -> Option<Part<'_>> {
    let rest = Part::between(text, at..text.len().min(at + LONGEST));
    if let Some(value) = rest.strip(" -b '").or_else(|| rest.strip(" -b \"")) {
        return Some(value.while_(|b| !matches!(b, b'\'' | b'"' | b'\n')));
    }
    let after = rest.strip("--cookie ").or_else(|| rest.strip("cookie"))?;
    let gap = after.while_(|b| matches!(b, b'"' | b'\'' | b':' | b',' | b' ' | b'=' | b'\\'));
    let behind = after.after(&gap);
    // `{"name": "Cookie", "value": "…"}`
    let named = behind.strip("value").filter(|_| gap.bytes().contains(&b','));
    let value = named
        .map_or(behind, |rest| rest.after(&rest.while_(|b| matches!(b, b'"' | b'\'' | b':' | b' ' | b'\\'))));
    (gap.len() <= 8).then(|| value.while_(|b| !matches!(b, b'"' | b'\'' | b'\n' | b'\r' | b'`' | b'<')))
}

/// What names a cookie that stands for a login.
const LOGIN: &[&str] = &[
    "phpsessid",
    "jsessionid",
    "sessionid",
    "session",
    "sessid",
    "sess",
    "sid",
    // Those of Google.
    "psid",
    "hsid",
    "ssid",
    "apisid",
    "sapisid",
    "remember",
    "rememberme",
    "auth",
    "token",
    "jwt",
    "aspxauth",
    "cfid",
    "cftoken",
    "asp",
    "identity",
    "login",
    "sso",
];

/// What else has a session: forms, statistics, recordings of visits.
const OTHERS: &[&str] = &[
    "csrf",
    "xsrf",
    "csrftoken",
    "xsrftoken",
    "antiforgery",
    "ga",
    "gid",
    "hj",
    "ajs",
    "ai",
    "amplitude",
    "mp",
    "utm",
    "device",
    "verification",
    "request",
    "visitor",
    "anonymous",
    "consent",
];

/// Whether a cookie of this name stands for somebody who logged in.
pub(super) fn is_login(name: &[u8]) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // `PHPSESSID` may be taken apart by its letters in no other way.
    let whole = name.to_ascii_lowercase();
    let known = |word: &&str| word.len() > 5 && memchr::memmem::find(&whole, word.as_bytes()).is_some();
    (has(LOGIN) || LOGIN.iter().any(known)) && !has(OTHERS)
}
