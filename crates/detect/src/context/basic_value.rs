//! Credentials behind the word `Basic` in quotes, whatever stands around them: `"Authorization" -> "Basic …"`,
//! `setValue("Basic …", forHTTPHeaderField: …)`, `'Basic ' + encode("bob:…")`; and `Authorization: Basic bob:…` in what
//! clients of HTTP are given to send.
//!
//! Nothing but a login is encoded like this, so no name has to say what it is.
//!
//! bad: `request.setValue("Basic Ym9iOmh1bnRlcjIy", forHTTPHeaderField: "Authorization")`
//! good: `request.setValue("Basic \(encoded)", forHTTPHeaderField: "Authorization")`

use tightlip_report::{Confidence, Level};

use super::gate::is_passed_with;
use super::http_header::{RULE, basic};
use super::judge::ground::{Ground, ground};
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::reading::{line_before, line_from, text_in_quotes};
use super::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "basic-value",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: &["\"basic ", "'basic ", "`basic ", "authorization: basic "],
    find,
    hits: &[
        Example {
            path: "a.scala",
            text: "val h = \"Authorization\" -> \"Basic Ym9iOnB3ZWx{base62:1}ZWx{base62:1}\"\n",
            rule: "http-credential",
        },
        Example {
            path: "a.lua",
            text: "M.peer = { auth = \"Basic Ym9iOnB3ZWx{base62:1}ZWx{base62:1}\" }\n",
            rule: "http-credential",
        },
        Example {
            path: "a.cls",
            text: "r.setHeader('Authorization', 'Basic ' + EncodingUtil.base64Encode(Blob.valueOf('erp:' + 'Xk9{lower:4}97!')));\n",
            rule: "http-credential",
        },
        Example {
            path: "a.groovy",
            text: "c.header('Authorization', 'Basic ' + \"bob:Xk9{lower:4}97!\".bytes.encodeBase64())\n",
            rule: "http-credential",
        },
        Example {
            path: "a.http",
            text: "GET https://h/\nAuthorization: Basic bob:Xk9{lower:4}97!\n",
            rule: "http-credential",
        },
    ],
    misses: &[
        Example {
            path: "a.js",
            text: "h = 'Basic ' + btoa(user + ':' + password); t = \"Basic usage\"; u = 'Basic ' + encode('user:password'); v = 'Basic ' + x('Tier: gold2x');\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: concat!(
                "\"Basic dXNlcjpwYXNz",
                "d29yZA==\" is what is sent; Authorization: Basic bob:Xk9v97!q\n"
            ),
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_from(text.bytes, at);
        let found = match line.strip("authorization: basic ") {
            Some(rest) => sent(text, at, rest),
            None => encoded(text, line).or_else(|| encoded_at_once(line)),
        };
        found.into_iter().for_each(&mut *out);
    }
}

/// `"Basic <base64>"`.
fn encoded<'b>(text: &Text<'b>, line: Part<'b>) -> Option<Found<'b>> {
    let quote = *line.bytes().first()?;
    let value = line.skip("\"basic ".len()).cut(|b| b == quote).map(|(value, _)| value.trim())?;
    let found = basic(value).filter(|found| found.span.end == value.span().end)?;
    let shown = matches!(ground(&text.hint), Ground::Prose | Ground::Code)
        && worth(&found.secret) != Worth::Strong
        && !is_passed_with(&found.secret)
        && !is_joined_phrase(&found.secret);
    Some(if shown { found.at(Level::Warn, Confidence::Low) } else { found })
}

/// `'Basic ' + encode('bob:…')`: the first text in the rest of the line that is a login.
fn encoded_at_once(line: Part<'_>) -> Option<Found<'_>> {
    let quote = line.first(1);
    let rest = line.skip("\"basic ".len()).trim();
    let joins = rest.strip(std::str::from_utf8(quote.bytes()).ok()?)?.trim();
    if !matches!(joins.bytes().first(), Some(b'+' | b'.' | b'&' | b',' | b'~' | b'|' | b'<')) {
        return None;
    }
    let (_, inside) = joins.cut(|b| matches!(b, b'"' | b'\''))?;
    let open = Part::between(line.whole(), inside.span().start - 1..line.span().end);
    let (login, after) = text_in_quotes(open)?;
    let user = user_of(login)?;
    let password = login.skip(user.len() + 1);
    // `'erp:' + 'x'`
    let password = if password.is_empty() { next_text(after)? } else { password };
    is_login(password.bytes())
        .then(|| Found::here(&RULE, password, length_of("password in a header", password.len())))
}

/// `Authorization: Basic bob:x`, which the clients that read such files encode themselves.
fn sent<'b>(text: &Text<'b>, at: usize, rest: Part<'b>) -> Option<Found<'b>> {
    let name = text.hint.file_name();
    let file = name.ends_with(b".http") || name.ends_with(b".rest");
    if !file || !line_before(text.bytes, at).is_empty() {
        return None;
    }
    let login = rest.trim();
    let user = login.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@'));
    let after = login.after(&user);
    let password = after.strip(":").or_else(|| after.strip(" "))?;
    let whole = !user.is_empty() && !password.bytes().contains(&b' ') && !password.bytes().starts_with(b"{");
    (whole && is_login(password.bytes()))
        .then(|| Found::here(&RULE, password, length_of("password in a header", password.len())))
}

/// The user of a text that is `user:password`.
fn user_of(login: Part<'_>) -> Option<Part<'_>> {
    let user = login.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@'));
    (!user.is_empty() && login.after(&user).bytes().starts_with(b":")).then_some(user)
}

/// The text that is joined to the one before.
fn next_text(after: Part<'_>) -> Option<Part<'_>> {
    let gap = after.while_(|b| matches!(b, b'"' | b'\'' | b' ' | b'+' | b'.' | b'&' | b'~' | b'|'));
    let opened = gap.bytes().last().is_some_and(|b| matches!(b, b'"' | b'\''));
    let quote = opened.then(|| Part::between(after.whole(), gap.span().end - 1..after.span().end))?;
    text_in_quotes(quote).map(|(text, _)| text)
}

fn is_login(password: &[u8]) -> bool {
    let strong = worth(password) == Worth::Strong;
    let weak = worth(password) == Worth::Weak;
    let plain = password.iter().all(u8::is_ascii_graphic);
    plain
        && (strong || weak && (is_passed_with(password) || is_joined_phrase(password) || is_marked(password)))
}

/// Letters of both cases, a digit or two marks in one word, where nothing but a password can stand: `p8gOHxGxZ--I`.
fn is_marked(password: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| password.iter().any(class);
    password.len() >= 8
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && !password.iter().any(|b| b"{}<>$%\\".contains(b))
}
