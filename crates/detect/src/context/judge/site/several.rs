//! Names and values in lists of their own: `user, password = "bob", "x"`, `const [password, setPassword] = useState("x")`.

use super::super::literal;
use super::{Written, blank};
use crate::read::Part;

/// How long the list of names may be on either side, in bytes.
const LONGEST: usize = 120;

/// The value at the place that the name has among the names.
pub(super) fn several<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    // Most names stand in no list.
    match blank(rest).bytes().first()? {
        b',' | b')' | b']' | b':' => {}
        b'=' if is_behind_comma(before) => {}
        _ => return None,
    }
    let (index, opened) = place(before)?;
    let head = rest.first(LONGEST).while_(is_of_names);
    let values = blank(rest.after(&head).strip("=")?);
    let closes = head.bytes().iter().filter(|b| matches!(b, b')' | b']')).count();
    let joined = index > 0 || head.bytes().contains(&b',');
    if closes != usize::from(opened) || !joined || matches!(values.bytes().first(), Some(b'=' | b'>')) {
        return None;
    }
    nth(values, index)
}

fn is_behind_comma(before: Part<'_>) -> bool {
    let bytes = before.bytes();
    bytes.strip_suffix(b"$").unwrap_or(bytes).trim_ascii_end().ends_with(b",")
}

fn is_of_names(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b',' | b' ' | b':' | b')' | b']' | b'$' | b'?' | b'@')
}

/// How many names stand before, and whether in a bracket.
fn place(before: Part<'_>) -> Option<(usize, bool)> {
    let near = before.skip(before.len().saturating_sub(LONGEST)).bytes();
    let line = near.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let open = line.iter().rposition(|b| matches!(b, b'(' | b'['));
    let names = line.get(open.map_or(0, |n| n + 1)..).unwrap_or_default();
    let plain = names.iter().all(|b| is_of_names(*b) && !matches!(b, b')' | b']') || *b == b'\t');
    plain.then(|| (names.iter().filter(|b| **b == b',').count(), open.is_some()))
}

/// The literal at a place of a list; the first also where a call makes it.
fn nth(values: Part<'_>, index: usize) -> Option<Part<'_>> {
    let mut rest = ["(", "[", "pair("].iter().find_map(|open| values.strip(open)).unwrap_or(values);
    for _ in 0..index {
        let (_, value) = literal::value(rest).filter(|(written, _)| *written == Written::Quoted)?;
        let after = Part::between(rest.whole(), value.span().end + 1..rest.span().end);
        rest = blank(blank(after).strip(",")?);
    }
    literal::value(rest).filter(|(written, _)| *written == Written::Quoted).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        let at = text.find("password").unwrap();
        let (before, rest) = Part::of(text.as_bytes()).cut_at(b"password").unwrap();
        assert_eq!(before.len(), at);
        several(before, rest).map(|value| String::from_utf8_lossy(value.bytes()).into_owned())
    }

    #[test]
    fn the_value_has_the_place_of_its_name() {
        for text in [
            "user, password = \"bob\", \"x\"",
            "user, password := \"bob\", \"x\"",
            "my ($user, $password) = ('bob', 'x');",
            "const [password, setPassword] = useState('x');",
            "let login: (user: String, password: String) = (\"bob\", \"x\")",
            "val (user, password) = Pair(\"bob\", \"x\")",
            "password, user = 'x', 'bob'",
        ] {
            assert_eq!(value(text).as_deref(), Some("x"), "{text}");
        }
    }

    #[test]
    fn lists_of_arguments_are_none_of_names() {
        for text in [
            "def login(password, host=\"x\"):",
            "login(user, password, host = 'x')",
            "if (user, password) == (\"bob\", \"x\")",
            "user, password = read(\"x\")",
            "(user, password) => \"x\"",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
