//! The words that a name is made of, in whatever way it is spelled.

/// Longest name that is judged.
pub(super) const LONGEST: usize = 120;

/// The words of a name in lower case, digits of their own and letters that are none of ours left out. They are asked for at every second line of some
/// files, so they take no memory of their own.
pub(super) struct Words {
    letters: [u8; LONGEST],
    /// Where each word ends in `letters`.
    ends: [u8; LONGEST],
    pub(super) count: usize,
}

impl Words {
    /// Of a name up to [`LONGEST`].
    pub(super) fn of(name: &[u8]) -> Self {
        let mut words = Self { letters: [0; LONGEST], ends: [0; LONGEST], count: 0 };
        let mut length = 0_u8;
        let mut before = 0_u8;
        for (i, &b) in name.iter().take(LONGEST).enumerate() {
            let after = name.get(i + 1).copied().unwrap_or_default();
            let camel = b.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
            if b.is_ascii() && !b.is_ascii_alphabetic() || camel {
                words.end(length);
            }
            if let Some(letter) =
                words.letters.get_mut(usize::from(length)).filter(|_| b.is_ascii_alphabetic())
            {
                *letter = b.to_ascii_lowercase();
                length += 1;
            }
            before = b;
        }
        words.end(length);
        words
    }

    fn end(&mut self, length: u8) {
        let before = self.count.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
        if let Some(end) = self.ends.get_mut(self.count).filter(|_| length > before) {
            *end = length;
            self.count += 1;
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index).filter(|_| index < self.count)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        std::str::from_utf8(self.letters.get(usize::from(start)..usize::from(end))?).ok()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        (0..self.count).filter_map(|index| self.get(index))
    }
}
