//! What a lint is asked to do, as one value.

use std::path::PathBuf;

use tightlip_detect::PackText;

use crate::identity::IdentityKey;

/// A lint.
#[derive(Clone, Debug)]
pub struct LintRequest {
    /// What to look at.
    pub inputs: Vec<Input>,
    /// Rule packs whose rules are searched for besides the built-in ones.
    pub rules: Vec<PackText>,
    /// How many files are read at once.
    pub jobs: usize,
    /// The key of the identities.
    pub key: IdentityKey,
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
        /// What it holds.
        bytes: Vec<u8>,
    },
}

impl LintRequest {
    /// A lint of these inputs with everything at its default.
    #[must_use]
    pub fn new(inputs: Vec<Input>, key: IdentityKey) -> Self {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        Self { inputs, rules: Vec::new(), jobs, key }
    }
}
