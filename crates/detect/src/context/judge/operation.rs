//! Is this the hash of a query that a program is known by, `RotateApiKey: '<sha256>'` in a map of operations?
//!
//! Programs that make such maps name each operation as GraphQL does, `ResetPassword`, and give it the hash of its text.

use super::name::{Says, says, words};
use super::site::Site;
use crate::read::Part;

/// Digits of a SHA-256.
const LENGTH: usize = 64;

/// How far a neighbour may reach, in bytes.
const NEAR: usize = 160;

/// Whether name and value are of an operation, and so is the pair before or behind, whose name says nothing.
pub(crate) fn is_of_operation(text: &[u8], site: &Site<'_>) -> bool {
    if !is_hash(site.value.bytes()) || !is_operation(site.name.bytes()) || words(site.name.bytes()).len() < 2
    {
        return false;
    }
    let (start, end) = (site.name.span().start, site.value.span().end);
    let before = Part::between(text, start.saturating_sub(NEAR)..start);
    let after = Part::between(text, end..text.len().min(end + NEAR));
    last_pair(before).or_else(|| first_pair(after)).is_some_and(|name| {
        is_operation(name) && says(name) == Says::Nothing && words(name).last().is_none_or(|w| w != "id")
    })
}

fn is_hash(value: &[u8]) -> bool {
    value.len() == LENGTH && value.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
}

/// `ResetPassword`: words that begin with capitals.
fn is_operation(name: &[u8]) -> bool {
    let lower = name.iter().any(u8::is_ascii_lowercase);
    lower && name.first().is_some_and(u8::is_ascii_uppercase) && name.iter().all(u8::is_ascii_alphanumeric)
}

fn is_gap(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b':' | b',')
}

fn last_pair(before: Part<'_>) -> Option<&[u8]> {
    let head = before.trim_of(is_gap).bytes();
    let (name, hash) = head.split_at(head.len().checked_sub(LENGTH)?);
    let name = name.trim_ascii_end();
    let quote = name.last().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let name = name.strip_suffix(&[*quote])?.trim_ascii_end().strip_suffix(b":")?;
    let name = name.strip_suffix(b"\"").or_else(|| name.strip_suffix(b"'")).unwrap_or(name);
    is_hash(hash).then(|| name.rsplit(|b| !b.is_ascii_alphanumeric()).next()).flatten()
}

fn first_pair(after: Part<'_>) -> Option<&[u8]> {
    let rest = after.after(&after.while_(is_gap));
    let name = rest.while_(|b| b.is_ascii_alphanumeric());
    let rest = rest.after(&name);
    let hash = rest.after(&rest.while_(is_gap)).while_(|b| b.is_ascii_hexdigit());
    is_hash(hash.bytes()).then_some(name.bytes())
}
