//! Arithmetic that several checks share: digits, hashes, encodings, and the laws that every check obeys.

pub(crate) mod base32;
pub(crate) mod base64;
pub(crate) mod fill;
pub(crate) mod marvin32;
pub(crate) mod radix;
pub(crate) mod tail;

#[cfg(test)]
pub(crate) mod law;
