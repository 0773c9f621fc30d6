//! Arithmetic that several checks share: digits, hashes, encodings, and the laws that every check obeys.

pub(crate) mod base32;
pub(crate) mod base58;
pub(crate) mod base64;
pub(crate) mod bech32;
pub(crate) mod crc16;
pub(crate) mod fill;
pub(crate) mod marvin32;
pub(crate) mod radix;
pub(crate) mod tail;

#[cfg(test)]
pub(crate) mod law;

/// Overwrites the bytes from `at` on; false, and nothing done, where they do not fit.
pub(crate) fn put(token: &mut [u8], at: usize, bytes: &[u8]) -> bool {
    let place = token.get_mut(at..).and_then(|rest| rest.get_mut(..bytes.len()));
    // The lengths are equal: this cannot panic.
    place.map(|place| place.copy_from_slice(bytes)).is_some()
}
