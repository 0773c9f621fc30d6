//! Secrets that a program spells out: `char[] pw = { 'H', 'u', … }`.
//!
//! Nobody writes words like this that may be found, so no name has to say what they are.
//!
//! bad: `char[] ks = new char[] { 'H', 'O', 'G', 'B', … };`
//! good: `char[] ks = System.getenv("KEYSTORE_PASSWORD").toCharArray();`

use tightlip_report::{Confidence, Level};

use super::assignment::RULE;
use super::gate::is_passed_with;
use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::length_of;
use super::judge::name::{is_for_tests, words};
use super::judge::reading::line_before;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "spelled-out",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: &["{ '", "{'", "arrayof('", "['"],
    find,
    hits: &[
        Example {
            path: "a.java",
            text: "char[] ks = new char[] { 'H', 'u', '{digits:1}', 'q', 'x', '{digits:1}', 'V', 'k', 'z', 'f', 'B', '{digits:1}' };\n",
            rule: "secret-in-file",
        },
        Example {
            path: "a.c",
            text: "static const char pw[] = {'H', 'u', '{digits:1}', 'q', 'x', '{digits:1}', 'V', 'k', 'z', 'f', '\\0'};\n",
            rule: "secret-in-file",
        },
    ],
    misses: &[
        Example {
            path: "a.c",
            text: "static const char hex[] = { '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f' };\nchar magic[] = { 'B', 'Z', 'h', '9', '1', 'A', 'Y', '&', 'S', 'Y' };\nchar word[] = { 'c', 'o', 'n', 't', 'e', 'n', 't', 's' };\n",
            rule: "",
        },
        Example { path: "a.js", text: "x = ['a', 'b', 'c']; y = ['Kelp4711x', 'b'];\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let open = memchr::memchr(b'\'', text.bytes.get(at..).unwrap_or_default()).map_or(at, |n| at + n);
        let rest = Part::between(text.bytes, open..text.bytes.len().min(open + 600));
        let Some((list, word)) = spelled(rest) else { continue };
        done = list.span().end;
        if is_passed_with(&word) && !is_in_order(&word) && !is_of_format(line_before(text.bytes, at)) {
            let shape = length_of("a value spelled out", word.len());
            out(Found::here(&RULE, list, shape)
                .decoded(word, &["joined texts"])
                .at(Level::Deny, Confidence::Medium));
        }
    }
}

/// `'H', 'u', '2'` up to the bracket that closes: eight signs to forty, a zero at the end aside.
fn spelled(rest: Part<'_>) -> Option<(Part<'_>, Vec<u8>)> {
    let mut word = Vec::new();
    let mut at = rest;
    loop {
        let sign = match at.bytes() {
            [b'\'', b'\\', b'0', b'\'', ..] => (None, 4),
            [b'\'', b'\\', sign, b'\'', ..] => (Some(*sign), 4),
            [b'\'', sign, b'\'', ..] => (Some(*sign), 3),
            _ => break,
        };
        word.extend(sign.0);
        let after = at.skip(sign.1);
        let gap = after.while_(|b| b == b',' || b.is_ascii_whitespace());
        at = after.after(&gap);
    }
    let closed = matches!(at.bytes().first(), Some(b'}' | b']' | b')' | b'0'));
    let fits = (8..=40).contains(&word.len());
    (closed && fits).then(|| (rest.first(at.span().start - rest.span().start).trim(), word))
}

/// Signs that mostly follow each other, as those of an alphabet do.
fn is_in_order(word: &[u8]) -> bool {
    let rising = word.windows(2).filter(|pair| pair[0] < pair[1]).count();
    rising * 5 >= (word.len() - 1) * 4
}

/// Whether the line says that these are the signs of a format, or of a test.
fn is_of_format(line: &[u8]) -> bool {
    let formats = [
        "magic",
        "header",
        "signature",
        "alphabet",
        "digits",
        "table",
        "chars",
        "charset",
        "base",
        "symbols",
        "letters",
        "marker",
        "tag",
        "expected",
        "input",
        "separators",
        "delimiters",
        "sig",
        "hdr",
    ];
    is_for_tests(line) || words(line).iter().any(|word| formats.contains(&word.as_str()))
}
