//! What a lint is asked to do, as one value.

use std::collections::HashMap;
use std::path::PathBuf;

use tightlip_detect::PackText;

use crate::identity::IdentityKey;

/// Texts by the paths of their files.
pub type Held = HashMap<PathBuf, Vec<u8>>;

/// A lint.
#[derive(Clone, Debug)]
pub struct LintRequest {
    /// What to look at.
    pub inputs: Vec<Input>,
    /// Rule packs whose rules are searched for besides the built-in ones.
    pub rules: Vec<PackText>,
    /// Texts that count in the place of what lies on the disk: what an editor holds, or what a fix makes of a file.
    pub held: Held,
    /// Which directories the builds are sent.
    pub contexts: Contexts,
    /// Whose build contexts are read.
    pub focus: Focus,
    /// How many files are read at once.
    pub jobs: usize,
    /// The key of the identities.
    pub key: IdentityKey,
}

/// Which directory a build is sent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Contexts {
    /// The one that the Dockerfile lies in, or the nearest above it that holds everything it names.
    #[default]
    Found,
    /// This one.
    In(PathBuf),
    /// It is not looked at: only texts are.
    Unread,
}

/// Whose build contexts are read: an editor asks about one file, and the others are there to be understood with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Focus {
    /// Those of all Dockerfiles.
    #[default]
    All,
    /// Those of the first file.
    First,
}

/// Something to look at.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file, or a directory and what lies below it.
    Path(PathBuf),
    /// A text that an editor holds.
    Text {
        /// The name of the file that it is or will be.
        name: String,
        /// Where that file lies: what lies around it is looked at too.
        path: Option<PathBuf>,
        /// What it holds.
        bytes: Vec<u8>,
    },
}

impl LintRequest {
    /// A lint of these inputs with everything at its default.
    #[must_use]
    pub fn new(inputs: Vec<Input>, key: IdentityKey) -> Self {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            inputs,
            rules: Vec::new(),
            held: Held::new(),
            contexts: Contexts::default(),
            focus: Focus::default(),
            jobs,
            key,
        }
    }
}
