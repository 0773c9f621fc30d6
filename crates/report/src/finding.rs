//! A leak on paper: everything about it except the secret.

use serde::{Deserialize, Serialize};

use crate::{Confidence, Level, Place};

/// A leak, safe to print and to store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Rule and place: stable across rebuilds, for baselines.
    pub fingerprint: String,
    /// Keyed HMAC of the value: the same secret has the same identity.
    pub identity: String,
    /// The rule that found it.
    pub rule: String,
    /// What it is, in words.
    pub title: String,
    /// How much it counts.
    pub level: Level,
    /// How much its rule counts, where what was seen around it made it count less: it is as its package shipped it, a key
    /// that everybody has, a placeholder. A policy sets how much rules count, and lifts no such finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered_from: Option<Level>,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The public part of the value and its measure: `ghp_…, 40 characters, checksum holds`.
    pub shape: String,
    /// The leak mechanism: an identifier that `tightlip explain` knows.
    pub mechanism: String,
    /// Where it lies.
    pub place: Place,
    /// The instruction that put it there.
    pub introduced_by: Option<Introduced>,
    /// How anyone with the image gets it back, as a command with public tools.
    pub recover: String,
    /// What to do.
    pub remedy: Remedy,
    /// The encodings that were undone to see it, outermost first.
    pub decoded_from: Vec<String>,
    /// The lines that it stands on, where they are text that people edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
}

impl Finding {
    /// Lets it count at most so much, and remembers how much it counted.
    pub fn lower(&mut self, to: Level) {
        self.lowered_from.get_or_insert(self.level);
        self.level = self.level.min(to);
    }

    /// Lets it count as a policy says. What lowered it still does.
    pub fn set(&mut self, level: Level) {
        self.level = if self.lowered_from.is_some() { self.level.min(level) } else { level };
    }
}

/// Lines of a text file, with what a finding is about marked. Values in them are masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Excerpt {
    /// The text, without the last line end.
    pub text: String,
    /// Its first line, from 1.
    pub line: u64,
    /// What is marked: from this byte of `text`,
    pub start: usize,
    /// to before this one.
    pub end: usize,
    /// What to say beside the mark.
    pub label: String,
}

/// The instruction that brought the bytes into the image. Values in it are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Introduced {
    /// Position in `history[]`.
    pub history_index: Option<usize>,
    /// The instruction as the history states it, values masked.
    pub instruction: Option<String>,
    /// Where it is written, when a Dockerfile was given.
    pub dockerfile: Option<DockerfileLine>,
}

/// A line of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DockerfileLine {
    /// The file as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
}

/// What to do about a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remedy {
    /// The fix in one or two sentences.
    pub summary: String,
    /// A command that helps, where there is one.
    pub command: Option<String>,
    /// Where the provider lets one rotate it.
    pub rotate: Option<String>,
}

/// A finding that the policy allows. It is still counted in every output.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Allowed {
    /// Which finding.
    pub fingerprint: String,
    /// Why it is allowed.
    pub reason: String,
    /// The file and line that allow it.
    pub by: String,
    /// The last day on which it is allowed, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The finding itself.
    pub finding: Box<Finding>,
}
