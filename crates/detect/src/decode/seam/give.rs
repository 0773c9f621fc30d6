//! How a decoder hands over what it finds, and what ends it.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;

use super::{Budget, Limit, Siblings};

/// Takes what a decoder finds in a container.
pub trait Members {
    /// One member: its name inside the container (`config/db.properties`, `commit 1f0c…`, `table users`; empty for the
    /// one thing inside, as of gzip) and its content. It need not be read to the end. An error while reading is
    /// told to [`Members::unread`] by the decoder; the receiver merely stops reading. Break ends the decoder.
    ///
    /// A name comes from the container: it may hold anything, a secret too.
    fn member(&mut self, name: &str, body: &mut dyn Read) -> ControlFlow<()>;

    /// Something inside was not read; an empty name is the container itself, or what was left of it. The detail is for
    /// a person and holds nothing of the content.
    fn unread(&mut self, name: &str, why: Unread, detail: &str);

    /// What the image may still cost.
    fn budget(&self) -> Budget;

    /// What the other members of the container around this one said, if it is a member.
    fn siblings(&self) -> Option<&Siblings> {
        None
    }

    /// The path of the container, with those around it; empty where it has none.
    fn path(&self) -> String {
        String::new()
    }
}

/// Why something inside a container was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Only a password opens it.
    Encrypted,
    /// A method or version that is not read here.
    Unsupported,
    /// Not what its format allows.
    Damaged,
    /// It ends before its end.
    Truncated,
    /// A limit of ours.
    Limit(Limit),
}

/// What ends a decoder before the end of its container.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Whoever has to know, knows.
    Enough,
    /// Something that is still to be told.
    Fault(Unread, String),
}

impl Stop {
    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::Fault(Unread::Damaged, detail.into())
    }

    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::Fault(Unread::Unsupported, detail.into())
    }
}

impl Stop {
    /// Lets damage pass, of which the reading that follows tells; a limit stays.
    pub(crate) fn beyond_limits(self) -> Result<(), Self> {
        if matches!(self, Self::Fault(Unread::Limit(_), _) | Self::Enough) { Err(self) } else { Ok(()) }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if is_told(&error) {
            return Self::Enough;
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Fault(Unread::Truncated, "it ends before its end".into()),
            _ => Self::damaged(error.to_string()),
        }
    }
}

impl From<Limit> for Stop {
    fn from(limit: Limit) -> Self {
        Self::Fault(Unread::Limit(limit), format!("limit: {limit}"))
    }
}

/// The error of a reader whose fault is told already: decoders inside decoders do not tell it again.
#[derive(Debug)]
struct Told;

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the container around it could not be read further")
    }
}

impl Error for Told {}

fn is_told(error: &io::Error) -> bool {
    let mut source = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    while let Some(inner) = source {
        if inner.is::<Told>() || inner.downcast_ref::<io::Error>().is_some_and(is_told) {
            return true;
        }
        source = inner.source();
    }
    false
}

/// How the handing over of a member ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing went wrong, whether or not all was read.
    Well,
    /// Its content ended in an error, which is told.
    Broken,
}

/// Hands over a member on the budget.
pub(crate) fn give(members: &mut dyn Members, name: &str, body: &mut dyn Read) -> Result<Ending, Stop> {
    let budget = members.budget();
    hand(members, name, Metered { body, budget, given: 0, taken: None, stop: None })
}

/// Hands over a member that is decompressed from `taken` bytes: on the budget, and within the ratio.
pub(crate) fn unpack(
    members: &mut dyn Members,
    name: &str,
    body: &mut dyn Read,
    taken: &Cell<u64>,
) -> Result<Ending, Stop> {
    let budget = members.budget();
    hand(members, name, Metered { body, budget, given: 0, taken: Some(taken), stop: None })
}

/// Tells of a member that cannot be handed over, on the budget all the same: a container may list any number of them.
pub(crate) fn leave(members: &mut dyn Members, name: &str, why: Unread, detail: &str) -> Result<(), Stop> {
    take_one(members, name)?;
    members.unread(name, why, detail);
    Ok(())
}

/// Takes one member from the budget. That there were too many is told of the first that is not read.
fn take_one(members: &mut dyn Members, name: &str) -> Result<(), Stop> {
    members.budget().take_member().map_err(|limit| {
        members.unread(name, Unread::Limit(limit), &format!("limit: {limit}"));
        Stop::Enough
    })
}

fn hand(members: &mut dyn Members, name: &str, mut body: Metered<'_>) -> Result<Ending, Stop> {
    take_one(members, name)?;
    let flow = members.member(name, &mut body);
    let ending = match body.stop {
        None => Ending::Well,
        Some(Stop::Enough) => Ending::Broken,
        Some(Stop::Fault(why, detail)) => {
            members.unread(name, why, &detail);
            if why == Unread::Limit(Limit::Decoded) {
                return Err(Stop::Enough);
            }
            Ending::Broken
        }
    };
    if flow.is_break() { Err(Stop::Enough) } else { Ok(ending) }
}

/// The content of a member as its receiver reads it.
struct Metered<'a> {
    body: &'a mut dyn Read,
    budget: Budget,
    given: u64,
    taken: Option<&'a Cell<u64>>,
    stop: Option<Stop>,
}

impl Metered<'_> {
    fn account(&mut self, count: usize) -> Result<(), Limit> {
        let count = count as u64;
        self.given = self.given.saturating_add(count);
        self.budget.take(count)?;
        self.taken.map_or(Ok(()), |taken| self.budget.ratio(taken.get(), self.given))
    }

    fn fail(&mut self, stop: Stop) -> io::Error {
        self.stop = Some(stop);
        io::Error::other(Told)
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_some() {
            return Err(io::Error::other(Told));
        }
        match self.body.read(buffer) {
            Ok(count) => match self.account(count) {
                Ok(()) => Ok(count),
                Err(limit) => Err(self.fail(limit.into())),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.fail(error.into())),
        }
    }
}

/// Reads on the budget what a receiver left of a member that is decompressed from `taken` bytes.
pub(crate) fn drain(body: &mut dyn Read, budget: &Budget, taken: u64) -> Result<(), Stop> {
    let mut given = 0_u64;
    let mut chunk = [0; 8 << 10];
    loop {
        let count = super::fill(body, &mut chunk)? as u64;
        given = given.saturating_add(count);
        budget.take(count)?;
        budget.ratio(taken, given)?;
        if count < chunk.len() as u64 {
            return Ok(());
        }
    }
}
