//! Pieces of text, any of which a value may hold: they are looked for together.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Pieces to look for. The search for them is prepared when it is first needed.
pub(super) struct Pieces {
    all: &'static [&'static str],
    search: OnceLock<Option<AhoCorasick>>,
}

impl Pieces {
    pub(super) const fn new(all: &'static [&'static str]) -> Self {
        Self { all, search: OnceLock::new() }
    }

    /// Whether one of them stands in a text.
    pub(super) fn stand_in(&self, text: &[u8]) -> bool {
        match self.search.get_or_init(|| AhoCorasick::new(self.all).ok()) {
            Some(search) => search.is_match(text),
            // There were too many for one search.
            None => self.all.iter().any(|piece| memchr::memmem::find(text, piece.as_bytes()).is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_piece_is_found_anywhere() {
        static PIECES: Pieces = Pieces::new(&["${", "getenv(", "`"]);
        for (text, found) in
            [("a${b}", true), ("`", true), ("x = getenv('a')", true), ("getenv", false), ("", false)]
        {
            assert_eq!(PIECES.stand_in(text.as_bytes()), found, "{text}");
        }
    }
}
