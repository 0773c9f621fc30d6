//! A digest: the name that a blob has because of its bytes.

use std::fmt;

/// The hash functions that the OCI image specification registers for digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, the usual one.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A digest: algorithm and lower-case hexadecimal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

/// The text is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digest (sha256: or sha512: and lower-case hexadecimal digits)")]
pub struct ParseDigestError;

impl Digest {
    /// Reads `sha256:…` or `sha512:…`.
    ///
    /// # Errors
    /// If the algorithm is another one, or the digits are too few, too many, or not lower-case hexadecimal.
    pub fn parse(text: &str) -> Result<Digest, ParseDigestError> {
        let (name, hex) = text.split_once(':').ok_or(ParseDigestError)?;
        let (algorithm, length) = match name {
            "sha256" => (Algorithm::Sha256, 64),
            "sha512" => (Algorithm::Sha512, 128),
            _ => return Err(ParseDigestError),
        };
        let digits = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex.len() != length || !digits {
            return Err(ParseDigestError);
        }
        Ok(Digest { algorithm, hex: hex.to_owned() })
    }

    /// The digest that these 32 bytes are.
    pub fn from_sha256(bytes: [u8; 32]) -> Digest {
        Digest { algorithm: Algorithm::Sha256, hex: hex(&bytes) }
    }

    /// The digest that these 64 bytes are.
    pub fn from_sha512(bytes: [u8; 64]) -> Digest {
        Digest { algorithm: Algorithm::Sha512, hex: hex(&bytes) }
    }

    /// The hash function.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The lower-case hexadecimal digits.
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.algorithm {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        };
        write!(f, "{name}:{}", self.hex)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
