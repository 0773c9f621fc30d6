//! Values that a name is compared with: `password == "x"`, `"x".equals(pass)`, `strcmp(pw, "x")`.
//!
//! What is compared with is in the program as well. Only what cannot be a word of it counts.

use super::super::literal;
use super::super::name::is_password;
use super::super::value::{classes, is_random};
use super::super::weak::{is_chosen_in_quotes, is_numbered_phrase};
use super::{Written, blank};
use crate::read::Part;

/// What stands between a name and the value, longest first, in lower case.
const SIGNS: &[&str] = &[
    "===",
    "!==",
    "==",
    "!=",
    "<>",
    "~=",
    "eq ",
    "ne ",
    ".equals(",
    ".equalsignorecase(",
    ".contentequals(",
    ".compareto(",
    ".eql?(",
    "isequaltostring:",
];

/// Calls that compare their arguments, in lower case.
const CALLS: &[&str] = &[
    "strcmp(",
    "strcasecmp(",
    "strncmp(",
    "stricmp(",
    "wcscmp(",
    "memcmp(",
    "strcomp(",
    "comparestr(",
    "sametext(",
    "compare_digest(",
    "timingsafeequal(",
    "hash_equals(",
    "secure_compare(",
    "constanttimecompare(",
    "objects.equals(",
    "string.equals(",
    "messagedigest.isequal(",
];

/// `password.equals` is no name: what is called on it compares.
pub(super) fn without_call(name: Part<'_>) -> Part<'_> {
    let calls = [".equals", ".equalsignorecase", ".contentequals", ".compareto", ".eql"];
    let lower = name.bytes();
    let length = calls.iter().map(|call| call.len()).find(|length| {
        let end = lower.len().checked_sub(*length).and_then(|start| lower.get(start..)).unwrap_or_default();
        calls.iter().any(|call| end.eq_ignore_ascii_case(call.as_bytes()))
    });
    name.first(name.len() - length.unwrap_or(0))
}

/// How far before the name the other side may begin, in bytes.
const BEFORE: usize = 160;

/// The value on the other side of a comparison.
pub(super) fn compared<'b>(name: Part<'b>, before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let line = line_of(before);
    let value = behind(rest).or_else(|| second(line, rest)).or_else(|| ahead(line))?;
    let chosen = is_password(name.bytes()) && is_chosen_in_quotes(value.bytes());
    // What it must not be is as often a wrong one, or the one before.
    let negated = ["!=", "<>", "~=", "ne "].iter().any(|sign| blank(rest).strip(sign).is_some());
    let words = is_password(name.bytes()) && !negated && is_numbered_phrase(value.bytes());
    let sure = !negated || has_mark(value.bytes()) || classes(value.bytes()) == 3;
    (is_random(value.bytes()) || chosen && sure || words).then_some(value)
}

fn has_mark(value: &[u8]) -> bool {
    value.iter().any(|b| b.is_ascii_punctuation() && !matches!(b, b'-' | b'_' | b'.'))
}

fn line_of(before: Part<'_>) -> Part<'_> {
    let near = before.skip(before.len().saturating_sub(BEFORE));
    let start = memchr::memrchr(b'\n', near.bytes()).map_or(0, |n| n + 1);
    near.skip(start)
}

fn quoted(part: Part<'_>) -> Option<Part<'_>> {
    let part = ["[]byte(", "buffer.from("].iter().find_map(|maker| part.strip(maker)).unwrap_or(part);
    literal::value(part).filter(|(written, _)| *written == Written::Quoted).map(|(_, value)| value)
}

/// `password == "x"`, `password.equals("x")`.
fn behind(rest: Part<'_>) -> Option<Part<'_>> {
    let rest = blank(rest);
    quoted(blank(SIGNS.iter().find_map(|sign| rest.strip(sign))?))
}

/// `strcmp(password, "x")`: the name is the first of two arguments.
fn second<'b>(line: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let value = quoted(blank(rest.strip(",")?))?;
    let inside = call_in(line)?;
    let one = !inside.bytes().iter().any(|b| matches!(b, b',' | b';' | b' '));
    one.then_some(value)
}

/// What stands in the bracket of the last call of a line that compares.
fn call_in(line: Part<'_>) -> Option<Part<'_>> {
    // Most lines hold no call at all, and names stand in every line.
    memchr::memchr(b'(', line.bytes())?;
    let lower = line.bytes().to_ascii_lowercase();
    let end = |call: &&str| memchr::memmem::rfind(&lower, call.as_bytes()).map(|at| at + call.len());
    CALLS.iter().filter_map(end).max().map(|end| line.skip(end))
}

/// `"x".equals(password)`, `"x" == password`, `strcmp("x", password)`: the value stands first.
fn ahead(line: Part<'_>) -> Option<Part<'_>> {
    memchr::memchr2(b'"', b'\'', line.bytes())?;
    if !may_compare(line.bytes()) {
        return None;
    }
    let signs = ["===", "!==", "==", "!=", "<>", " eq ", ".equals(", ".equalsignorecase(", ".contentequals("];
    let lower = line.bytes().to_ascii_lowercase();
    let last = |sign: &&str| memchr::memmem::rfind(&lower, sign.as_bytes()).map(|at| (at, at + sign.len()));
    let sign = signs.iter().filter_map(last).max_by_key(|(at, end)| (*end, std::cmp::Reverse(*at)));
    let comma = call_in(line).and_then(|inside| {
        memchr::memchr(b',', inside.bytes()).map(|n| inside.span().start - line.span().start + n)
    });
    let (at, end) = sign.or_else(|| comma.map(|at| (at, at + 1)))?;
    let head = line.first(at).trim();
    let leads = line.skip(end).trim();
    let literal = head.bytes().strip_suffix(b")").map_or(head, |inner| head.first(inner.len()));
    let (quote, inner) = literal.bytes().split_last().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let open = memchr::memrchr(*quote, inner)?;
    let value = literal.first(inner.len()).skip(open + 1);
    (leads.len() <= 40 && leads.bytes().iter().all(leads_on)).then_some(value)
}

/// Between sign and name stands what leads to it: `$_POST['`, `[]byte(`.
fn leads_on(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.$[]('\"@&*:>".contains(byte)
}

/// Whether what leads to the name may stand behind a sign. Names stand in every line, and most are not compared: to look for
/// each sign would take half of the time in minified code.
fn may_compare(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let length = line.iter().rev().take_while(|byte| leads_on(byte)).count();
    let (head, leads) = line.split_at(line.len() - length);
    let head = head.trim_ascii_end();
    let word = || head.last_chunk().is_some_and(|last: &[u8; 2]| last.eq_ignore_ascii_case(b"eq"));
    let called = || leads.windows(6).any(|part| part.eq_ignore_ascii_case(b"equals"));
    matches!(head.last(), Some(b'=' | b'<' | b'>' | b',' | b'(')) || word() || called()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_may_stand_on_either_side() {
        let value = ["Hunter", "2024!x"].concat();
        for text in [
            "if pw != 'V':",
            "pw === \"V\"",
            "If pw <> \"V\" Then",
            "return \"V\".equals(pw);",
            "'V' == pw",
            "'V' === $_POST['pw'",
            "strcmp(pw, \"V\")",
            "strcmp(\"V\", pw)",
            "hash_equals('V', $_POST['pw'",
            "ConstantTimeCompare([]byte(pw, []byte(\"V\"))",
            "[pw isEqualToString:@\"V\"]",
        ] {
            let text = text.replace('V', &value);
            let (before, rest) = Part::of(text.as_bytes()).cut_at(b"pw").unwrap();
            let name = Part::between(text.as_bytes(), before.len()..before.len() + 2);
            let found = compared(name, before, rest).map(|value| value.bytes());
            assert_eq!(found, Some(value.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_compared_with_nothing_has_no_value() {
        for text in [
            "if pw != other:",
            "\"hunter2024!x\", pw",
            "log(\"hunter2024!x\" + pw)",
            "a == \"hunter2024!x\" && check(pw)",
            "connect(pw, \"hunter2024!x\")",
            "pw == \"password\"",
        ] {
            let (before, rest) = Part::of(text.as_bytes()).cut_at(b"pw").unwrap();
            let name = Part::between(text.as_bytes(), before.len()..before.len() + 2);
            assert!(compared(name, before, rest).is_none(), "{text}");
        }
    }
}
