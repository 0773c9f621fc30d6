//! Small ways to hold a container and to write a member's text.

use std::io::Read;

use super::{Limit, Members, Stop};

/// Reads a whole container into memory, for formats that cannot be read as a stream.
pub(crate) fn hold(body: &mut dyn Read, members: &dyn Members) -> Result<Vec<u8>, Stop> {
    match hold_or_begin(body, members)? {
        Held::Whole(file) => Ok(file),
        Held::Begun(_) => Err(Limit::Held.into()),
    }
}

/// What could be held of a container.
pub(crate) enum Held {
    /// All of it.
    Whole(Vec<u8>),
    /// Its beginning: there is more than may be held.
    Begun(Vec<u8>),
}

/// Reads as much of a container into memory as may be.
pub(crate) fn hold_or_begin(body: &mut dyn Read, members: &dyn Members) -> Result<Held, Stop> {
    let most = members.budget().limits().held;
    let mut held = Vec::new();
    // A damaged source still has its beginning.
    let outcome = body.take(most.saturating_add(1)).read_to_end(&mut held);
    if held.len() as u64 > most {
        return Ok(Held::Begun(held));
    }
    match outcome {
        Err(error) if held.is_empty() => Err(error.into()),
        _ => Ok(Held::Whole(held)),
    }
}

/// The text of a name in a container.
pub(crate) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Text of several pieces, one a line; a piece with line breaks keeps them.
pub(crate) fn flat<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut lines = Vec::new();
    for piece in pieces {
        lines.extend_from_slice(piece);
        lines.push(b'\n');
    }
    lines
}
