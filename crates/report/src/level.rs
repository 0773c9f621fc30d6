//! How bad a finding is, and how sure we are of it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Known test material, things to know: never fails a build.
    Note,
    /// May leak: counts under `--strict`.
    Warn,
    /// A leak: decides the verdict.
    Deny,
}

/// How sure the rule is that the bytes are a secret of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Looks like one.
    Low,
    /// Probably one.
    Medium,
    /// The format, the checksum or the place leaves no doubt.
    High,
}

impl Level {
    /// The word that reports and configuration use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

impl Confidence {
    /// The word that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A word that is no level.
#[derive(Debug)]
pub struct ParseLevelError(String);

impl std::fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a level: use deny, warn or note", self.0)
    }
}

impl std::error::Error for ParseLevelError {}

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "note" => Ok(Self::Note),
            "warn" => Ok(Self::Warn),
            "deny" => Ok(Self::Deny),
            other => Err(ParseLevelError(other.to_owned())),
        }
    }
}
