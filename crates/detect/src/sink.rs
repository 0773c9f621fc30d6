//! What a scanner gives: matches, and what it did not look into.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tightlip_report::{Confidence, Level};

use crate::decode::text::origins;
use crate::{Rule, Secret};

/// Takes what a scanner finds, in order of place.
pub trait Sink {
    /// A secret was found.
    fn hit(&mut self, found: &Match<'_>);

    /// Something was not looked into.
    fn gap(&mut self, gap: Skipped);

    /// The same inside of an encoded stretch of the input.
    fn gap_within(&mut self, gap: Skipped, _: &Encoded<'_>) {
        self.gap(gap);
    }
}

/// A secret, borrowed from the bytes that were scanned.
#[derive(Clone, Debug)]
pub struct Match<'b> {
    /// The kind.
    pub rule: &'static Rule,
    /// The value.
    pub secret: Secret<'b>,
    /// Where it, or its encoded form, stands in the whole input, in bytes.
    pub span: Range<u64>,
    /// The line on which it starts, from 1.
    pub line: u64,
    /// How much it counts.
    pub level: Level,
    /// How sure it is.
    pub confidence: Confidence,
    /// What may be said of the value in public: `ghp_…, 40 characters, checksum holds`.
    pub shape: String,
    /// Encodings undone, outermost first: `base64`.
    pub decoded_from: Vec<&'static str>,
    /// The chain of containers inside the input: `app.jar!/config/db.properties`.
    pub member: Option<String>,
    /// The decoders that opened those containers, one for each.
    pub opened: Vec<&'static str>,
    /// What stands around it, itself included, where it was seen.
    pub around: Secret<'b>,
    /// How many bytes of that stand before it.
    pub before: usize,
    /// What of the input holds it in an encoding of text; none where the value stands as it is.
    pub encoded: Option<Encoded<'b>>,
}

/// A stretch of the input that is written in an encoding of text.
#[derive(Clone, Debug)]
pub struct Encoded<'b> {
    /// Where it stands in the whole input, in bytes.
    pub span: Range<u64>,
    /// The line on which it starts, from 1.
    pub line: u64,
    /// The stretch as it stands there: whoever undoes the encoding has the secret.
    pub bytes: Secret<'b>,
    /// How many containers are around it.
    pub members: usize,
    /// The encodings of text around what was found, outermost first.
    pub(crate) undone: &'b [&'static str],
    /// What was found, as it stands when they are undone; empty where it is a part of a container.
    pub(crate) said: Secret<'b>,
}

impl Encoded<'_> {
    /// Where in the input stands what was found and nothing else; none where the encoding has no place for a part of what it
    /// says.
    #[must_use]
    pub fn places(&self) -> Vec<Range<u64>> {
        let at = |place: usize| self.span.start.saturating_add(u64::try_from(place).unwrap_or(u64::MAX));
        let places = origins(self.undone, self.bytes.expose(), self.said.expose());
        places.into_iter().map(|place| at(place.start)..at(place.end)).collect()
    }
}

/// Why the scanner did not look into something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A limit of ours.
    Limit,
    /// Only a password opens it.
    Encrypted,
    /// A method or version that is not read here.
    Unsupported,
    /// Not what its format allows.
    Damaged,
    /// It ends before its end.
    Truncated,
}

/// Something that the scanner did not look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Why.
    pub cause: Cause,
    /// The name of the limit, if it was one.
    pub limit: &'static str,
    /// For a person: what was not looked for, and where.
    pub what: String,
    /// How many bytes, where known.
    pub bytes: Option<u64>,
    /// The chain of containers inside the input, if it is about one.
    pub member: Option<String>,
}

impl Skipped {
    /// What was not looked for, with the limit that kept it from being.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self { limit, what, .. } = self;
        if limit.is_empty() { what.clone() } else { format!("{what} (limit `{limit}`)") }
    }
}
