//! The body of a file, as a stream.

use std::io::{self, Read};

use tightlip_detect::decode::Budget;
use tightlip_detect::{Counted, Hint, Scanner};
use tightlip_image::Entry;
use tightlip_report::Surface;

use crate::sighting::{Eye, Spot};

/// What looking needs.
#[derive(Clone, Copy)]
pub(crate) struct With<'w> {
    pub(crate) scanner: &'w Scanner,
    /// What containers inside files may still cost.
    pub(crate) budget: &'w Budget,
}

/// Looks through a body that is in memory.
pub(crate) fn read_held(entry: &Entry, body: &[u8], with: With<'_>, eye: &mut Eye<'_>) -> u64 {
    eye.turn(Spot::entry(Surface::File, entry));
    with.scanner.deep((Hint::File(&entry.path), body), with.budget, eye)
}

/// Looks through a body. The path is only a hint: it never decides that bytes go unread.
pub(crate) fn read(
    entry: &Entry,
    body: &mut dyn Read,
    with: With<'_>,
    eye: &mut Eye<'_>,
) -> io::Result<Counted> {
    eye.turn(Spot::entry(Surface::File, entry));
    with.scanner.deep_stream((Hint::File(&entry.path), body), with.budget, eye)
}
