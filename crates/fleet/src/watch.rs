//! What a sweep tells while it works.

use std::time::Duration;

use serde::Serialize;

use crate::queue::Left;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run began.
    Began {
        /// Its number.
        run: i64,
        /// What is swept.
        host: String,
    },
    /// A repository was listed.
    Listed {
        /// Which.
        repository: String,
        /// How many tags it has.
        tags: usize,
    },
    /// Something could not be listed, or an image not be read.
    Trouble {
        /// Which.
        place: String,
        /// Why.
        reason: String,
    },
    /// Everything is listed.
    Enumerated {
        /// How many images were seen.
        images: usize,
    },
    /// A blob was read.
    Read {
        /// Which.
        digest: String,
        /// Its bytes as stored.
        bytes: u64,
    },
    /// A blob could not be read.
    Failed {
        /// Which.
        digest: String,
        /// Why.
        reason: String,
        /// Whether it will be tried again.
        again: bool,
    },
    /// An image has its verdict.
    Settled {
        /// Which.
        image: String,
        /// `clean`, `leaking` or `unproven`.
        verdict: String,
    },
    /// How far the work is, every few seconds.
    Left {
        /// Blobs that are to be read.
        blobs: u64,
        /// Their bytes.
        bytes: u64,
        /// Images that are to be settled.
        images: u64,
        /// How fast it goes.
        bytes_per_second: u64,
        /// How long it will take, where that can be said.
        seconds: Option<u64>,
    },
    /// A run is over.
    Ended {
        /// Blobs that were read in it.
        blobs: u64,
        /// Their bytes.
        bytes: u64,
    },
}

/// How far the work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is left. Before everything is listed, more may come.
    pub left: Left,
    /// How many bytes a second are read.
    pub bytes_per_second: u64,
    /// How long the rest will take, where that can be said.
    pub rest: Option<Duration>,
}

/// Somebody who watches a sweep.
pub trait Watch: Sync {
    /// Something happened.
    fn tell(&self, _event: &Event) {}

    /// More bytes of a blob came.
    fn bytes(&self, _bytes: u64) {}

    /// How far the work is now.
    fn stands(&self, _standing: &Standing) {}

    /// Whether the sweep shall end. What was begun is given back and is read by the next run.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Watch for Nobody {}
