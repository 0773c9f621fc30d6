//! What is to be read, and who reads it: tasks are taken for a time, finished once, and set aside when they fail.
//!
//! The result of a task is a pure function of the blob and the setting. So it does no harm if two read the same blob:
//! the first result is kept, and the second is the same.

use tightlip_engine::apart::{Need, Part, Rank, Role};
use tightlip_image::Digest;

use crate::error::StateError;

/// How often a task is tried before it is set aside.
pub const TRIES: i64 = 3;

/// How often the run may end while a task is being read. More than [`TRIES`]: whoever ends a run hits blobs that have
/// done nothing.
pub const DEATHS: i64 = 5;

/// A blob that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which, and as what.
    pub need: Need,
    /// The repository that has it: registry and name.
    pub repository: String,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read(Part),
    /// The registry does not have it.
    Absent,
    /// It failed, and another try may not. What was read of it, if anything was, counts when no try is left.
    Failed(String, Option<Part>),
}

/// What a task is after it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is done.
    Done,
    /// It will be tried again.
    Again,
    /// It was tried often enough.
    Aside,
}

/// Which tasks are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Documents only: they are small, leak most, and tell what else there is.
    Papers,
    /// All, documents first.
    Any,
}

/// Whoever takes tasks, until when.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Who.
    pub worker: String,
    /// The time now, in seconds.
    pub now: i64,
    /// Until when nobody else may take them.
    pub until: i64,
}

/// How much is left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Blobs that are to be read, as far as manifests say.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Images that are to be settled.
    pub images: u64,
    /// Those of the blobs that can be read now.
    pub due: u64,
}

impl Left {
    /// Whether everything is done.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.due == 0 && self.images == 0
    }
}

/// Tasks, each once for each setting. Implementations are safe to use from many threads.
pub trait Queue: Send + Sync {
    /// Notes what manifests say that images are made of. Nobody takes it before an image needs it; but who reads a blob
    /// reads it as everything that it is noted for.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn note(&self, tasks: &[Task]) -> Result<(), StateError>;

    /// Adds what an image needs. A task that is known already is not added again.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn add(&self, image: i64, tasks: &[Task]) -> Result<(), StateError>;

    /// Takes the next tasks: documents first, then by rank, small before large, those that ended a run last. With each
    /// comes what else the same blob is to be read as.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn claim(&self, lease: &Lease, which: Which, most: usize) -> Result<Vec<Task>, StateError>;

    /// Takes an image that lacks nothing.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn claim_image(&self, lease: &Lease) -> Result<Option<i64>, StateError>;

    /// Tells that a worker is still at work with all that it took.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn beat(&self, lease: &Lease) -> Result<(), StateError>;

    /// Gives back what a worker took and has not begun: the run ends because somebody wants it to.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn give_back(&self, worker: &str) -> Result<(), StateError>;

    /// Writes down how a task ended, with what came of it, at once.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn finish(&self, task: &Task, outcome: &Outcome) -> Result<Settled, StateError>;

    /// Gives back what was taken by workers that are gone: those whose time ran out by `now`. A task that ended its
    /// worker too often is set aside.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn recover(&self, now: i64) -> Result<u64, StateError>;

    /// How much is left.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn left(&self) -> Result<Left, StateError>;
}

/// The number that a rank is ordered by.
#[must_use]
pub(crate) fn rank_number(rank: Rank) -> i64 {
    match rank {
        Rank::Paper => 0,
        Rank::Copied => 1,
        Rank::Rest => 2,
    }
}

/// The rank of a number.
#[must_use]
pub(crate) fn rank_of(number: i64) -> Rank {
    match number {
        0 => Rank::Paper,
        1 => Rank::Copied,
        _ => Rank::Rest,
    }
}

/// Digest and role as a database has them.
pub(crate) fn need_key(digest: &str, role: &str) -> Result<(Digest, Role), StateError> {
    let damaged = || StateError::Damaged(format!("a blob `{digest}` read as `{role}`"));
    let digest = Digest::parse(digest).map_err(|_| damaged())?;
    Ok((digest, Role::named(role).ok_or_else(damaged)?))
}
