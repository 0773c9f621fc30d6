//! A receipt: what was done to see whether a build keeps its secrets, and what came of it.
//!
//! It holds no value: neither one that was made up, nor one that the user gave.

mod receipt;

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::format::Style;
use crate::place::words;
use crate::{DockerfileLine, Finding, Gap, Read, Tool};

pub use receipt::write as write_text;

/// The name of the form that machines read.
pub const SCHEMA: &str = "tightlip.proof/1";

words! {
    /// What became of a secret, and of the whole.
    Answer {
        /// It was looked for everywhere and stands nowhere.
        Kept = "kept",
        /// It stands somewhere.
        Leaks = "leaks",
        /// It was not found, but something could not be built or read.
        Unproven = "unproven",
    }
}

words! {
    /// The way in which a build gets a secret.
    Way {
        /// `RUN --mount=type=secret`.
        Mount = "secret-mount",
        /// `ARG`.
        Argument = "build-argument",
        /// `RUN --mount=type=ssh`.
        Ssh = "ssh-mount",
    }
}

words! {
    /// Where the value came from that the build was given.
    Origin {
        /// It was made up for this run.
        MadeUp = "made-up",
        /// The user gave it.
        Given = "given",
    }
}

/// What was done and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Who did it, with which rules.
    pub tool: Tool,
    /// What it is about.
    pub subject: Subject,
    /// What the Dockerfile takes, and what became of each.
    pub secrets: Vec<Proven>,
    /// What was built.
    pub builds: Vec<Built>,
    /// The build that leaks on purpose.
    pub control: Control,
    /// The forms in which each value was looked for.
    pub forms: Vec<String>,
    /// What ran in the place of steps: the user's word for it that they do nothing else with a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stubs: Vec<Stub>,
    /// What nobody looked at.
    pub not_covered: Vec<String>,
    /// What should have been read and was not.
    pub gaps: Vec<Gap>,
    /// Secrets that came from elsewhere, such as a base image: a scan tells them.
    pub other_findings: u64,
    /// What stays behind, and how to remove it.
    pub left: Vec<String>,
}

/// What a proof is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The build context.
    pub context: String,
    /// The Dockerfile.
    pub dockerfile: String,
    /// Its digest.
    pub dockerfile_digest: String,
    /// The stage that was asked for; none: all of them.
    pub target: Option<String>,
    /// The platforms that were asked for; none: the builder's own.
    pub platforms: Vec<String>,
    /// The builder and its version.
    pub builder: String,
}

/// A secret that a Dockerfile takes, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The id of the mount, or the name of the argument.
    pub name: String,
    /// How the build gets it.
    pub way: Way,
    /// Whether the build fails without it.
    pub required: bool,
    /// What the value looked like: its kind and length.
    pub shape: String,
    /// Where the value came from.
    pub origin: Origin,
    /// The instructions that take it.
    pub taken_by: Vec<DockerfileLine>,
    /// What became of it.
    pub answer: Answer,
    /// Where it stands.
    pub leaks: Vec<Leak>,
    /// Why it could not be shown that it is kept.
    pub doubts: Vec<Doubt>,
}

/// A place where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// The target whose build it was.
    pub target: String,
    /// What stands there: the value, its SHA-256, a part of it.
    pub form: String,
    /// Where, and what brought it there.
    pub finding: Finding,
}

/// A reason why a secret is neither kept nor leaked for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What happened.
    pub reason: String,
    /// Where in the Dockerfile, if it was a step.
    pub dockerfile: Option<DockerfileLine>,
    /// The last lines that the step wrote, values masked.
    pub output: Vec<String>,
    /// What to do.
    pub help: String,
}

/// A command that ran in the place of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stub {
    /// The step.
    pub dockerfile: DockerfileLine,
    /// What stands there.
    pub instruction: String,
    /// What ran.
    pub command: String,
}

/// A build that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// The stage that was built.
    pub target: String,
    /// The stages that it is made of.
    pub stages: Vec<String>,
    /// The digest of the result; none if the build failed.
    pub digest: Option<String>,
    /// The platforms of the result.
    pub platforms: Vec<String>,
    /// What of the build was read.
    pub searched: Vec<String>,
    /// How much that was.
    pub read: Read,
}

/// The build that leaks on purpose: what it planted must be found by the same search, else the search proves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// The digest of its result.
    pub digest: Option<String>,
    /// The leaks that were found.
    pub found: Vec<String>,
    /// The leaks that were missed: one is enough to make the proof void.
    pub missed: Vec<String>,
    /// What it could not plant, and why.
    pub note: Option<String>,
}

impl Control {
    /// Whether everything that was planted was found.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.missed.is_empty() && !self.found.is_empty()
    }
}

impl Proof {
    /// What became of the whole: the worst of all. A proof whose control was not caught proves nothing, but what it
    /// found still leaks.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let has = |answer: Answer| self.secrets.iter().any(|secret| secret.answer == answer);
        if has(Answer::Leaks) {
            Answer::Leaks
        } else if self.secrets.is_empty() {
            Answer::Kept
        } else if has(Answer::Unproven) || !self.gaps.is_empty() || !self.control.holds() {
            Answer::Unproven
        } else {
            Answer::Kept
        }
    }
}

#[derive(Serialize)]
struct Document<'p> {
    schema: &'static str,
    answer: Answer,
    #[serde(flatten)]
    proof: &'p Proof,
}

/// Writes the form that machines read, [`SCHEMA`].
///
/// # Errors
/// When writing fails.
pub fn write_json(proof: &Proof, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let document = Document { schema: SCHEMA, answer: proof.answer(), proof };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}
