//! What is known about a kind of secret, apart from how it is recognised.

use tightlip_report::{Confidence, Level};

/// A kind of secret: the words that a person needs when one is found.
///
/// Rules live as long as the program: built-in ones are part of it, loaded ones are read once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case identifier, stable for ever: `github-pat`.
    pub id: &'static str,
    /// `GitHub personal access token (classic)`.
    pub title: &'static str,
    /// Who issues it, or the program whose file it stands in.
    pub provider: &'static str,
    /// What somebody can do who holds it, in one sentence.
    pub why: &'static str,
    /// Where it is revoked or rotated.
    pub rotate: Option<&'static str>,
    /// Where the format is stated.
    pub source: Option<&'static str>,
    /// How much a match counts unless the match itself says otherwise.
    pub level: Level,
    /// How sure a match is unless the match itself says otherwise.
    pub confidence: Confidence,
}

impl Rule {
    /// A rule that fails a build, for finders that are written in code.
    #[must_use]
    pub const fn new(id: &'static str, title: &'static str, why: &'static str) -> Self {
        Self {
            id,
            title,
            provider: "",
            why,
            rotate: None,
            source: None,
            level: Level::Deny,
            confidence: Confidence::High,
        }
    }

    /// The same with a provider or program.
    #[must_use]
    pub const fn of(mut self, provider: &'static str) -> Self {
        self.provider = provider;
        self
    }

    /// The same with a link to where it is rotated.
    #[must_use]
    pub const fn rotate(mut self, link: &'static str) -> Self {
        self.rotate = Some(link);
        self
    }

    /// The same with the source of the format.
    #[must_use]
    pub const fn source(mut self, link: &'static str) -> Self {
        self.source = Some(link);
        self
    }

    /// The same at another level and confidence.
    #[must_use]
    pub const fn at(mut self, level: Level, confidence: Confidence) -> Self {
        self.level = level;
        self.confidence = confidence;
        self
    }
}
