//! Keys that a server compares with what it is asked: nginx's `map $http_x_api_key …` and `if ($arg_key != "…")`.
//!
//! bad: `if ($http_x_hook_secret != "7feb3f41…") { return 403; }`
//! good: the keys in a file of their own, which is mounted and included

use super::directive::RULE;
use super::judge::ground::{Ground, ground_of};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::once::next;
use super::judge::reading::line_from;
use super::judge::value::{is_chosen, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "asked-key",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["map $", "if ($"],
    find,
    hits: &[
        Example {
            path: "etc/nginx/x.conf",
            text: "map $http_x_token $who {{\n  default 0;\n  \"a1B{base62:30}\" ann;\n}}\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/nginx/x.conf",
            text: "if ($arg_token != \"a1b2{lower:8}97\") {{ return 403; }}\n",
            rule: "password-directive",
        },
    ],
    misses: &[Example {
        path: "etc/nginx/x.conf",
        text: "map $http_upgrade $c {{\n  a1B{base62:30} x;\n}}\nif ($arg_key = \"\") {{ }}\nif ($arg_token != $a1B{base62:20}) {{ }}\nmap $http_x_token $who {{\n  default 0;\n  ~^abc12345 1;\n}}\n",
        rule: "",
    }],
};

/// So many lines of a map are looked at.
const ROWS: usize = 1000;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || ground_of(text) != Ground::Lines {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        // There is no map in another one.
        if at < done {
            continue;
        }
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let values = match rest.strip("map $") {
            Some(map) => of_map(map),
            None => line_from(text.bytes, at).strip("if ($").and_then(of_condition).into_iter().collect(),
        };
        // A variable, or a pattern.
        let refers = |value: &Part<'_>| matches!(value.bytes().first(), Some(b'$' | b'~'));
        let given = values.into_iter().filter(|value| !refers(value));
        for value in
            given.inspect(|value| done = value.span().end).filter(|value| is_secret(value.bytes(), is_chosen))
        {
            out(Found::here(&RULE, value, length_of("key", value.len())));
        }
    }
}

/// The first words of the lines of a map that a secret's variable opens.
fn of_map(map: Part<'_>) -> Vec<Part<'_>> {
    let Some((_, after)) = map.cut(|b| b == b' ').filter(|(name, _)| is_asked(*name)) else {
        return Vec::new();
    };
    let Some(open) = next(after.whole(), after.span().start, b"{") else { return Vec::new() };
    let close = next(after.whole(), open, b"}").unwrap_or(after.span().end);
    let block = Part::between(after.whole(), open + 1..close);
    let words = block.lines().take(ROWS).filter_map(|line| line.words().next());
    words.filter(|word| !word.bytes().starts_with(b"#")).map(|word| word.unquote()).collect()
}

/// `arg_key != "x")`
fn of_condition(condition: Part<'_>) -> Option<Part<'_>> {
    let line = condition.while_(|b| b != b')');
    let mut words = line.words();
    let (name, sign, value) = (words.next()?, words.next()?, words.next()?);
    let compares = sign.is("=") || sign.is("!=");
    (compares && is_asked(name)).then(|| value.unquote())
}

/// Whether a variable holds what a caller shows: a header, a parameter or a cookie that is named as a secret is.
fn is_asked(name: Part<'_>) -> bool {
    let asked = ["http_", "arg_", "cookie_"].iter().find_map(|kind| name.strip(kind));
    asked.is_some_and(|name| says(name.bytes()) == Says::Secret || name.is("key") || name.is("auth"))
}
