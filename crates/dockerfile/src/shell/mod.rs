//! Shell scripts as `RUN`, CI files and scripts hold them: commands, words and redirections with their places.
//!
//! Reads POSIX `sh` and what `bash` adds. Never fails: what is not understood is a [`Problem`] with its place, and
//! reading goes on after it. All spans are bytes of the source that the text came from: [`Text::push`] builds a text out
//! of pieces of a file, say of the lines of a block in YAML.
//!
//! ```
//! use tightlip_dockerfile::shell::Script;
//!
//! let script = Script::parse_str(r#"echo "token=$T" > /root/.npmrc && npm ci"#);
//! let commands = script.commands();
//! let echo = commands[0].simple().expect("a simple command");
//! assert_eq!(echo.program().as_deref(), Some("echo"));
//! assert_eq!(echo.words[1].variables()[0].0.name, "T");
//! assert_eq!(commands[0].redirects.len(), 1);
//! assert!(script.problems.is_empty());
//! ```
//!
//! A reader of our own, because none of the kept libraries does all of this: tree-sitter-bash loses the rest of a text
//! after two here-documents on one line, and after any open quote or construct; brush-parser refuses a script with one
//! mistake, and leaves words unread.

mod ast;
mod compound;
mod expansion;
mod here;
mod nested;
mod parser;
mod problem;
mod run;
mod simple;
mod walk;
mod word;

pub use ast::{
    Arm, Assign, Assignment, Command, CommandKind, Flowing, Item, Join, List, Nested, Operator, Outcome,
    Part, PartKind, Quoting, Redirect, RedirectOperator, Simple, Target, Variable, Wait, When, Word,
};
pub use problem::{Fault, Problem};
pub use run::Interpreter;
pub(crate) use run::traces;

use crate::Text;
use parser::Parser;

/// A shell script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its commands.
    pub list: List,
    /// What was not understood, in order of place.
    pub problems: Vec<Problem>,
}

impl Script {
    /// Reads a script. Spans are those of the source behind `text`.
    #[must_use]
    pub fn parse(text: &Text) -> Script {
        let (list, mut problems) = Parser::new(text, 0).whole();
        problems.sort_by_key(|problem| problem.span);
        Script { list, problems }
    }

    /// Reads a script that stands by itself. Spans are bytes of `source`.
    #[must_use]
    pub fn parse_str(source: &str) -> Script {
        Script::parse(&Text::verbatim(source, 0))
    }

    /// Every command of it, outer before inner: those in constructs, functions, substitutions and nested scripts too.
    #[must_use]
    pub fn commands(&self) -> Vec<&Command> {
        self.list.commands()
    }
}
