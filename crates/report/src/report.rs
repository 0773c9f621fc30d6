//! The report, and the verdict it leads to.

use serde::{Deserialize, Serialize};

use crate::{Allowed, Finding, Gap, GapKind, ImageOutline, Level};

/// What a run found and what it read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Who wrote the report.
    pub tool: Tool,
    /// What was looked at.
    pub target: Target,
    /// The leaks, most important first.
    pub findings: Vec<Finding>,
    /// What was not read and counts.
    pub gaps: Vec<Gap>,
    /// What was not read and the user accepts (`--allow-gaps`).
    pub accepted_gaps: Vec<Gap>,
    /// Findings that the policy allows.
    pub allowed: Vec<Allowed>,
    /// What the policy has to say for itself: what expired, what allows nothing.
    pub remarks: Vec<Remark>,
    /// The files of the policy that was applied.
    pub policy: Vec<String>,
    /// The images that were read, layer by layer.
    pub images: Vec<ImageOutline>,
    /// How much was read.
    pub read: Read,
}

/// Something to know about the policy that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The file and line it is about.
    pub by: String,
    /// What there is to know.
    pub text: String,
}

/// The tool that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `tightlip`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of the rules that were used.
    pub ruleset: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: "tightlip".into(), version: env!("CARGO_PKG_VERSION").into(), ruleset: String::new() }
    }
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As the user gave it.
    pub given: String,
    /// The image's name, where it has one.
    pub reference: Option<String>,
    /// The digest of the image or index.
    pub digest: Option<String>,
    /// The platforms that were read.
    pub platforms: Vec<String>,
}

/// How much was read. Bytes read and bytes in gaps together are the bytes of the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Images, one per platform.
    pub images: u64,
    /// Platforms.
    pub platforms: u64,
    /// Layers.
    pub layers: u64,
    /// Entries of layers: files, directories, links, whiteouts.
    pub entries: u64,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes that decoders and decompressors made of them.
    pub decoded_bytes: u64,
    /// Layers whose result was known from an earlier run.
    pub reused_layers: u64,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything was read and nothing leaks.
    Clean,
    /// Something leaks.
    Leaking,
    /// Nothing was found, but something was not read.
    Unproven,
}

impl Verdict {
    /// The word that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Leaking => "leaking",
            Self::Unproven => "unproven",
        }
    }
}

impl Report {
    /// The answer, where findings from `counts` upwards decide.
    #[must_use]
    pub fn verdict(&self, counts: Level) -> Verdict {
        if self.findings.iter().any(|f| f.level >= counts) {
            Verdict::Leaking
        } else if self.gaps.is_empty() {
            Verdict::Clean
        } else {
            Verdict::Unproven
        }
    }

    /// Moves the gaps of these kinds to those that the user accepts.
    pub fn accept_gaps(&mut self, kinds: &[GapKind]) {
        let (accepted, left) =
            std::mem::take(&mut self.gaps).into_iter().partition(|g| kinds.contains(&g.kind));
        self.gaps = left;
        self.accepted_gaps.extend::<Vec<Gap>>(accepted);
    }
}
