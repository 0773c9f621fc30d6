//! What a proof is asked to be about, as one value.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use tightlip_detect::PackText;
use tightlip_report::GapKind;
use zeroize::Zeroizing;

use crate::build::Environment;
use crate::identity::IdentityKey;
use crate::request::DockerfileText;

/// A proof.
#[derive(Clone, Debug)]
pub struct ProveRequest {
    /// The build context.
    pub context: PathBuf,
    /// Where the Dockerfile lies.
    pub dockerfile_path: PathBuf,
    /// The Dockerfile, under the name that the receipt uses.
    pub dockerfile: DockerfileText,
    /// The stage to build; none: all of them.
    pub target: Option<String>,
    /// The platforms; none: the builder's own.
    pub platforms: Vec<String>,
    /// Build arguments as the user gave them.
    pub arguments: BTreeMap<String, String>,
    /// Build arguments that are secret though their names do not say so.
    pub secret_arguments: Vec<String>,
    /// Values that the user gives for secrets, by id.
    pub secrets: Vec<GivenSecret>,
    /// Commands that run in the place of steps, by a line of the step.
    pub stubs: Vec<(u64, String)>,
    /// Options that are passed on to the builder as they are.
    pub options: Vec<OsString>,
    /// The environment of the builder: it says where buildx keeps its notes.
    pub environment: Environment,
    /// The words that start a process which tidies up when this one is killed: see [`crate::build::Guard`]. Nobody does without.
    pub caretaker: Vec<OsString>,
    /// Gaps that are accepted.
    pub allowed_gaps: Vec<GapKind>,
    /// Where private folders are made.
    pub below: PathBuf,
    /// Rule packs, for what else stands in the results.
    pub rules: Vec<PackText>,
    /// The key of the identities.
    pub key: IdentityKey,
}

/// A value that the user gives for a secret. It cannot be printed.
#[derive(Clone)]
pub struct GivenSecret {
    /// The id of the secret.
    pub id: String,
    /// Its value.
    pub value: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for GivenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GivenSecret({}, {} bytes)", self.id, self.value.len())
    }
}

impl ProveRequest {
    /// A proof about a Dockerfile and its context, with everything at its default. Private folders are made below a path.
    #[must_use]
    pub fn new(
        context: PathBuf,
        (path, dockerfile): (PathBuf, DockerfileText),
        (below, key): (PathBuf, IdentityKey),
    ) -> Self {
        Self {
            context,
            dockerfile_path: path,
            dockerfile,
            target: None,
            platforms: Vec::new(),
            arguments: BTreeMap::new(),
            secret_arguments: Vec::new(),
            secrets: Vec::new(),
            stubs: Vec::new(),
            options: Vec::new(),
            environment: Environment::default(),
            caretaker: Vec::new(),
            allowed_gaps: Vec::new(),
            below,
            rules: Vec::new(),
            key,
        }
    }
}
