//! What is found in a member or in an encoded stretch, with the names of what is around it.

use std::ops::Range;

use super::{Link, Shared, joined};
use crate::decode::text::percent;
use crate::setting::weigh_inside;
use crate::{Encoded, Hint, Match, Secret, Sink, Skipped};

/// The encodings of text around some bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    /// Outermost first.
    pub(super) undone: &'a [&'static str],
    /// Where the outermost stands in the text.
    pub(super) place: Option<Place>,
    /// That text, and where it stands in it.
    pub(super) text: Option<(Hint<'a>, &'a [u8], &'a Range<usize>)>,
}

impl<'a> Around<'a> {
    /// The outermost, as it stands in the text.
    fn stretch(&self) -> Option<&'a [u8]> {
        self.text.and_then(|(_, bytes, span)| bytes.get(span.clone()))
    }

    /// The same with its place, and what is found in it as it stands there.
    pub(super) fn encoded<'b>(&self, said: &'b [u8], members: usize) -> Option<Encoded<'b>>
    where
        'a: 'b,
    {
        let (place, stretch) = self.place.zip(self.stretch())?;
        let (span, bytes) = (place.start..place.end, Secret::new(stretch));
        let (line, said) = (place.line, Secret::new(said));
        Some(Encoded { span, line, bytes, members, undone: self.undone, said })
    }
}

/// Where an encoded stretch stands in the text around it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) line: u64,
}

/// Passes matches on with the members and encodings around them.
pub(super) struct Relay<'r, 'd> {
    pub(super) shared: &'r Shared<'d>,
    pub(super) chain: &'r [Link],
    /// As in `Dig`.
    pub(super) encoded: Option<&'r Encoded<'r>>,
    pub(super) around: Around<'r>,
}

impl Relay<'_, '_> {
    /// Whether it is the password of a URL that was read before its percent signs were undone.
    fn is_told(&self, found: &Match<'_>) -> bool {
        let Some(stretch) = self.around.stretch().filter(|_| self.around.undone == ["percent"]) else {
            return false;
        };
        let place = usize::try_from(found.span.start).unwrap_or(usize::MAX);
        found.rule.id == "url-password" && percent::is_in_login(stretch, place)
    }

    /// Whether it is told as all of a file, and is what one word of many says in another encoding: lists of passwords that
    /// everybody tries have them by the thousand.
    fn is_a_piece(&self, found: &Match<'_>) -> bool {
        found.rule.id == "secret-file"
            && self.around.text.is_some_and(|(_, bytes, span)| {
                span.len().saturating_mul(4) < bytes.trim_ascii().len().saturating_mul(3)
            })
    }
}

impl Sink for Relay<'_, '_> {
    fn hit(&mut self, found: &Match<'_>) {
        // What a file is called is no news about an encoded stretch in it.
        if !self.around.undone.is_empty() && found.span.is_empty() {
            return;
        }
        if self.is_told(found) || self.is_a_piece(found) {
            return;
        }
        let mut found = found.clone();
        if let Some((hint, bytes, span)) = self.around.text {
            weigh_inside((&hint, bytes), span, &mut found);
        }
        let said = found.span.end.saturating_sub(found.span.start);
        let said = usize::try_from(said).ok().and_then(|said| found.before.checked_add(said));
        let said = said.and_then(|end| found.around.expose().get(found.before..end)).unwrap_or_default();
        found.encoded = self.encoded.cloned().or_else(|| self.around.encoded(said, self.chain.len()));
        found.decoded_from.splice(0..0, self.around.undone.iter().copied());
        if let Some(encoded) = self.encoded {
            found.decoded_from.splice(0..0, encoded.undone.iter().copied());
        }
        if let Some(encoded) = &found.encoded {
            (found.span, found.line) = (encoded.span.clone(), encoded.line);
        }
        found.member = joined(self.chain, None);
        found.opened = self.chain.iter().map(|link| link.decoder).collect();
        self.shared.tell(|sink| sink.hit(&found));
    }

    fn gap(&mut self, mut gap: Skipped) {
        gap.member = joined(self.chain, None).or(gap.member);
        self.shared.tell(|sink| sink.gap(gap));
    }
}
