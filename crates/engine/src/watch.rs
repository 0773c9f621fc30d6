//! What a run tells while it works, and how it is told to stop.

use crate::builder::Broom;

/// Somebody who watches a run: a progress bar, a service, nobody.
pub trait Watch: Sync {
    /// The target did not say what kind of source it is: it is taken for this one, and why.
    fn guessed(&self, _scheme: &str, _why: &str) {}

    /// A longer piece of work begins: what it is, in words.
    fn doing(&self, _what: &str) {}

    /// A folder was made that has to go when the run ends at once.
    fn keeps(&self, _broom: Broom) {}

    /// The work is known: so many layers, so many bytes as stored.
    fn begin(&self, _layers: usize, _bytes: u64) {}

    /// More bytes were read.
    fn read(&self, _bytes: u64) {}

    /// A layer is done.
    fn layer_done(&self) {}

    /// Whether the run shall end early. What was not read by then is a gap.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Watch for Quiet {}
