//! Finds names, values and the shell in the unquoted lists of a history text.

use crate::step::{Assignment, Borders};
use crate::{Keyword, Span};

/// Programs that run a command line.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "ksh", "fish", "cmd", "powershell", "pwsh"];

/// The length of the shell call at the front of `text` (`/bin/sh -c `, `/bin/bash -o pipefail -c `, `cmd /S /C `),
/// the blank behind it included.
pub(crate) fn shell_length(text: &str) -> Option<usize> {
    let mut at = text.find(' ')?;
    let program = text.get(..at)?;
    let name = program.rsplit(['/', '\\']).next()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    SHELLS.iter().find(|shell| name.eq_ignore_ascii_case(shell))?;
    let mut takes_value = false;
    for _ in 0..16 {
        at += 1;
        let rest = text.get(at..)?;
        let word = rest.get(..rest.find(' ').unwrap_or(rest.len()))?;
        at += word.len();
        if is_last_flag(word) {
            return Some((at + 1).min(text.len()));
        }
        if !takes_value && !word.starts_with(['-', '/', '+']) {
            return None;
        }
        takes_value = !takes_value && matches!(word, "-o" | "+o" | "-O" | "-ExecutionPolicy");
    }
    None
}

/// Whether the command line follows: `-c`, `-euxc`, `/C`, `-Command`.
fn is_last_flag(word: &str) -> bool {
    let letters =
        word.strip_prefix('-').filter(|letters| letters.bytes().all(|byte| byte.is_ascii_lowercase()));
    word.eq_ignore_ascii_case("/c")
        || word.eq_ignore_ascii_case("-command")
        || letters.is_some_and(|letters| letters.ends_with('c') && letters.len() <= 8)
}

/// Reads `|N A=b C=d ` at `start`: the build arguments, where the command begins, and whether that is certain.
///
/// BuildKit and the old builder count names; buildah counts words, so its number may be larger than there are names.
pub(crate) fn arguments(body: &str, start: usize, names: &[&str]) -> (Vec<Assignment>, usize, Borders) {
    let none = (Vec::new(), start, Borders::Certain);
    let Some(rest) = body.get(start..).and_then(|rest| rest.strip_prefix('|')) else { return none };
    let Some(blank) = rest.find(' ') else { return none };
    let Some(count) = rest.get(..blank).and_then(|digits| digits.parse::<usize>().ok()) else { return none };
    let first = start + 1 + blank + 1;
    if count == 0 {
        return (Vec::new(), first, Borders::Certain);
    }
    let starts = names_at(body, Span::new(first, body.len()), names);
    let shell = shell_after(body, (first, count), &starts);
    let (end, found) = match shell {
        Some(shell) => (shell, starts.iter().filter(|name| name.start < shell).count()),
        None => return unshelled(body, (first, count), &starts),
    };
    let kept = starts.get(..found.min(count)).unwrap_or(&starts);
    let borders = if found == count { Borders::Certain } else { Borders::Guessed };
    (spread(kept, end.saturating_sub(1)), end, borders)
}

/// Without a shell (exec form) nothing says where the last value ends: at its first blank.
fn unshelled(
    body: &str,
    (first, count): (usize, usize),
    starts: &[Span],
) -> (Vec<Assignment>, usize, Borders) {
    let kept = starts.get(..count).unwrap_or(starts);
    let Some(last) = kept.last() else { return (Vec::new(), first, Borders::Guessed) };
    let value = body.get(last.end..).unwrap_or("");
    let end = last.end + value.find(' ').unwrap_or(value.len());
    (spread(kept, end), (end + 1).min(body.len()), Borders::Guessed)
}

/// Where the shell stands: the first one behind `count` names, or behind any name when there are not so many.
fn shell_after(body: &str, (first, count): (usize, usize), starts: &[Span]) -> Option<usize> {
    let enough = starts.get(count - 1).or(starts.last()).map_or(first, |name| name.end);
    let rest = body.get(enough..)?;
    let blanks = rest.match_indices(' ').map(|(at, _)| enough + at + 1);
    blanks.into_iter().find(|at| body.get(*at..).is_some_and(|rest| shell_length(rest).is_some()))
}

/// The pairs of an `ARG`, `ENV` or `LABEL`: `A=b C=d`, `A b` (the old form of `ENV`), `A C=d` (`ARG`).
pub(crate) fn assignments(
    body: &str,
    (keyword, span): (Keyword, Span),
    names: &[&str],
) -> (Vec<Assignment>, Borders) {
    let text = body.get(span.range()).unwrap_or("");
    let starts = match keyword {
        Keyword::Label => labels_at(body, span),
        _ => names_at(body, span, names),
    };
    let first = starts.first().map_or(span.end, |name| name.start);
    let mut found = Vec::new();
    if first > span.start {
        let before = Span::new(span.start, first);
        if keyword == Keyword::Arg {
            found.extend(bare(body, before));
        } else {
            return (old_form(text, span), Borders::Certain);
        }
    }
    found.extend(spread(&starts, span.end));
    let blanks = found
        .iter()
        .filter_map(|one| one.value)
        .any(|value| body.get(value.range()).is_some_and(|value| value.trim_end().contains(' ')));
    let sure = !blanks && starts.len() <= 1;
    // Two names may as well be one whose value holds a blank and an equals sign.
    (found, if sure || !names.is_empty() && !blanks { Borders::Certain } else { Borders::Guessed })
}

/// Names without values, one per word.
fn bare(body: &str, span: Span) -> Vec<Assignment> {
    let mut at = span.start;
    let mut found = Vec::new();
    for word in body.get(span.range()).unwrap_or("").split(' ') {
        if !word.is_empty() {
            found.push(Assignment { name: Span::new(at, at + word.len()), value: None });
        }
        at += word.len() + 1;
    }
    found
}

fn old_form(text: &str, span: Span) -> Vec<Assignment> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let rest = text.get(end..).unwrap_or("");
    let value = end + rest.len() - rest.trim_start().len();
    let name = Span::new(span.start, span.start + end);
    let value = (value < text.len()).then(|| Span::new(span.start + value, span.end));
    vec![Assignment { name, value }]
}

/// Where `NAME=` stands behind a blank or at the front; each span includes the `=`.
fn names_at(body: &str, span: Span, names: &[&str]) -> Vec<Span> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut found = starts_at(body, span, letter);
    found.retain(|name| {
        let text = body.get(name.start..name.end - 1).unwrap_or("");
        let proper = !text.starts_with(|first: char| first.is_ascii_digit());
        proper && (names.is_empty() || names.contains(&text))
    });
    found
}

/// The same for labels, whose names may hold dots, dashes and slashes.
fn labels_at(body: &str, span: Span) -> Vec<Span> {
    starts_at(body, span, |byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
}

fn starts_at(body: &str, span: Span, letter: impl Fn(u8) -> bool) -> Vec<Span> {
    let bytes = body.as_bytes();
    let mut found = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let name = bytes.get(at..span.end).unwrap_or(&[]);
        let length = name.iter().take_while(|byte| letter(**byte)).count();
        if length > 0 && name.get(length) == Some(&b'=') {
            found.push(Span::new(at, at + length + 1));
        }
        at += name.iter().position(|byte| *byte == b' ').unwrap_or(name.len()) + 1;
    }
    found
}

/// Each value reaches to the blank in front of the next name.
fn spread(starts: &[Span], end: usize) -> Vec<Assignment> {
    let ends = starts.iter().skip(1).map(|next| next.start - 1).chain([end]);
    let both = starts.iter().zip(ends);
    both.map(|(name, end)| Assignment {
        name: Span::new(name.start, name.end - 1),
        value: Some(Span::new(name.end, end)),
    })
    .collect()
}
