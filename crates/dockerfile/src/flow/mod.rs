//! Where a secret goes in a shell script: into a file, into the log, to a program, or nowhere.
//!
//! ```
//! use tightlip_dockerfile::flow::{Effects, Fate, Setting, Sink};
//! use tightlip_dockerfile::shell::Script;
//!
//! let setting = Setting::default().variable("NPM_TOKEN");
//! let script = Script::parse_str("echo //r/:_authToken=$NPM_TOKEN > ~/.npmrc && npm ci");
//! let effects = Effects::of(&script, &setting);
//! let Sink::Stored(stored) = &effects.flows[0].sink else { panic!("stored") };
//! assert_eq!((stored.path.as_str(), stored.fate), ("/root/.npmrc", Fate::Stays));
//! ```
//!
//! [`Setting::at`] takes most of the setting from the Dockerfile; which arguments and files are secret, the caller adds.
//!
//! What it assumes. Commands run in the order in which they stand, and both sides of a condition run; a loop runs
//! again when its first round moved a secret. A program that is not known neither prints nor keeps what it gets; of one that
//! stands in the script in another language, only what its statements say by themselves is followed. A file that holds a secret anywhere holds
//! nothing else. What a removal needs to happen (a condition, an earlier success) is compared with what the writing
//! needed: only a removal that follows for certain counts as [`Fate::Removed`]. A step that fails makes no layer.

mod builtin;
mod call;
mod copy;
mod eval;
mod inline;
mod path;
mod program;
mod route;
mod setting;
mod state;
mod store;
mod taint;
mod tool;
mod tools;
mod uses;
mod words;

pub use setting::Setting;
pub use store::prints_secret;
pub use tool::Tool;
pub use uses::{Role, Use, uses};

use crate::Span;
use crate::shell::Script;

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A variable of that name.
    Variable(String),
    /// A file, or a directory with all that is in it.
    File(String),
    /// A store of secrets that a command asks: the command.
    Store(String),
}

/// A secret that goes somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Where it comes from.
    pub source: Source,
    /// Where it goes.
    pub sink: Sink,
    /// Where in the text the value is taken: a reference to a variable, the name of a file.
    pub span: Span,
    /// The command that does it.
    pub command: Span,
    /// The variables and files on the way.
    pub via: Vec<String>,
}

/// Where a secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    /// Into a file.
    Stored(Stored),
    /// Into the output of the script: the log of the build.
    Log(Shown),
    /// To a program, which neither prints nor keeps it as far as is known.
    Program(Given),
}

/// A secret in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The file, absolute as far as that is known; what is not known of it stands as `$NAME`.
    pub path: String,
    /// Who writes it.
    pub by: Writer,
    /// The redirection, or the command that writes.
    pub at: Span,
    /// Whether it stays.
    pub fate: Fate,
}

/// Who writes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// A redirection.
    Redirect,
    /// A program that was told to: `cp`, `tee`, `sed -i`.
    Program,
    /// A tool that keeps what it is told: a row of the table.
    Tool(&'static Tool),
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It lies where nothing persists: a mount, `/dev/null`.
    Apart,
    /// It lies in a cache mount: no layer has it, but later builds of the same builder do.
    Cached,
    /// It is removed or overwritten for certain, there.
    Removed(Span),
    /// It is removed there, but only under a condition.
    RemovedPerhaps(Span),
    /// It stays.
    Stays,
}

/// How a secret comes into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// A command prints it.
    Printed,
    /// The whole environment is printed.
    Listed,
    /// `set -x` shows the command with its values.
    Traced,
    /// A client was told to show what it sends.
    Verbose,
    /// A script that is not read runs with tracing on: it shows what it uses.
    TracedScript,
}

/// How a program gets a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// As an argument: visible in the list of processes while it runs.
    Argument,
    /// In a URL: many programs print it when something goes wrong.
    Url,
    /// On its standard input.
    Input,
    /// As a variable that was set for it.
    Environment,
    /// As the name of the file that holds it.
    File,
}

/// A path that a script touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The path, absolute as far as that is known; patterns of `rm` stand as written.
    pub path: String,
    /// The word that names it, or the command.
    pub span: Span,
}

/// A file that is copied or moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// The command.
    pub span: Span,
}

/// All that a script does with secrets and files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// Where secrets go, in order of place.
    pub flows: Vec<Flow>,
    /// The paths that are written, with or without a secret.
    pub writes: Vec<Touch>,
    /// The paths that are removed.
    pub removes: Vec<Touch>,
    /// The files that are copied or moved.
    pub copies: Vec<Copied>,
    /// Where following the script was given up because it repeats itself too much.
    pub unfinished: Option<Span>,
}

impl Effects {
    /// Follows a script. Problems in the script are its own ([`Script::problems`]): what was not understood there is
    /// not followed here.
    #[must_use]
    pub fn of(script: &Script, setting: &Setting) -> Effects {
        state::State::new(setting).run(&script.list)
    }
}

/// A path seen from a folder, without `.` and `..`. What begins with a variable that is not known stays as it is.
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    path::join(folder, path)
}

/// Whether a path that was removed or copied takes another one along: the same, below it, or matching its pattern.
#[must_use]
pub fn covers(pattern: &str, path: &str) -> bool {
    path::covers(pattern, path)
}
