//! What an instruction says: the typed view, with the place of every name and value.

use crate::flags::Flag;
use crate::heredoc::Heredoc;
use crate::lex::Comment;
use crate::mount::Mount;
use crate::{Keyword, Span, Text};

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Everything it takes: from the start of its first line to the end of its last, heredoc bodies included.
    pub span: Span,
    /// The line of its keyword, counted from 1.
    pub line: usize,
    /// Its last line, counted from 1.
    pub last_line: usize,
    /// The first word as written.
    pub name: Text,
    /// The instruction of that name; `None` when there is no such instruction.
    pub keyword: Option<Keyword>,
    /// The flags, in order.
    pub flags: Vec<Flag>,
    /// What follows the flags, with continuations joined and comments left out; quotes and variables untouched.
    pub arguments: Text,
    /// The heredocs, in order.
    pub heredocs: Vec<Heredoc>,
    /// Comments between its lines.
    pub comments: Vec<Comment>,
    /// What it says.
    pub kind: Kind,
}

impl Instruction {
    /// The first flag of that name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == *name)
    }

    /// The value of the first flag of that name.
    #[must_use]
    pub fn flag_value(&self, name: &str) -> Option<&Text> {
        self.flag(name)?.value.as_ref()
    }

    /// Itself, or the instruction inside `ONBUILD`.
    #[must_use]
    pub fn innermost(&self) -> &Instruction {
        match &self.kind {
            Kind::Onbuild(inner) => inner.innermost(),
            _ => self,
        }
    }

    /// The mounts of a `RUN`; empty for others.
    #[must_use]
    pub fn mounts(&self) -> &[Mount] {
        match &self.kind {
            Kind::Run(run) => &run.mounts,
            _ => &[],
        }
    }
}

/// What an instruction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `FROM`
    From(FromImage),
    /// `RUN`
    Run(Run),
    /// `COPY`
    Copy(Transfer),
    /// `ADD`
    Add(Transfer),
    /// `ARG`
    Arg(Vec<Pair>),
    /// `ENV`
    Env(Vec<Pair>),
    /// `LABEL`
    Label(Vec<Pair>),
    /// `CMD`
    Cmd(Command),
    /// `ENTRYPOINT`
    Entrypoint(Command),
    /// `HEALTHCHECK`: `None` for `HEALTHCHECK NONE`.
    Healthcheck(Option<Command>),
    /// `SHELL`: its words.
    Shell(Vec<Text>),
    /// `USER`
    User(Text),
    /// `WORKDIR`
    Workdir(Text),
    /// `VOLUME`
    Volume(Vec<Text>),
    /// `EXPOSE`
    Expose(Vec<Text>),
    /// `STOPSIGNAL`
    StopSignal(Text),
    /// `MAINTAINER`
    Maintainer(Text),
    /// `ONBUILD` and the instruction that it keeps for later.
    Onbuild(Box<Instruction>),
    /// Nothing that can be understood; the instruction's problems say why.
    Unknown,
}

/// `FROM [--platform=…] image [AS name]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromImage {
    /// The image or the stage, unexpanded.
    pub image: Text,
    /// The platform, unexpanded.
    pub platform: Option<Text>,
    /// The name after `AS`, as written; stages are compared in small letters.
    pub name: Option<Text>,
}

/// `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its mounts.
    pub mounts: Vec<Mount>,
    /// What is run. The bodies of heredocs are beside it, in the instruction.
    pub command: Command,
}

/// What `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK` run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A line for the shell.
    Shell(Text),
    /// A JSON array: the program and its arguments, without a shell.
    Exec(Vec<Text>),
}

/// `COPY` and `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The stage or image of `--from`.
    pub from: Option<Text>,
    /// What is copied.
    pub sources: Vec<Source>,
    /// Where to.
    pub destination: Option<Text>,
}

/// A source of `COPY` or `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A path, a pattern or a URL.
    Path(Text),
    /// The heredoc of that index in the instruction.
    Heredoc(usize),
}

/// A name and its value in `ARG`, `ENV` and `LABEL`, quotes and variables untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: Text,
    /// The value; `None` for an `ARG` without a default.
    pub value: Option<Text>,
    /// How the two are joined.
    pub form: Form,
}

impl Pair {
    /// The bytes of the whole pair.
    #[must_use]
    pub fn span(&self) -> Span {
        self.value.as_ref().map_or(self.name.span(), |value| self.name.span().to(value.span()))
    }
}

/// How a name and its value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `name=value`
    Equals,
    /// `name value`, the old form of `ENV` and `LABEL`: everything to the end of the line is the value.
    Space,
    /// The name alone.
    Bare,
}
