//! What was not understood in a file, and why an edit cannot be made.

use tightlip_dockerfile::Span;

/// Something that may start or change a build and was not understood, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub fault: Fault,
    /// Where it is.
    pub span: Span,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file does not follow the grammar of its format.
    #[error("not readable: {0}")]
    Syntax(String),
    /// Something has another form than it should (a list where a text belongs).
    #[error("{0} has a form that is not understood")]
    Shape(&'static str),
    /// The name of a build argument or a secret is computed, so it is not known.
    #[error("the name is computed")]
    ComputedName,
    /// The words of a command are computed, so what it builds is not known.
    #[error("a part of the command is computed: it may hold more options")]
    ComputedWords,
    /// A script in a language that is not read.
    #[error("a script for {0} is not read")]
    Language(String),
    /// An option that this tool is not known to have: it was read as one without a value.
    #[error("the option {0} is not known")]
    UnknownOption(String),
    /// Values in values, deeper than is read.
    #[error("nested too deep")]
    TooDeep,
    /// A name that refers to something that is not there.
    #[error("{0} is not in this file")]
    Dangling(String),
}

/// Why a build argument cannot be turned into a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The call does not pass it.
    #[error("the build argument {0} is not passed here")]
    NoSuchArgument(String),
    /// It is written elsewhere and only used here.
    #[error("{0} is not written here: change where it comes from")]
    Elsewhere(String),
    /// The text that would change is used by others too (a YAML anchor, a merge, a hidden job).
    #[error("{0} is shared with others by an anchor, so that a change would reach further")]
    Shared(String),
    /// The value is computed and would have to move to a place that cannot compute it.
    #[error("the value of {0} is computed: pass it in an environment variable")]
    Computed(String),
    /// The value stands here in the open. Moving it would only hide it.
    #[error(
        "the value of {0} is written here: take it out, replace it by a new one, and pass that in an environment variable"
    )]
    Literal(String),
    /// The tool has no secrets for builds.
    #[error("{0} cannot pass secrets to a build")]
    NoSecrets(&'static str),
    /// The tool reads its secrets from elsewhere.
    #[error("{tool} takes secrets only from {place}")]
    OtherPlace {
        /// The tool.
        tool: &'static str,
        /// Where its secrets are written.
        place: &'static str,
    },
    /// A secret or variable of that name is there and means something else.
    #[error("the name {0} is taken by something else")]
    Taken(String),
    /// The name cannot be the name of an environment variable or the id of a secret.
    #[error("{0} is no name for a secret")]
    BadName(String),
    /// It is written in a form that edits do not cover.
    #[error("it is written in a form that is not changed: {0}")]
    Form(&'static str),
    /// What the edits make of it is not read as it should.
    #[error("{0}")]
    Misread(String),
    /// A wrapper does not hand on the environment.
    #[error("{0} does not hand the environment on to the build")]
    Environment(String),
}
