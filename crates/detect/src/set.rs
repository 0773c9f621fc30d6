//! Sets of bytes: the alphabets that token templates are made of.

/// A set of byte values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Set([u64; 4]);

/// The named alphabets of the template grammar, as ranges.
const CLASSES: &[(&str, &[(u8, u8)])] = &[
    ("base62", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    ("alnum", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    ("alpha", &[(b'A', b'Z'), (b'a', b'z')]),
    ("lower", &[(b'a', b'z')]),
    ("upper", &[(b'A', b'Z')]),
    ("digits", &[(b'0', b'9')]),
    ("hex", &[(b'0', b'9'), (b'a', b'f')]),
    ("HEX", &[(b'0', b'9'), (b'A', b'F')]),
    ("xhex", &[(b'0', b'9'), (b'a', b'f'), (b'A', b'F')]),
    ("b36", &[(b'0', b'9'), (b'a', b'z')]),
    ("B36", &[(b'0', b'9'), (b'A', b'Z')]),
    ("b32", &[(b'2', b'7'), (b'a', b'z')]),
    ("B32", &[(b'2', b'7'), (b'A', b'Z')]),
    // Base58 leaves out what people confuse: 0, O, I and l.
    ("b58", &[(b'1', b'9'), (b'A', b'H'), (b'J', b'N'), (b'P', b'Z'), (b'a', b'k'), (b'm', b'z')]),
    ("b64", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z'), (b'+', b'+'), (b'/', b'/')]),
    ("b64u", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z'), (b'-', b'-'), (b'_', b'_')]),
    ("word", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z'), (b'_', b'_')]),
];

impl Set {
    /// The set without members.
    pub(crate) const EMPTY: Self = Self([0; 4]);
    /// Letters, digits and the underscore.
    pub(crate) const WORD: Self = Self([0x03ff_0000_0000_0000, 0x07ff_fffe_87ff_fffe, 0, 0]);

    /// These bytes.
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        let mut words = [0; 4];
        let mut at = 0;
        while at < bytes.len() {
            words[(bytes[at] >> 6) as usize] |= 1 << (bytes[at] & 63);
            at += 1;
        }
        Self(words)
    }

    /// All bytes that are no members.
    pub(crate) fn without(&self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// An alphabet by its name in templates.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (_, ranges) = CLASSES.iter().find(|(known, _)| *known == name)?;
        let mut set = Self::EMPTY;
        for (first, last) in *ranges {
            set.add(*first, *last);
        }
        Some(set)
    }

    /// The inside of `[…]`: ranges `A-Z` and single bytes; `-` first or last is itself.
    pub(crate) fn listed(list: &[u8]) -> Option<Self> {
        let mut set = Self::EMPTY;
        let mut rest = list;
        loop {
            match rest {
                [] => break,
                [first, b'-', last, tail @ ..] => {
                    if first > last {
                        return None;
                    }
                    set.add(*first, *last);
                    rest = tail;
                }
                [one, tail @ ..] => {
                    set.add(*one, *one);
                    rest = tail;
                }
            }
        }
        (set != Self::EMPTY).then_some(set)
    }

    /// Adds a range, both ends included.
    pub(crate) fn add(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
    }

    /// Whether a byte is a member.
    #[inline]
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }

    /// Members of either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut both = *self;
        for (mine, theirs) in both.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        both
    }

    /// Members of both.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let mut both = *self;
        for (mine, theirs) in both.0.iter_mut().zip(other.0) {
            *mine &= theirs;
        }
        both
    }

    /// Whether a byte is a member of both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// The members, ascending.
    pub(crate) fn members(&self) -> Vec<u8> {
        (0..=u8::MAX).filter(|byte| self.has(*byte)).collect()
    }

    /// How many bytes from the start of `bytes` are members, at most `limit`.
    pub(crate) fn run(&self, bytes: &[u8], limit: usize) -> usize {
        bytes.iter().take(limit).take_while(|byte| self.has(**byte)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_set_is_the_word_class() {
        assert_eq!(Set::named("word"), Some(Set::WORD));
    }

    #[test]
    fn a_dash_at_an_end_of_a_list_is_itself() {
        for list in ["A-Z0-9-", "-A-Z0-9"] {
            let set = Set::listed(list.as_bytes()).unwrap();
            assert!(set.has(b'-') && set.has(b'Q') && set.has(b'5') && !set.has(b'q'), "{list}");
        }
        assert_eq!(Set::listed(b"z-a"), None);
        assert_eq!(Set::listed(b""), None);
    }
}
