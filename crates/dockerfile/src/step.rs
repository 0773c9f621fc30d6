//! Takes a `created_by` text of an image's history apart, whichever builder wrote it.

use crate::step_args::{arguments, assignments, shell_length};
use crate::{Keyword, Span};

/// Who wrote the text, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// BuildKit: `RUN |1 A=b /bin/sh -c … # buildkit`, `ENV A=b`.
    BuildKit,
    /// Docker's builder before BuildKit: `|1 A=b /bin/sh -c …`, `/bin/sh -c #(nop)  ENV A=b`. A plain
    /// `/bin/sh -c …` is of this style too, whoever wrote it.
    Legacy,
    /// buildah and podman: `/bin/sh -c #(nop) ENV A=b` with the words as they stand in the Dockerfile.
    Buildah,
    /// kaniko: the text of the instruction itself.
    Kaniko,
    /// None of them: `docker commit`, imports, other tools.
    Unknown,
}

/// `NAME=value` in a step. Spans are bytes of the step's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The name.
    pub name: Span,
    /// The value, as the builder wrote it: expanded and without quotes; `None` without `=`.
    pub value: Option<Span>,
}

/// Whether the borders between values are certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borders {
    /// There is one way to read the text.
    Certain,
    /// A value may hold blanks or something like `NAME=`, so a border may be elsewhere.
    Guessed,
}

/// A `created_by` text taken apart. All spans are bytes of that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who wrote it.
    pub style: Style,
    /// The instruction; `None` when the text is of no known form.
    pub keyword: Option<Keyword>,
    /// The build arguments: those listed in front of a `RUN`'s command, or the pairs of an `ARG`.
    pub build_args: Vec<Assignment>,
    /// The pairs of an `ENV` or a `LABEL`.
    pub pairs: Vec<Assignment>,
    /// The shell in front of the command of a `RUN`: `/bin/sh -c`.
    pub shell: Option<Span>,
    /// What is run, or everything after the keyword; without the builder's mark at the end.
    pub command: Span,
    /// Whether the borders between the values are certain.
    pub borders: Borders,
}

/// What BuildKit puts behind steps that make a layer.
const MARK: &str = " # buildkit";
/// What the older builders put in front of steps that run nothing.
const NOP: &str = "#(nop) ";

/// Takes a `created_by` text apart.
///
/// Values are written without quotes, so a value that holds blanks, or text like ` NAME=`, cannot always be told from
/// what follows; then the longest sensible value is taken and [`Borders::Guessed`] says so. [`parse_created_by_with`]
/// does better when the declared names are known.
#[must_use]
pub fn parse_created_by(text: &str) -> Step {
    parse_created_by_with(text, &[])
}

/// The same, knowing which names can stand in front of `=`; an empty list means any.
#[must_use]
pub fn parse_created_by_with(text: &str, names: &[&str]) -> Step {
    let body = text.strip_suffix(MARK).unwrap_or(text);
    let marked = body.len() < text.len();
    if let Some(step) = nop(body, names) {
        return step;
    }
    if body.starts_with('|') {
        return run(body, 0, (Style::Legacy, names));
    }
    let first = body.find(' ').unwrap_or(body.len());
    let keyword = Keyword::ALL.iter().find(|keyword| body.get(..first) == Some(keyword.as_str())).copied();
    match keyword {
        Some(Keyword::Run) => {
            let style = if marked { Style::BuildKit } else { Style::Kaniko };
            run(body, (first + 1).min(body.len()), (style, names))
        }
        Some(keyword) => {
            let layered = matches!(keyword, Keyword::Copy | Keyword::Add);
            let style = if layered && !marked { Style::Kaniko } else { Style::BuildKit };
            plain(body, (keyword, (first + 1).min(body.len())), (style, names))
        }
        None if shell_length(body).is_some() => run(body, 0, (Style::Legacy, names)),
        None => Step {
            style: Style::Unknown,
            keyword: None,
            build_args: Vec::new(),
            pairs: Vec::new(),
            shell: None,
            command: Span::new(0, body.len()),
            borders: Borders::Certain,
        },
    }
}

/// `/bin/sh -c #(nop)  ENV A=b` and its kin.
fn nop(body: &str, names: &[&str]) -> Option<Step> {
    let at = body.find(NOP)?;
    if at > 0 && shell_length(body.get(..at)?) != Some(at) {
        return None;
    }
    let after = at + NOP.len();
    let rest = body.get(after..)?;
    let start = after + rest.len() - rest.trim_start().len();
    let rest = body.get(start..)?;
    let end = rest.find(' ').unwrap_or(rest.len());
    let keyword = Keyword::parse(rest.get(..end)?)?;
    let hashed = matches!(keyword, Keyword::Copy | Keyword::Add | Keyword::Workdir);
    let style = if start > after || hashed { Style::Legacy } else { Style::Buildah };
    Some(plain(body, (keyword, (start + end + 1).min(body.len())), (style, names)))
}

fn plain(body: &str, (keyword, start): (Keyword, usize), (style, names): (Style, &[&str])) -> Step {
    let command = Span::new(start, body.len());
    let (mut build_args, mut pairs, mut borders) = (Vec::new(), Vec::new(), Borders::Certain);
    if matches!(keyword, Keyword::Arg | Keyword::Env | Keyword::Label) {
        let (found, sure) = assignments(body, (keyword, command), names);
        borders = sure;
        if keyword == Keyword::Arg { build_args = found } else { pairs = found }
    }
    Step { style, keyword: Some(keyword), build_args, pairs, shell: None, command, borders }
}

fn run(body: &str, start: usize, (style, names): (Style, &[&str])) -> Step {
    let (build_args, at, borders) = arguments(body, start, names);
    let shell = body.get(at..).and_then(shell_length).map(|length| {
        let text = body.get(at..at + length).unwrap_or("").trim_end();
        Span::new(at, at + text.len())
    });
    let begin = match shell {
        Some(shell) => (shell.end + 1).min(body.len()),
        None => at,
    };
    let command = Span::new(begin, body.len());
    Step { style, keyword: Some(Keyword::Run), build_args, pairs: Vec::new(), shell, command, borders }
}
