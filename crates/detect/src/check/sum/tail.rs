//! Tokens whose last characters follow from the others.

use super::put;
use crate::check::Outcome;

/// The characters that a token must end with, or none where a token of this shape has no checksum.
pub(crate) type Ending = fn(&[u8]) -> Option<Vec<u8>>;

/// Whether the token ends as it must.
pub(crate) fn verify(token: &[u8], ending: Ending) -> Outcome {
    match ending(token) {
        None => Outcome::Absent,
        Some(right) if token.ends_with(&right) => Outcome::Holds,
        Some(_) => Outcome::Fails,
    }
}

/// Overwrites the last characters with the right ones.
pub(crate) fn seal(token: &mut [u8], ending: Ending) -> bool {
    let Some(right) = ending(token) else { return false };
    token.len().checked_sub(right.len()).is_some_and(|start| put(token, start, &right))
}

/// The middle of a token between one of `prefixes` and its last `digits` characters.
pub(crate) fn body<'t>(token: &'t [u8], prefixes: &[&[u8]], digits: usize) -> Option<&'t [u8]> {
    let rest = prefixes.iter().find_map(|prefix| token.strip_prefix(*prefix))?;
    rest.get(..rest.len().checked_sub(digits)?)
}
