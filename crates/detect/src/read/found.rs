//! How a finder says what it found.

use std::borrow::Cow;

use tightlip_report::{Confidence, Level};

use super::Part;
use crate::{Found, Rule};

impl<'b> Found<'b> {
    /// A value that stands in the text as it is.
    pub(crate) fn here(rule: &'static Rule, part: Part<'b>, shape: impl Into<String>) -> Self {
        Self {
            rule,
            secret: Cow::Borrowed(part.bytes()),
            span: part.span(),
            level: None,
            confidence: None,
            shape: shape.into(),
            decoded_from: &[],
        }
    }

    /// The same where the text holds it encoded.
    pub(crate) fn decoded(mut self, secret: Vec<u8>, from: &'static [&'static str]) -> Self {
        self.secret = Cow::Owned(secret);
        self.decoded_from = from;
        self
    }

    /// The same at another level and confidence than the rule's.
    pub(crate) fn at(mut self, level: Level, confidence: Confidence) -> Self {
        self.level = Some(level);
        self.confidence = Some(confidence);
        self
    }
}
