//! The body of a file, as a stream.

use std::io::{self, Read};

use tightlip_detect::{Counted, Hint, Scanner};
use tightlip_image::Entry;
use tightlip_report::Surface;

use crate::sighting::{Eye, Spot};

/// Looks through a body that is in memory.
pub(crate) fn read_held(entry: &Entry, body: &[u8], scanner: &Scanner, eye: &mut Eye<'_>) {
    eye.turn(Spot::entry(Surface::File, entry));
    scanner.bytes(Hint::File(&entry.path), body, eye);
}

/// Looks through a body. The path is only a hint: it never decides that bytes go unread.
pub(crate) fn read(
    entry: &Entry,
    body: &mut dyn Read,
    scanner: &Scanner,
    eye: &mut Eye<'_>,
) -> io::Result<Counted> {
    eye.turn(Spot::entry(Surface::File, entry));
    scanner.stream(Hint::File(&entry.path), body, eye)
}
