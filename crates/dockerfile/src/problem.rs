//! What is wrong with a Dockerfile, as far as the builder would refuse or warn about it.

use crate::Span;

/// Something the builder would refuse or warn about, and where. Parsing goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub fault: Fault,
    /// Where it is.
    pub span: Span,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The first word of an instruction is no keyword.
    #[error("unknown instruction")]
    UnknownInstruction,
    /// The instruction needs arguments and has none.
    #[error("missing arguments")]
    MissingArguments,
    /// An `ENV` or `LABEL` word without `=`, or the old form without a value.
    #[error("name without a value")]
    MissingValue,
    /// A heredoc without its closing line.
    #[error("heredoc without its end")]
    UnterminatedHeredoc,
    /// `ONBUILD` with an instruction that it does not allow.
    #[error("instruction not allowed in ONBUILD")]
    BadOnbuild,
    /// A parser directive that comes twice.
    #[error("parser directive given twice")]
    RepeatedDirective,
    /// An `escape` directive that names neither a backslash nor a backtick.
    #[error("escape must be a backslash or a backtick")]
    BadEscape,
    /// An empty line between the lines of one instruction: tolerated with a warning.
    #[error("empty line inside an instruction")]
    EmptyContinuation,
    /// `SHELL` without a JSON array.
    #[error("SHELL needs a JSON array")]
    ShellNotJson,
    /// An instruction before the first `FROM` that is not `ARG`.
    #[error("no build stage yet")]
    NoStage,
    /// A byte that is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
}
