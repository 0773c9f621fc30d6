//! Lines of base64 that are one, and what stands between them.

use std::ops::Range;

use super::base64::Letters;
use super::runs::Alphabet;
use crate::read::stamp::without_stamp;

/// The shortest line that is one of several; MIME wraps at 76, PEM at 64.
pub(super) const LINE: usize = 40;
/// What a log has before a line is not longer.
const STAMP: usize = 80;
/// What stands behind a line and before the next is not longer, each.
const DIVIDER: usize = 80;

/// What may stand between two lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// Line breaks, with an indentation or a stamp.
    Breaks,
    /// Also the ends of literals, marks of comments and quotations, commands.
    Anything,
}

/// Lines of one width, but for the last.
pub(super) struct Lines {
    pub(super) places: Vec<Range<usize>>,
    width: usize,
    /// Whether more than a line break stands between two of them.
    apart: bool,
}

impl Lines {
    /// One line.
    pub(super) fn of(run: Range<usize>) -> Self {
        Self { width: run.len(), places: vec![run], apart: false }
    }

    /// The run and the lines that go on with it.
    pub(super) fn unwrapped(text: &[u8], run: Range<usize>, between: Between) -> Self {
        let mut lines = Self::of(run.clone());
        let mut end = run.end;
        while is_full(end.saturating_sub(lines.places.last().map_or(end, |last| last.start)), lines.width) {
            let rest = text.get(end..).unwrap_or_default();
            let divider = if between == Between::Anything { divider(text, &run, rest) } else { None };
            let Some(pause) = divider.or_else(|| line_break(rest)) else { break };
            let line = rest.get(pause..).unwrap_or_default();
            let most = lines.width.saturating_add(1);
            let length = line.iter().take(most).take_while(|byte| Letters::has(**byte)).count();
            // `---` divides documents.
            let marks = line.iter().take(length).all(|byte| matches!(byte, b'-' | b'_'));
            if length > lines.width || marks {
                break;
            }
            lines.apart |= divider.is_some();
            let start = end.saturating_add(pause);
            end = start.saturating_add(length);
            lines.places.push(start..end);
        }
        lines
    }

    /// Whether so many lines are one text: a list of values has many of one width.
    pub(super) fn are_one(&self, count: usize) -> bool {
        let last = count.checked_sub(1).and_then(|last| self.places.get(last));
        count == 1 || !self.apart || last.is_some_and(|last| last.len() < self.width)
    }
}

/// Whether a line may go on: it is as long as the others are.
pub(super) fn is_full(length: usize, width: usize) -> bool {
    length == width && width >= LINE && width.is_multiple_of(4)
}

/// Whether a run goes on with a line of its width that was looked at.
pub(super) fn goes_on(text: &[u8], from: usize, run: &Range<usize>) -> bool {
    let Some(start) = from.checked_sub(run.len()).filter(|_| is_full(run.len(), run.len())) else {
        return false;
    };
    let rest = text.get(from..).unwrap_or_default();
    let before = start.checked_sub(1).and_then(|before| text.get(before));
    let pause = run.start.saturating_sub(from);
    pause <= 2 * DIVIDER + STAMP
        && !before.is_some_and(|byte| Letters::has(*byte))
        && text.get(start..from).is_some_and(|line| line.iter().all(|byte| Letters::has(*byte)))
        && (line_break(rest) == Some(pause) || divider(text, &(start..from), rest) == Some(pause))
}

/// Whether a run that goes on with a line goes on with the one before that too.
pub(super) fn is_third(text: &[u8], from: usize, run: &Range<usize>) -> bool {
    let first = from.saturating_sub(run.len())..from;
    let before = text.get(first.start.saturating_sub(STAMP)..first.start).unwrap_or_default();
    let end =
        before.iter().rposition(|byte| Letters::has(*byte)).map(|last| before.len().saturating_sub(last));
    let end = end.and_then(|distance| first.start.checked_sub(distance)?.checked_add(1));
    end.is_some_and(|end| goes_on(text, end, &first))
}

/// How long what stands between two lines is, where it is more than a line break: the same as before the first line, as with
/// a comment, a quotation of a mail or a command that writes each line, or the end and the begin of two literals.
fn divider(text: &[u8], first: &Range<usize>, rest: &[u8]) -> Option<usize> {
    let near = rest.get(..rest.len().min(DIVIDER))?;
    let (ending, next) = rest.split_at_checked(memchr::memchr(b'\n', near)?.checked_add(1)?)?;
    let from = first.start.saturating_sub(DIVIDER);
    let before = text.get(from..first.start)?;
    let start = memchr::memrchr(b'\n', before).map(|at| at.saturating_add(1)).or((from == 0).then_some(0));
    let same = start.and_then(|start| before.get(start..)).filter(|before| !before.trim_ascii().is_empty());
    if let Some(same) = same.filter(|same| next.starts_with(same)) {
        return ending.len().checked_add(same.len());
    }
    let quote = *before.last().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let ending = ending.strip_prefix(&[quote])?;
    if !ending.iter().all(|byte| byte.is_ascii_whitespace() || b"+,.&\\_".contains(byte)) {
        return None;
    }
    let opens = next.iter().take(DIVIDER).position(|byte| *byte == quote)?;
    let (lead, _) = next.split_at_checked(opens)?;
    let marks = lead.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'+' | b'.' | b'&'));
    marks.then_some(())?;
    ending.len().checked_add(opens)?.checked_add(2)
}

/// How long a line break is with what stands before the next line: an indentation, the time of a log. JSON writes it as two
/// characters.
fn line_break(rest: &[u8]) -> Option<usize> {
    let breaks: [&[u8]; 4] = [b"\r\n", b"\n", b"\\r\\n", b"\\n"];
    let length = breaks.iter().find(|line| rest.starts_with(line))?.len();
    let line = rest.get(length..)?;
    let line = line.get(..line.len().min(STAMP)).unwrap_or_default();
    let stamp = line.len().saturating_sub(without_stamp(line).len());
    let length = length.checked_add(stamp)?;
    let indent = rest.iter().skip(length).take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    length.checked_add(indent)
}
