//! What every decoder leans on: the budget, the way to hand over a member, readers that keep count, byte fields.

mod beside;
mod budget;
mod bytes;
mod give;
#[cfg(test)]
pub(crate) mod law;
mod member;
mod pump;
mod reader;
mod siblings;

pub use budget::{Budget, Limit, Limits};
pub(crate) use bytes::Bytes;
pub(crate) use give::{Ending, Stop, drain, give, leave, unpack};
pub use give::{Members, Unread};
pub(crate) use member::{Held, flat, hold, hold_or_begin, text};
pub(crate) use pump::Pump;
pub(crate) use reader::{Counted, Exactly, fill, skip};
pub use siblings::Siblings;
