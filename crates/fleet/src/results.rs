//! What a sweep knows: images, their tags, what was read of their blobs, and what came of it.

use serde::{Deserialize, Serialize};
use tightlip_engine::apart::{Known, Part, Role, Root};
use tightlip_image::Digest;
use tightlip_report::Report;

use crate::error::StateError;
use crate::judge::Judgement;

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    None,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    /// The text, empty if it is none.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The number, 0 if it is none.
    #[must_use]
    pub fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            _ => 0,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// An image as the enumeration came upon it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where its description begins.
    pub root: Root,
    /// All manifests and indexes of it.
    pub manifests: Vec<Digest>,
}

/// One image of a sweep.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its number.
    pub id: i64,
    /// What the enumeration knows.
    pub seen: Seen,
}

/// What came of an image.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The report, as it was seen.
    pub report: Report,
    /// What the policy makes of it.
    pub judgement: Judgement,
    /// Its blobs, each with the platform that has it.
    pub holds: Vec<(Digest, String)>,
}

/// Something that could not be listed, so that there may be images that nobody knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The repository, or the registry.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Keeps what a sweep knows. Implementations are safe to use from many threads.
pub trait Results: Send + Sync {
    /// Begins a run: what was set aside is tried again, unless it ended runs. Gives the number of the run.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn begin(&self, host: &str, now: i64) -> Result<i64, StateError>;

    /// Ends a run.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn end(&self, run: i64, now: i64) -> Result<(), StateError>;

    /// The image of that digest.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn image(&self, repository: &str, digest: &Digest) -> Result<Option<Image>, StateError>;

    /// An image by its number.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn image_numbered(&self, id: i64) -> Result<Image, StateError>;

    /// Writes down an image that was seen in a run. If anything about it is new it is to be settled again.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn see(&self, seen: &Seen, run: i64, now: i64) -> Result<i64, StateError>;

    /// Writes down that a tag names an image.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn tag(&self, tag: (&str, &str), image: i64, when: (i64, i64)) -> Result<(), StateError>;

    /// Images of a repository that no tag of this run names.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn unseen(&self, repository: &str, run: i64) -> Result<Vec<Image>, StateError>;

    /// Writes down that an image is not there any more.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn gone(&self, image: i64, now: i64) -> Result<(), StateError>;

    /// Writes down what could not be listed.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn trouble(&self, run: i64, trouble: &Trouble) -> Result<(), StateError>;

    /// What is known of a blob.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn known(&self, digest: &Digest, role: Role) -> Result<Option<Known>, StateError>;

    /// Keeps what was read of a blob that was no task.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn keep(&self, digest: &Digest, role: Role, part: &Part) -> Result<(), StateError>;

    /// Writes down what came of an image, all at once.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn settle(&self, image: i64, settlement: &Settlement, when: (i64, i64)) -> Result<(), StateError>;

    /// Images that no policy or another one judged, at most so many, with their reports.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn unjudged(&self, mark: &str, most: usize) -> Result<Vec<(i64, Report)>, StateError>;

    /// Writes down what a policy makes of images, all at once.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn judge(&self, judged: &[(i64, Judgement)]) -> Result<(), StateError>;

    /// Writes down that an image could not be described.
    ///
    /// # Errors
    /// When the state cannot be written.
    fn fail(&self, image: i64, reason: &str) -> Result<(), StateError>;

    /// The rows that a question gives. Questions are SQL that SQLite and PostgreSQL both take, with `$1`, `$2` … in
    /// the order of the values.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn rows(&self, question: &str, values: &[Cell]) -> Result<Vec<Vec<Cell>>, StateError>;
}
