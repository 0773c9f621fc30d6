//! Values that look like secrets, made when a test runs: the repository holds none.

use std::hash::{BuildHasher, RandomState};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A GitHub token that nobody was given, with a checksum that holds.
#[must_use]
pub fn github_token() -> String {
    let random = RandomState::new();
    let body: String = (0..30_u64).map(|place| digit(random.hash_one(place))).collect();
    let checksum = crc32fast::hash(body.as_bytes());
    let tail: String = (0..6).rev().map(|place| digit(u64::from(checksum) / 62_u64.pow(place))).collect();
    format!("ghp_{body}{tail}")
}

fn digit(number: u64) -> char {
    let index = usize::try_from(number % 62).unwrap_or_default();
    BASE62.get(index).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_length_and_differ() {
        let (one, other) = (github_token(), github_token());
        assert_eq!(one.len(), 40);
        assert_ne!(one, other);
    }
}
