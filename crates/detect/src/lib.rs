//! From bytes to secrets. This room does not know where bytes come from.
//!
//! A [`Scanner`] is made of a [`RuleSet`]. It takes bytes with a [`Hint`] of what they are and gives every
//! [`Match`] to a [`Sink`]. A match borrows the secret from the buffer as [`Secret`], a type that cannot be
//! printed or stored by accident.

mod check;
mod context;
pub mod decode;
mod file;
mod finder;
mod key;
mod rule;
mod secret;
mod text;

pub use check::{CHECKS, Check, Outcome, aws_account_id};
pub use finder::{Example, FINDERS, Finder, Found};
pub use rule::Rule;
pub use secret::Secret;
pub use text::{Hint, Text};
