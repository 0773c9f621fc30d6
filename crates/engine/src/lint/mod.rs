//! `lint`: will building this leak?
//!
//! A [`Project`] is everything that a build is made of, read and understood once. Every lint of the table [`LINTS`]
//! looks at it and tells a [`Sink`] what it sees; what it says becomes findings of the same report that a scan writes.

mod allow;
mod arguments;
mod bound;
mod caller;
mod context;
mod disk;
mod files;
mod fix;
mod gather;
mod guard;
mod inline;
mod link;
mod look;
mod manual;
mod mend;
pub(crate) mod name;
mod printed;
mod project;
mod request;
mod rounds;
mod rules;
mod run;
mod sink;
mod story;
mod text;
mod tree;
mod unclear;
mod unread;
mod used;
mod variable;
mod write;

use tightlip_report::Level;

pub use fix::{Apply, Change, Fix, Fixed, Safety, fixed};
pub(crate) use mend::is_silent as runs_nothing_else;

pub use manual::{Case, Kind as CaseKind};
pub use project::Project;
pub use request::{Contexts, Focus, Held, Input, LintRequest};
pub use rounds::{Mended, Rewritten, mend};
pub use rules::LINTS;
pub use run::{LintError, Linted, Mark, around, lint};
pub use sink::Sink;
pub use text::{FileId, TextFile};
pub use tightlip_dockerfile::{Edit, Span};
pub use write::WriteError;

/// Something that makes a build leak.
#[derive(Debug)]
pub struct Lint {
    /// Kebab-case identifier, stable for ever.
    pub id: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How much it counts when nothing lowers it.
    pub level: Level,
    /// The leak mechanism: an identifier of [`crate::MECHANISMS`].
    pub mechanism: &'static str,
    /// How anyone gets the value back, as a command with public tools.
    pub recover: &'static str,
    /// What other tools call it, so that what they were told to ignore is ignored here.
    pub aliases: &'static [&'static str],
    /// The file of the lint: its `//!` lines are the manual.
    pub source: &'static str,
    /// Looks.
    pub check: fn(&Project<'_>, &mut Sink<'_>),
}
