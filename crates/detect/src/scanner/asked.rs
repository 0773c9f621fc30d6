//! What is known of the finders in one stretch of bytes: which want it, and where their keywords stand.
//!
//! What a hint alone decides is remembered for as long as the hint is the same: a file full of escapes or small members
//! is many stretches.

use crate::Hint;

/// Answers about a hint, and keywords in the bytes.
#[derive(Default)]
pub(super) struct Asked {
    of: Option<Subject>,
    /// Whether a finder wants these bytes; asked at its first keyword, for most bytes have none.
    wants: Vec<Option<bool>>,
    /// The finders without keywords that want these bytes.
    whole: Option<Vec<usize>>,
    /// The rules whose word stands in the name or path.
    named: Option<Vec<usize>>,
    /// For each finder, where its keywords stand.
    at: Vec<Vec<usize>>,
    /// The finders with keywords in these bytes.
    met: Vec<usize>,
}

/// A hint that outlives its bytes.
#[derive(PartialEq, Eq)]
enum Subject {
    File(Vec<u8>),
    Named(String),
    Text,
}

impl Subject {
    fn is(&self, hint: &Hint<'_>) -> bool {
        match (self, hint) {
            (Self::File(known), Hint::File(path)) => known == path,
            (Self::Named(known), Hint::Named(name)) => known == name,
            (Self::Text, Hint::Text) => true,
            _ => false,
        }
    }

    fn of(hint: &Hint<'_>) -> Self {
        match hint {
            Hint::File(path) => Self::File(path.to_vec()),
            Hint::Named(name) => Self::Named((*name).to_owned()),
            Hint::Text => Self::Text,
        }
    }
}

impl Asked {
    /// Turns to other bytes, for so many finders.
    pub(super) fn turn(&mut self, hint: &Hint<'_>, finders: usize) {
        for finder in self.met.drain(..) {
            self.at.get_mut(finder).into_iter().for_each(Vec::clear);
        }
        self.at.resize_with(finders, Vec::new);
        if !self.of.as_ref().is_some_and(|known| known.is(hint)) {
            self.of = Some(Subject::of(hint));
            self.wants.clear();
            (self.whole, self.named) = (None, None);
        }
        self.wants.resize(finders, None);
    }

    /// A keyword of a finder stands somewhere; `wants` asks the finder.
    pub(super) fn keyword(&mut self, finder: usize, place: usize, wants: impl FnOnce() -> bool) {
        let Some((answer, at)) = self.wants.get_mut(finder).zip(self.at.get_mut(finder)) else { return };
        if *answer.get_or_insert_with(wants) {
            if at.is_empty() {
                self.met.push(finder);
            }
            at.push(place);
        }
    }

    /// The rules that the name or path calls, in order; `find` finds them out.
    pub(super) fn named(&mut self, find: impl FnOnce() -> Vec<usize>) -> &[usize] {
        self.named.get_or_insert_with(find)
    }

    /// Brings the places in order and adds the finders that look at the whole; `find` finds them out.
    pub(super) fn close(&mut self, find: impl FnOnce() -> Vec<usize>) {
        let whole = self.whole.get_or_insert_with(find);
        for finder in &self.met {
            if let Some(at) = self.at.get_mut(*finder) {
                at.sort_unstable();
                at.dedup();
            }
        }
        self.met.extend_from_slice(whole);
        self.met.sort_unstable();
    }

    /// The finders to ask, in their order, with the places of their keywords.
    pub(super) fn finders(&self) -> impl Iterator<Item = (usize, &[usize])> {
        self.met.iter().map(|finder| (*finder, self.at.get(*finder).map_or(&[][..], Vec::as_slice)))
    }
}
