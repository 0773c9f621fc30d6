//! A text as a shell puts its words together: `'one'"two"` is `onetwo`. What is found in it stands over the quotes.

use std::ops::Range;

use super::{Hit, Needles};

/// A text without its quotes, and where each byte of it stood.
pub struct Joined {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Joined {
    /// The readings of a text that has quotes: as a shell reads it, and without any quote, for what is cut out of a script or
    /// quoted once more. There is none of a text without quotes.
    #[must_use]
    pub fn of(text: &[u8]) -> Vec<Self> {
        if memchr::memchr3(b'\'', b'"', b'\\', text).is_none() {
            return Vec::new();
        }
        vec![Self::keeping(text, kept_by_shell(text)), Self::keeping(text, kept_of_all(text))]
    }

    fn keeping(text: &[u8], places: Vec<usize>) -> Self {
        let bytes = places.iter().filter_map(|place| text.get(*place)).copied().collect();
        Self { bytes, places }
    }

    /// The words as they are put together.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the pieces of a stretch of these words stand in the text; none where it is one piece, which is found as it is.
    #[must_use]
    pub fn over_quotes(&self, span: &Range<usize>) -> Option<Range<usize>> {
        let first = *self.places.get(span.start)?;
        let last = *self.places.get(span.end.checked_sub(1)?)?;
        (last - first >= span.len()).then_some(first..last + 1)
    }

    /// What is found only here, with the place that it has in the text.
    pub(super) fn hits(&self, needles: &Needles) -> Vec<Hit> {
        let placed = |hit: Hit| Some(Hit { span: self.over_quotes(&hit.span)?, ..hit });
        needles.all(&self.bytes).into_iter().filter_map(placed).collect()
    }
}

/// The places of all bytes that a shell passes on.
fn kept_by_shell(text: &[u8]) -> Vec<usize> {
    let mut kept = Vec::with_capacity(text.len());
    let (mut quote, mut at) = (None, 0);
    while let Some(byte) = text.get(at) {
        let next = text.get(at + 1);
        match (quote, byte) {
            (Some(open), _) if open == *byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(*byte),
            (None, b'$') if matches!(next, Some(b'\'' | b'"')) => {}
            (None | Some(b'"'), b'\\') => {
                let breaks = matches!(next, Some(b'\n'));
                let escapes = quote.is_none() || matches!(next, Some(b'$' | b'`' | b'"' | b'\\'));
                kept.extend((!escapes && !breaks).then_some(at));
                kept.extend((escapes && !breaks && next.is_some()).then_some(at + 1));
                at += usize::from(escapes || breaks);
            }
            _ => kept.push(at),
        }
        at += 1;
    }
    kept
}

/// The places of all bytes that are no quotes, and no escapes of them.
fn kept_of_all(text: &[u8]) -> Vec<usize> {
    let mark = |byte: Option<&u8>| matches!(byte, Some(b'\'' | b'"' | b'\\'));
    let left_out = |at: usize| {
        let byte = text.get(at);
        let opens = byte == Some(&b'$') && matches!(text.get(at + 1), Some(b'\'' | b'"'));
        let continued =
            byte == Some(&b'\n') && at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'\\');
        mark(byte) || opens || continued
    };
    (0..text.len()).filter(|at| !left_out(*at)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::MASK;
    use super::*;

    fn masked(value: &str, text: &str) -> String {
        Needles::new(std::iter::once((String::new(), value.as_bytes()))).unwrap().mask(text)
    }

    #[test]
    fn a_value_in_pieces_is_masked_from_its_first_to_its_last_byte() {
        let value = "hunter22-orchid";
        for text in [
            "echo 'hunter22'\"-orchid\" && x",
            "echo hunter\"22-or\"'chid' && x",
            "echo 'hunter22'$'-orchid' && x",
            "echo \"hunter\"\\\n'22-orchid' && x",
            "echo h\\unter22-orchid && x",
            "it's \\\"hunter22\\\"'-orchid' && x",
        ] {
            let masked = masked(value, text);
            assert!(
                masked.contains(MASK) && !masked.contains("hunter") && !masked.contains("chid"),
                "{masked}"
            );
            assert!(masked.ends_with(" && x"), "{masked}");
        }
        assert_eq!(masked("a\"bcdefg\\h", "x 'a\"bcd'efg\"\\\\h\" y"), format!("x '{MASK}\" y"));
    }

    #[test]
    fn words_beside_each_other_are_not_joined() {
        let text = "echo 'hunter22' \"-orchid\"";
        assert_eq!(masked("hunter22-orchid", text), text);
        assert_eq!(masked("hunter22", "echo 'hunter22'\"-\""), format!("echo '{MASK}'\"-\""));
    }
}
