//! Compressed streams inside binary files of formats that nobody here knows: bodies in the caches of browsers and package managers,
//! repositories of Mercurial and Subversion, data of programs, what was caught on a network.
//!
//! Programs, pictures, sounds, films and fonts are not looked through.

mod head;
mod other;
mod window;

use std::cell::Cell;
use std::io::{self, Read};

use self::head::{Kind, Probe};
use self::window::Window;
use super::seam::{Ending, Members, Stop, drain, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Binary files that are no container.
pub(crate) static DECODER: Decoder =
    Decoder { name: "embedded", claims, open, tool: None, holds: Holds::Same };

/// Nothing that can be read has room in less.
const LEAST: usize = 20;

/// A length, a checksum and a date have room before a stream.
const NEAR: usize = 24;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.len() >= LEAST && !other::is_text(head) && !other::is_known(head)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    search(body, members)
}

/// Hands over every stream in a file. What only looked like one is passed over.
pub(super) fn search(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let taken = Cell::new(0);
    let mut window = Window::new(body, &taken);
    let mut probe = Probe::default();
    while let Some(kind) = window.seek()? {
        let ahead = window.ahead(kind.wants())?;
        let begins = probe.begins(kind, ahead);
        members.budget().take(probe.cost())?;
        if begins {
            stream(kind, &mut window, members)?;
        } else {
            window.past(1);
        }
    }
    Ok(())
}

/// So much of a stream shows what it is.
const BEGIN: usize = 64;
/// So much is unpacked at once.
const PIECE: usize = 2 << 10;

/// Whether a stream begins within the first few bytes, behind a length or a number.
pub(super) fn begins_near(bytes: &[u8]) -> bool {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    head::next(near, 0)
        .is_some_and(|(at, kind)| Probe::default().begins(kind, bytes.get(at..).unwrap_or_default()))
}

/// Hands over the stream that begins here, and stands behind it afterwards.
fn stream(kind: Kind, window: &mut Window<'_>, members: &mut dyn Members) -> Result<(), Stop> {
    let from = window.place();
    window.taken().set(0);
    let name = format!("{} at {from}", kind.name());
    if let Some(Stop::Fault(why, detail)) = hand(kind, &name, window, members)?.map(Stop::from) {
        members.unread(&name, why, &detail);
    }
    if window.place() == from {
        window.past(1);
    }
    Ok(())
}

/// Hands over a stream under a name; where it surely was one and broke off, what is wrong with it.
fn hand(
    kind: Kind,
    name: &str,
    window: &mut Window<'_>,
    members: &mut dyn Members,
) -> Result<Option<io::Error>, Stop> {
    let taken = window.taken();
    let mut gentle = Gentle { plain: kind.plain(window)?, given: 0, begin: Vec::new(), broken: None };
    if unpack(members, name, &mut gentle, taken)? == Ending::Well {
        drain(&mut gentle, &members.budget(), taken.get()).or_else(Stop::beyond_limits)?;
    }
    Ok(gentle.broken.filter(|_| kind.is_sure(&gentle.begin, gentle.given)))
}

/// What a stream says. Where it breaks off it is over: whether it was one is seen by how much came of it.
struct Gentle<'r> {
    plain: Box<dyn Read + 'r>,
    given: u64,
    /// The first of it.
    begin: Vec<u8>,
    broken: Option<io::Error>,
}

impl Read for Gentle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.broken.is_some() {
            return Ok(0);
        }
        // What came of one reading is lost with its error.
        let most = buffer.len().min(PIECE);
        let room = buffer.get_mut(..most).unwrap_or_default();
        match self.plain.read(room) {
            Ok(count) => {
                if self.begin.is_empty() {
                    self.begin.extend(room.iter().take(count.min(BEGIN)));
                }
                self.given = self.given.saturating_add(count as u64);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.broken = Some(error);
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests;
