//! Names for secrets and findings that give nothing away.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

/// The key that makes identities useless to anybody who does not hold it: without it, a weak value could be
/// guessed from its identity.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityKey([u8; 32]);

impl IdentityKey {
    /// A key from 32 bytes that are kept (the same secret has the same identity in every run) or random.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The identity of a value: the first 16 bytes of HMAC-SHA-256, in hexadecimal.
    #[must_use]
    pub(crate) fn identity(&self, value: &[u8]) -> String {
        // Why the fallback cannot happen: HMAC takes keys of every length (RFC 2104 section 2).
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(value);
        hex(&mac.finalize().into_bytes()[..16])
    }

    /// HMAC-SHA-256, for what only the holder of the key shall be able to make or check.
    #[must_use]
    pub(crate) fn seal(&self, bytes: &[u8]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey")
    }
}

/// A fingerprint: SHA-256 over the parts that stay the same when the image is built again.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..12])
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// As many bytes as are asked for, from hexadecimal digits in either case.
pub(crate) fn unhex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (digits.len() == N * 2).then_some(())?;
    HEXLOWER_PERMISSIVE.decode_mut(digits, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_needs_its_key() {
        let (a, b) = (IdentityKey::new([1; 32]), IdentityKey::new([2; 32]));
        assert_eq!(a.identity(b"x"), a.identity(b"x"));
        assert_ne!(a.identity(b"x"), b.identity(b"x"));
    }

    #[test]
    fn digits_say_bytes_in_either_case_and_nothing_else_does() {
        assert_eq!((hex(&[0, 0xa9]), unhex(b"00aF")), ("00a9".to_owned(), Some([0, 0xaf])));
        for other in [&b"+f"[..], b"0x", b"f", b" f", b"0ff0"] {
            assert_eq!(unhex::<1>(other), None, "{other:?}");
        }
    }

    #[test]
    fn parts_of_a_fingerprint_do_not_run_together() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
