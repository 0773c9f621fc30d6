//! Sealing tokens that are structures: a structure of exactly the length that the token has room for.

use base64::engine::GeneralPurpose;

use super::base64::{capacity, overwrite};

/// Overwrites base64 text by the encoding of `before`, filler and `after`. The filler is drawn from the letters and
/// digits of the text itself, so that different tokens stay different. False where there is no room.
pub(crate) fn overwrite_between(engine: &GeneralPurpose, text: &mut [u8], before: &str, after: &str) -> bool {
    let Some(length) = capacity(text) else { return false };
    let Some(bytes) = between(before.as_bytes(), text, after.as_bytes(), length) else { return false };
    overwrite(engine, text, &bytes)
}

/// `length` bytes that start with `before`, end with `after` and have letters and digits of `seed` between.
pub(crate) fn between(before: &[u8], seed: &[u8], after: &[u8], length: usize) -> Option<Vec<u8>> {
    let room = length.checked_sub(before.len())?.checked_sub(after.len())?;
    Some([before, &alphanumeric(seed, room), after].concat())
}

/// `length` letters and digits taken from `seed`, over and over.
pub(crate) fn alphanumeric(seed: &[u8], length: usize) -> Vec<u8> {
    // The end of a token is more random than its beginning.
    let mut drawn: Vec<u8> = seed.iter().rev().copied().filter(u8::is_ascii_alphanumeric).collect();
    if drawn.is_empty() {
        drawn.push(b'x');
    }
    drawn.into_iter().cycle().take(length).collect()
}
