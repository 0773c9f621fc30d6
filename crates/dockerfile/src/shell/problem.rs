//! What could not be read in a shell script.

use crate::Span;

/// Something that was not understood, and where. Reading goes on after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub fault: Fault,
    /// Where it is.
    pub span: Span,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A quote without its end; the rest of the text is taken as quoted.
    #[error("quote is not closed")]
    OpenQuote,
    /// `if` without `fi`, `(` without `)` and the like.
    #[error("construct is not closed")]
    UnclosedCommand,
    /// A sign or a word where no shell takes it; it is skipped.
    #[error("unexpected here")]
    Unexpected,
    /// Nothing after `&&`, `||` or `|`.
    #[error("command is missing")]
    MissingCommand,
    /// A redirection without a word.
    #[error("target of a redirection is missing")]
    MissingTarget,
    /// `${…}` in a form that no shell takes; it is kept as text.
    #[error("bad substitution")]
    BadSubstitution,
    /// A here-document without its closing line.
    #[error("here-document without its end")]
    UnterminatedHeredoc,
    /// Nested deeper than any script needs; the rest is not read.
    #[error("nested too deeply")]
    TooDeep,
    /// A command for `cmd`: not read.
    #[error("commands of cmd are not read")]
    Cmd,
    /// A command for PowerShell: not read.
    #[error("commands of PowerShell are not read")]
    PowerShell,
    /// A command for a program that is no shell, named by `SHELL` or `#!`: not read.
    #[error("not a shell script")]
    OtherInterpreter,
}
