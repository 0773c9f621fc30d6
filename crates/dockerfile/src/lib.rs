//! A lossless model of Dockerfiles and ignore files, as BuildKit reads them.
//!
//! Takes text, never touches the disk, and never fails: what cannot be understood is a [`Problem`] with its place.
//!
//! ```
//! use tightlip_dockerfile::{Document, Edit, Keyword, apply};
//!
//! let text = "FROM alpine:3.22\nARG TOKEN\nRUN --mount=type=secret,id=token make\n";
//! let document = Document::parse(text);
//! assert!(document.problems().is_empty());
//! let argument = document.instructions().iter().find(|one| one.keyword == Some(Keyword::Arg)).unwrap();
//! assert_eq!((argument.line, &text[argument.span.start..argument.span.end]), (2, "ARG TOKEN\n"));
//! assert_eq!(document.instructions()[2].mounts().len(), 1);
//! assert_eq!(apply(text, &[Edit::remove(argument.span)]).unwrap(), "FROM alpine:3.22\nRUN --mount=type=secret,id=token make\n");
//! ```

mod agree;
mod directive;
mod document;
mod edit;
mod expand;
mod flags;
pub mod flow;
#[doc(hidden)]
pub mod fuzz;
mod glob;
mod heredoc;
mod ignore;
mod instruction;
mod keyword;
mod lex;
mod locate;
mod mount;
mod parts;
mod pattern;
mod problem;
mod scope;
pub mod shell;
mod span;
mod stage;
mod step;
mod step_args;
mod text;
mod typed;
mod words;

pub use directive::{Directive, DirectiveKind};
pub use document::Document;
pub use edit::{Edit, EditError, apply};
pub use expand::{ExpandError, Value, expand};
pub use flags::Flag;
pub use heredoc::{Expands, Heredoc, Tabs};
pub use ignore::{Effect, Ignore, Rule};
pub use instruction::{Command, Form, FromImage, Instruction, Kind, Pair, Run, Source, Transfer};
pub use keyword::Keyword;
pub use lex::{Comment, Tile, TileKind};
pub use locate::{locate, locate_stage};
pub use mount::{Mount, MountKind, MountOption};
pub use parts::{Empty, Operator, Part, Quotes, Reach, Times, Variable, WordError, parts, variables};
pub use problem::{Fault, Problem};
pub use scope::{
    Binding, Origin, PLATFORM_ARGS, PROXY_ARGS, Reference, Scope, Scopes, expanded_words, references,
};
pub use span::{Lines, Span};
pub use stage::{Base, Stage, Stages};
pub use step::{Assignment, Borders, Step, Style, parse_created_by, parse_created_by_with};
pub use text::Text;
