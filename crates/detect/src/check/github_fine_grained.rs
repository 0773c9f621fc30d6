//! GitHub fine-grained tokens: eight characters of the last part are a SHA-256 of what stands before them.
//!
//! `github_pat_`, 22 characters, `_`, 43 characters, 8 check characters, 8 more. The check characters are the
//! first 40 bits of the SHA-256 of everything before them, in capital base32. GitHub does not document this: it was
//! recomputed on published samples of unrelated origin. What the last eight mean is unknown.
//!
//! Source of the shape: <https://github.blog/2022-10-18-introducing-fine-grained-personal-access-tokens-for-github/>

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::sum::{base32, put};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "github-fine-grained", noun: "checksum", verify, seal, tells: nothing };

const LENGTH: usize = 93;
const SEPARATOR: usize = 33;
const PLACE: Range<usize> = 77..85;

fn verify(token: &[u8]) -> Outcome {
    match sum(token) {
        None => Outcome::Absent,
        Some(right) if token.get(PLACE) == Some(right.as_slice()) => Outcome::Holds,
        Some(_) => Outcome::Fails,
    }
}

fn seal(token: &mut [u8]) -> bool {
    let Some(right) = sum(token) else { return false };
    put(token, PLACE.start, &right)
}

/// The eight check characters.
fn sum(token: &[u8]) -> Option<Vec<u8>> {
    let known = token.len() == LENGTH && token.starts_with(b"github_pat_");
    let split = token.get(SEPARATOR) == Some(&b'_');
    let digest = Sha256::digest(token.get(..PLACE.start).filter(|_| known && split)?);
    Some(base32::encode(digest.get(..5)?))
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}";

    #[test]
    fn a_sum_computed_independently_holds() {
        let body = "0123456789tightlip0123456789TIGHTLIP0123456";
        let parts = ["github_pat_", "11TIGHTLIP012345678901", "_", body, "VBHPWNDB", "01234567"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn another_length_has_none() {
        assert_eq!(law::verify(&CHECK, &["github_pat_", "11TIGHTLIP"]), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 11..85);
    }
}
