//! Is a name that of what comes with a request, and its value what the program compares that with:
//! `request.args.get("pw") != "…"`, `params[:pw] == "…"`, `$_GET['pw'] !== '…'`?
//!
//! Whoever sends what stands there is let in. Of a state of the program, `token.kind != "…"`, that is not so.

use tightlip_report::{Confidence, Level};

use super::chosen::is_picked;
use super::instead::is_of_words;
use super::joined::is_short_phrase;
use super::name::{Says, is_for_tests, is_password, says};
use super::reading::line_before;
use super::site::{Site, Written};
use super::value::{Worth, is_wordy, worth};
use super::weak::{is_chosen_in_quotes, is_made, is_numbered_phrase};
use crate::Text;

/// What leads to a part of a request, in lower case: of Flask, Django, Tornado, Express, Koa, PHP, Laravel, Rails, Go, Gin,
/// ASP.NET, servlets, Ktor, Phoenix and CGI.
const LEADS: &[&str] = &[
    "request",
    "req.",
    "args.get(",
    "args[",
    "params",
    "param(",
    "form[",
    "form.",
    "form(",
    "formvalue(",
    "$_get[",
    "$_post[",
    "$_request[",
    "$_server[",
    "$_cookie[",
    "query",
    "header",
    "getparameter(",
    "get_argument(",
    "body.",
    "body[",
    "->input(",
    "cookies",
    // nginx has a variable for each.
    "$arg_",
    "$http_",
    "$cookie_",
];

/// How far before a name that may stand, in bytes.
const NEAR: usize = 48;

/// Whether a name is that of a part of a request, by what leads to it in its line.
pub(super) fn is_of_request(text: &[u8], name: std::ops::Range<usize>) -> bool {
    let before = line_before(text, name.start);
    let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
    let lead = [near, text.get(name).unwrap_or_default()].concat().to_ascii_lowercase();
    LEADS.iter().any(|word| memchr::memmem::find(&lead, word.as_bytes()).is_some())
}

/// Whether a value under a name lets in whoever sends it.
pub(super) fn lets_in(name: &[u8], value: &[u8]) -> bool {
    if says(name) != Says::Secret || is_for_tests(name) {
        return false;
    }
    let password = is_password(name);
    match worth(value) {
        Worth::Strong => true,
        Worth::Weak => {
            !is_wordy(value) && is_chosen_in_quotes(value)
                || is_made(value)
                || is_short_phrase(value)
                || password && (is_chosen_in_quotes(value) || is_of_words(value))
                || password && (is_picked(value) || is_numbered_phrase(value))
        }
        _ => false,
    }
}

/// The level of what a part of a request is compared with.
pub(crate) fn level(text: &Text<'_>, site: &Site<'_>) -> Option<(Level, Confidence)> {
    let (name, value) = (site.name.span(), site.value.span());
    let (first, last) =
        if name.start < value.start { (name.end, value.start) } else { (value.end, name.start) };
    let between = text.bytes.get(first..last).filter(|between| between.len() <= NEAR)?;
    let signs = [&b"=="[..], b"!=", b"<>", b"~=", b"ne ", b"eq ", b"equals", b"= \"", b"compare", b", "];
    let lower = between.to_ascii_lowercase();
    let compared = signs.iter().any(|sign| memchr::memmem::find(&lower, sign).is_some());
    let counts = site.written == Written::Quoted
        && compared
        && is_of_request(text.bytes, name)
        && lets_in(site.name.bytes(), site.value.bytes());
    counts.then_some((Level::Deny, Confidence::Medium))
}
