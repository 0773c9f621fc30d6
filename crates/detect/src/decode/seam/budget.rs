//! What one image may cost: limits as values, and how much of them is used up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::beside::Beside;
use crate::memo::Memo;

/// How much may be decoded. Hitting one of these is told as [`Unread::Limit`](super::Unread::Limit), by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes handed to receivers, over all containers and levels of nesting.
    pub decoded: u64,
    /// Members handed to receivers.
    pub members: u64,
    /// Containers inside each other. Kept by whoever nests: decoders know one level only.
    pub depth: u32,
    /// Bytes out for one byte in, of one compressed stream.
    pub ratio: u64,
    /// Bytes out of one compressed stream before its ratio counts.
    pub grace: u64,
    /// Bytes that one decoder may hold in memory, where a format cannot be read as a stream.
    pub held: u64,
    /// Bodies in which nothing was found that are remembered, so that they are not read again; 0: none. Never a gap.
    pub remembered: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            decoded: 16 << 30,
            members: 4_000_000,
            depth: 8,
            // Deflate cannot exceed 1,032 and logs full of repetition come close, so only large outputs count.
            ratio: 1_000,
            grace: 64 << 20,
            held: 256 << 20,
            // About forty bytes each.
            remembered: 1 << 18,
        }
    }
}

/// The limit that was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::decoded`].
    Decoded,
    /// [`Limits::members`].
    Members,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::ratio`].
    Ratio,
    /// [`Limits::held`].
    Held,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decoded => "decoded-bytes",
            Self::Members => "members",
            Self::Depth => "depth",
            Self::Ratio => "ratio",
            Self::Held => "held-bytes",
        })
    }
}

/// The budget of one image, with what was read on it. Clones share it, between threads too.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Purse>, Arc<Beside>);

#[derive(Debug)]
struct Purse {
    limits: Limits,
    decoded: AtomicU64,
    members: AtomicU64,
    memo: Memo,
}

impl Budget {
    /// A budget of which nothing is used up.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let purse =
            Purse { limits, decoded: AtomicU64::new(0), members: AtomicU64::new(0), memo: Memo::default() };
        Self(Arc::new(purse), Arc::default())
    }

    /// The same budget for one layer: what its files say for each other says nothing for those of another one, which may
    /// be read before or after it.
    #[must_use]
    pub fn for_layer(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::default())
    }

    /// What the files of the layer say for each other.
    pub(crate) fn beside(&self) -> &Beside {
        &self.1
    }

    /// The limits it was made of.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Bytes decoded so far.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.0.decoded.load(Ordering::Relaxed)
    }

    /// The bodies that hold nothing.
    pub(crate) fn memo(&self) -> &Memo {
        &self.0.memo
    }

    /// Takes bytes, or says that too many were taken.
    pub(crate) fn take(&self, bytes: u64) -> Result<(), Limit> {
        let before = self.0.decoded.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.0.limits.decoded { Err(Limit::Decoded) } else { Ok(()) }
    }

    /// Takes one member, or says that too many were taken.
    pub(crate) fn take_member(&self) -> Result<(), Limit> {
        let before = self.0.members.fetch_add(1, Ordering::Relaxed);
        if before >= self.0.limits.members { Err(Limit::Members) } else { Ok(()) }
    }

    /// Whether a compressed stream that took and gave so many bytes is still thinkable.
    pub(crate) fn ratio(&self, taken: u64, given: u64) -> Result<(), Limit> {
        let Limits { ratio, grace, .. } = self.0.limits;
        if given > grace && given > taken.saturating_mul(ratio) { Err(Limit::Ratio) } else { Ok(()) }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}
