//! A value that stands before its name: `{"value": "x", "name": "DB_PASSWORD"}`, `- value: x` above `name: DB_PASSWORD`.

use super::super::literal;
use super::Written;
use crate::read::Part;

/// How far before the name the value may begin, in bytes.
const BEFORE: usize = 300;

/// The value of a pair whose other half, `name: …`, ends what is given.
pub(super) fn value_before(before: Part<'_>) -> Option<(Written, Part<'_>)> {
    let near = before.skip(before.len().saturating_sub(BEFORE));
    let tight = near.trim_of(|b| matches!(b, b'"' | b'\'' | b':' | b'=' | b' '));
    let field = ["name", "key", "variable"].iter().find(|field| {
        let head = tight.bytes().len().checked_sub(field.len()).and_then(|n| tight.bytes().get(n..));
        head.is_some_and(|head| head.eq_ignore_ascii_case(field.as_bytes()))
    })?;
    let gap = tight.first(tight.len() - field.len());
    let other = memchr::memmem::rfind(gap.bytes(), b"value")?;
    let after = gap.skip(other + "value".len()).trim_of(|b| matches!(b, b'"' | b'\'' | b' '));
    let after = gap.skip(after.span().start - gap.span().start);
    let after = after.strip(":").or_else(|| after.strip("="))?;
    let (written, value) = literal::value(after.skip(after.while_(|b| b == b' ').len()))?;
    let between = Part::between(gap.whole(), value.span().end..gap.span().end);
    let joined = between.bytes().iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b','));
    joined.then_some((written, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_before_a_name_is_found() {
        for (text, expected) in [
            ("{\"value\": \"x\", \"name\": \"", Some("x")),
            ("  - value: \"x\"\n    name: ", Some("x")),
            ("<add value=\"x\" key=\"", Some("x")),
            ("{\"value\": \"x\"}, {\"name\": \"", None),
            ("  - name: HOST\n    value: x\n  - name: ", None),
            ("the value of the name ", None),
        ] {
            let found = value_before(Part::of(text.as_bytes()));
            let found = found.map(|(_, value)| String::from_utf8_lossy(value.bytes()).into_owned());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
