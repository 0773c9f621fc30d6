//! Values that a name is compared with: `password == "x"`, `"x".equals(pass)`, `strcmp(pw, "x")`.
//!
//! What is compared with is in the program as well. Only what cannot be a word of it counts.

use super::super::literal;
use super::super::name::is_password;
use super::super::request::{is_of_request, lets_in};
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

/// What a field of a form has its text in, in lower case.
const TEXTS: &[&str] = &[".text", ".value", ".stringvalue", ".string", ".settext", ".setvalue"];

/// Words that name such a field, behind what it is for.
const FIELDS: &[&str] =
    &["textfield", "inputfield", "textbox", "field", "input", "box", "edit", "entry", "text", "control"];

/// `passwordField.text`, `txtPassword.Text`: what is in the field is the password.
pub(super) fn without_field(name: Part<'_>) -> Part<'_> {
    let strip = |name: Part<'_>, end: &str| -> Option<usize> {
        let length = name.len().checked_sub(end.len())?;
        name.skip(length).is(end).then_some(length)
    };
    let Some(length) = TEXTS.iter().find_map(|text| strip(name, text)) else { return name };
    let mut field = name.first(length);
    // `passwordEditText` has two of them.
    for _ in 0..2 {
        let shorter = FIELDS.iter().find_map(|word| strip(field, word)).filter(|length| *length > 0);
        field = shorter.map_or(field, |length| field.first(length));
    }
    field.trim_of(|b| matches!(b, b'_' | b'-'))
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
    let sent = || lets_in(name.bytes(), value.bytes()) && is_of_request(name.whole(), name.span());
    (is_random(value.bytes()) || chosen && sure || words || sent()).then_some(value)
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
    let part =
        ["[]byte(", "buffer.from(", "some("].iter().find_map(|maker| part.strip(maker)).unwrap_or(part);
    literal::value(part).filter(|(written, _)| *written == Written::Quoted).map(|(_, value)| value)
}

/// `password == "x"`, `password.equals("x")`.
fn behind(rest: Part<'_>) -> Option<Part<'_>> {
    let rest = blank(rest);
    // A header of ASP.NET is made a text first.
    let rest = rest.strip(".tostring()").map_or(rest, blank);
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

/// How far a name may stand behind a sign, in bytes.
const LEADS: usize = 40;

/// `"x".equals(password)`, `"x" == password`, `strcmp("x", password)`: the value stands first.
///
/// Names stand in every line, and most are not compared: so no sign is searched for, it is looked at where it must stand.
fn ahead(line: Part<'_>) -> Option<Part<'_>> {
    let head = called_on(line).or_else(|| {
        let length = line.bytes().iter().rev().take_while(|byte| leads_on(byte)).count();
        let head = line.first(line.len() - length).trim();
        let leads = line.skip(line.len() - length);
        (length <= LEADS).then(|| signed(head, leads).or_else(|| first_argument(head))).flatten()
    })?;
    let head = head.trim();
    let literal = head.bytes().strip_suffix(b")").map_or(head, |inner| head.first(inner.len()));
    let (quote, inner) = literal.bytes().split_last().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let open = memchr::memrchr(*quote, inner)?;
    Some(literal.first(inner.len()).skip(open + 1))
}

/// What `.equals(` is called on, where a line ends with that and what leads to the name.
fn called_on(line: Part<'_>) -> Option<Part<'_>> {
    let near = line.bytes().len().saturating_sub(LEADS + 1);
    let brackets = memchr::memrchr_iter(b'(', line.skip(near).bytes()).map(|at| near + at);
    let mut calls = brackets.filter_map(|at| {
        let called = without_call(line.first(at));
        (called.len() < at).then_some((called, line.skip(at + 1)))
    });
    let (called, leads) = calls.next()?;
    leads.trim().bytes().iter().all(leads_on).then_some(called)
}

/// What stands before the sign that a line ends with, but for what leads to the name.
fn signed<'b>(head: Part<'b>, leads: Part<'b>) -> Option<Part<'b>> {
    let strip = |sign: &[u8]| {
        let length = head.len().checked_sub(sign.len())?;
        head.skip(length).bytes().eq_ignore_ascii_case(sign).then(|| head.first(length))
    };
    match head.bytes().last()? {
        b'=' => ["===", "!==", "==", "!="].iter().find_map(|sign| strip(sign.as_bytes())),
        // What an arrow ends with leads to a name as well.
        b'<' if leads.bytes().starts_with(b">") => strip(b"<"),
        b'q' | b'Q' => strip(b" eq"),
        _ => None,
    }
}

/// What stands before the comma that a line ends with, where it is the first argument of a call that compares.
fn first_argument(head: Part<'_>) -> Option<Part<'_>> {
    let argument = head.first(head.bytes().strip_suffix(b",")?.len()).trim();
    // Lists are written with commas, too: without a string there is nothing to ask.
    let string = matches!(argument.bytes().last()?, b'"' | b'\'' | b')');
    let inside = string.then(|| call_in(argument))??;
    memchr::memchr(b',', inside.bytes()).is_none().then_some(argument)
}

/// Between sign and name stands what leads to it: `$_POST['`, `[]byte(`.
fn leads_on(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.$[]('\"@&*:>".contains(byte)
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
            "\"V\".equals( req.getParameter(\"pw",
            "\"V\" eq pw",
            "'V'<>pw",
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
