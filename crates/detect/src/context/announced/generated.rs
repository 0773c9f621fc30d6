//! Passwords that servers make when they start, or a tool when it is asked to, as they print them.

use crate::context::judge::value::{Worth, worth};
use crate::read::Part;
use crate::read::stamp::unstamped;

/// `A temporary password is generated for root@localhost: …` of MySQL: up to the end of its line, whatever signs it has.
pub(super) fn generated(line: Part<'_>) -> Option<Part<'_>> {
    let (user, value) = line.strip("password is generated for ")?.cut_at(b": ")?;
    let value = value.trim();
    let one = value.len() >= 8 && value.bytes().iter().all(u8::is_ascii_graphic);
    (one && user.bytes().contains(&b'@') && worth(value.bytes()) > Worth::Default).then_some(value)
}

/// `The random password set for the root user at Tue Mar  4 10:12:51 2025 (local time): …`, which MySQL 5.6 leaves in
/// `.mysql_secret`.
pub(super) fn set_at_random(line: Part<'_>) -> Option<Part<'_>> {
    let rest = line.strip("password set for the root user at ")?;
    let (_, value) = rest.cut_at(b"(local time): ")?;
    let value = value.trim();
    let one = value.len() >= 8 && value.bytes().iter().all(u8::is_ascii_graphic);
    (one && worth(value.bytes()) > Worth::Default).then_some(value)
}

/// `Password for the elastic user (reset with …):` of Elasticsearch, `Please use the following password to proceed:` of Jenkins:
/// what is made up stands alone in the next line that is not empty.
pub(super) fn in_next_line<'b>(text: &'b [u8], line: Part<'b>) -> Option<Part<'b>> {
    let line = line.trim();
    line.strip("password").filter(|_| line.bytes().ends_with(b":") && line.len() <= 120)?;
    let next = next_line(text, line)?;
    let one = next.words().count() == 1 && (16..=64).contains(&next.len());
    (one && worth(next.bytes()) == Worth::Strong).then_some(next)
}

/// `Password for the [elastic] user successfully reset.` and `New value: …` below it, of `elasticsearch-reset-password`;
/// `PASSWORD elastic = …` below `Changed password for user elastic`, of `elasticsearch-setup-passwords`.
pub(super) fn renewed<'b>(text: &'b [u8], line: Part<'b>) -> Option<Part<'b>> {
    let line = line.trim();
    let reset = line.bytes().ends_with(b"] user successfully reset.");
    let user = line.strip("password for user ").map(|user| user.trim());
    if !reset && user.is_none_or(|user| user.words().count() != 1) {
        return None;
    }
    let next = next_line(text, line)?;
    let value = match user {
        Some(user) => {
            next.strip("PASSWORD ")?.strip(std::str::from_utf8(user.bytes()).ok()?)?.strip(" = ")?
        }
        None => next.strip("New value: ")?,
    };
    let one = value.words().count() == 1 && value.len() >= 12;
    (one && worth(value.bytes()) == Worth::Strong).then_some(value)
}

/// The next line that is not empty, without what a log has before its lines.
fn next_line<'b>(text: &'b [u8], line: Part<'b>) -> Option<Part<'b>> {
    let rest = Part::between(text, line.span().end..text.len().min(line.span().end + 200));
    rest.lines().skip(1).map(|line| unstamped(line).trim()).find(|line| !line.is_empty())
}
