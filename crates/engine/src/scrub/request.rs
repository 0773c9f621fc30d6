//! What a scrub is asked to do, as one value.

use tightlip_report::{GapKind, Level};

use super::change::Map;
use crate::request::Request;

/// A scrub.
#[derive(Clone, Debug)]
pub struct ScrubRequest {
    /// The scan that finds what is to go. The image is its target.
    pub scan: Request,
    /// Which of the findings go.
    pub select: Select,
    /// What becomes of a file with a secret in a compressed member.
    pub nested: Nested,
    /// What earlier scrubs made: layers that would become the same are taken from there.
    pub made: Map,
    /// Kinds of gaps that may stay: what was not read cannot be proven clean.
    pub accept_gaps: Vec<GapKind>,
}

/// What is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// Findings from this level upwards, unless something is named.
    pub counts: Level,
    /// Findings by their fingerprint. Every other place of the same value goes too.
    pub findings: Vec<String>,
    /// Files and directories, whatever is in them.
    pub paths: Vec<String>,
}

impl Default for Select {
    fn default() -> Self {
        Self { counts: Level::Deny, findings: Vec::new(), paths: Vec::new() }
    }
}

impl Select {
    /// Whether only what is named goes.
    pub(crate) fn is_narrow(&self) -> bool {
        !self.findings.is_empty() || !self.paths.is_empty()
    }
}

/// What becomes of a file that holds a secret in a compressed member: its bytes cannot be masked in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nested {
    /// Nothing is written; the plan says why.
    #[default]
    Refuse,
    /// The whole file goes.
    Drop,
}
