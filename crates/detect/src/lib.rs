//! From bytes to secrets. This room does not know where bytes come from.
//!
//! A [`Scanner`] is made of a [`RuleSet`]. It takes bytes with a [`Hint`] of what they are and gives every
//! [`Match`] to a [`Sink`]. A match borrows the secret from the buffer as [`Secret`], a type that cannot be
//! printed or stored by accident.
//!
//! ```
//! use tightlip_detect::{Hint, Match, RuleSet, Scanner, ScannerOptions, Sink, Skipped};
//!
//! #[derive(Default)]
//! struct Found(Vec<String>);
//!
//! impl Sink for Found {
//!     fn hit(&mut self, found: &Match<'_>) {
//!         // The value is `found.secret.expose()`: compute with it, and let go of it.
//!         self.0.push(format!("{} on line {}: {}", found.rule.id, found.line, found.shape));
//!     }
//!
//!     fn gap(&mut self, gap: Skipped) {
//!         self.0.push(format!("not looked into: {}", gap.what));
//!     }
//! }
//!
//! let scanner = Scanner::new(&RuleSet::builtin()?, ScannerOptions::default())?;
//! let mut found = Found::default();
//! scanner.bytes(Hint::File(b"app/.env"), b"PORT=80\nAPI_KEY=maple-7431\n", &mut found);
//! assert_eq!(found.0, ["dotenv-secret on line 2: value of API_KEY, 10 characters"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod borders;
mod candidate;
mod check;
mod columns;
mod condition;
mod context;
pub mod decode;
mod dig;
mod entry;
mod expression;
mod file;
mod filter;
mod finder;
mod key;
mod known;
mod label;
#[cfg(test)]
mod laws;
mod liquid;
mod matcher;
mod memo;
mod needles;
pub mod pack;
mod packs;
mod pattern;
mod placeholder;
mod prefilter;
mod read;
mod required;
mod rule;
mod rules;
mod ruleset;
mod sample;
mod scanner;
mod search;
mod secret;
mod set;
mod setting;
mod sink;
mod spelling;
mod stream;
mod stretch;
mod template;
mod text;
mod words;

pub use check::{CHECKS, Check, Outcome, aws_account_id};
pub use context::judge::name::Says;
pub use context::judge::value::Worth;
pub use finder::{Example, FINDERS, Finder, Found};
pub use known::{KNOWN_VALUE, Known, SOUGHT};
pub use needles::{Hit, Joined, MASK, Needles, NeedlesError, Piece};
pub use pack::read::{PackErrors, Remark};
pub use packs::{Loaded, PackText, Trial, extends, import, trial};
pub use prefilter::PrefilterError;
pub use rule::Rule;
pub use ruleset::{RuleError, RuleSet};
pub use sample::Sampler;
pub use scanner::{Scanner, ScannerOptions, Telling};
pub use secret::Secret;
pub use sink::{Cause, Encoded, Match, Sink, Skipped};
pub use spelling::{Border, forms};
pub use stream::Counted;
pub use template::TemplateError;
pub use text::{Hint, Text};

/// How plainly the name of a variable or a setting says that its value is secret, whatever its spelling.
#[must_use]
pub fn name_says(name: &str) -> Says {
    context::judge::name::says(name.as_bytes())
}

/// What a value is worth as a secret.
#[must_use]
pub fn value_worth(value: &str) -> Worth {
    context::judge::value::worth(value.as_bytes())
}
