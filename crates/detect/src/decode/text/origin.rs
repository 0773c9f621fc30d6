//! Where in an encoded stretch something stands that it says: of a URL with percent signs only the password has to be masked.

use std::ops::Range;

use super::{escapes, percent};

/// Takes the bytes of a piece of what a stretch says, with its place there: as many bytes from there on, or one byte or
/// character that is encoded.
pub(super) type Said<'s> = dyn FnMut(usize, &[u8]) + 's;

/// Every place in a stretch that says this when the encodings are undone, outermost first; none where one of them says
/// nothing of a single place.
pub(crate) fn origins(encodings: &[&str], stretch: &[u8], said: &[u8]) -> Vec<Range<usize>> {
    let mut whole = Traced { bytes: stretch.to_vec(), places: (0..=stretch.len()).collect() };
    for encoding in encodings {
        let each = match *encoding {
            "percent" => percent::each,
            "escapes" => escapes::each,
            _ => return Vec::new(),
        };
        whole = whole.undone(each);
    }
    if said.is_empty() {
        return Vec::new();
    }
    let found = memchr::memmem::find_iter(&whole.bytes, said);
    found.filter_map(|at| whole.place(at..at.checked_add(said.len())?)).collect()
}

/// What a stretch says, with the place of each byte, and of the end.
struct Traced {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Traced {
    fn undone(&self, each: impl Fn(&[u8], &mut Said<'_>)) -> Self {
        let mut undone = Self { bytes: Vec::new(), places: Vec::new() };
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        each(&self.bytes, &mut |at, bytes| {
            let as_it_is = self.bytes.get(at..).is_some_and(|rest| rest.starts_with(bytes));
            undone.bytes.extend_from_slice(bytes);
            let steps = (0..bytes.len()).map(|step| if as_it_is { at.saturating_add(step) } else { at });
            undone.places.extend(steps.map(place));
        });
        undone.places.extend(self.places.last());
        undone
    }

    /// From the place of the first byte to the one behind the last: a character may be several bytes of one place.
    fn place(&self, span: Range<usize>) -> Option<Range<usize>> {
        let last = self.places.get(span.end.checked_sub(1)?)?;
        let end = self.places.get(span.end..)?.iter().find(|place| *place > last)?;
        Some(*self.places.get(span.start)?..*end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'s>(encodings: &[&str], stretch: &'s str, said: &str) -> Vec<&'s str> {
        let found = origins(encodings, stretch.as_bytes(), said.as_bytes());
        found.into_iter().map(|place| stretch.get(place).unwrap()).collect()
    }

    #[test]
    fn what_is_said_is_found_as_it_is_written() {
        let url = "https://h/?a=1&pw=ki%20es%25el&b=%41&pw2=ki%20es%25el";
        assert_eq!(places(&["percent"], url, "ki es%el"), ["ki%20es%25el"; 2]);
        assert_eq!(places(&["percent"], url, "A"), ["%41"]);
        assert_eq!(places(&["percent", "percent"], "next=a%253Dkies%2525", "=kies%"), ["%253Dkies%2525"]);
        let text = r"k=ki\u00e9s\x41\:el\nx";
        assert_eq!(places(&["escapes"], text, "ki\u{e9}sA:el"), [text.get(2..text.len() - 3).unwrap()]);
    }

    #[test]
    fn nothing_is_told_of_other_encodings() {
        assert!(places(&["base64"], "kiesel", "kiesel").is_empty());
        assert!(places(&["percent", "base64"], "kiesel", "kiesel").is_empty());
        assert!(places(&["percent"], "kiesel", "").is_empty());
        assert!(places(&["percent"], "kiesel", "fasan").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn what_stands_there_says_it(text in "[a%\\\\u0-9é]{0,40}", from in 0..40_usize, length in 1..8_usize) {
            for (name, each) in [("percent", percent::each as fn(&[u8], &mut Said<'_>)), ("escapes", escapes::each)] {
                let undo = |bytes: &[u8]| {
                    let mut all = Vec::new();
                    each(bytes, &mut |_, bytes| all.extend_from_slice(bytes));
                    all
                };
                let whole = undo(text.as_bytes());
                let Some(said) = whole.get(from..from + length) else { continue };
                let found = origins(&[name], text.as_bytes(), said);
                proptest::prop_assert!(!found.is_empty());
                for place in found {
                    let there = undo(&text.as_bytes()[place]);
                    proptest::prop_assert!(memchr::memmem::find(&there, said).is_some());
                }
            }
        }
    }
}
