//! Tokens whose last characters follow from the others.

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
    ending(token).is_some_and(|right| overwrite_end(token, &right))
}

/// Replaces the end of a token; false where it is shorter than the new end.
fn overwrite_end(token: &mut [u8], end: &[u8]) -> bool {
    let Some(start) = token.len().checked_sub(end.len()) else { return false };
    token.get_mut(start..).map(|tail| tail.copy_from_slice(end)).is_some()
}

/// The middle of a token between one of `prefixes` and its last `digits` characters.
pub(crate) fn body<'t>(token: &'t [u8], prefixes: &[&[u8]], digits: usize) -> Option<&'t [u8]> {
    let rest = prefixes.iter().find_map(|prefix| token.strip_prefix(*prefix))?;
    rest.get(..rest.len().checked_sub(digits)?)
}
