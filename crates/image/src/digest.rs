//! The digest that names a blob: an algorithm and lower-case hexadecimal, valid by construction.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

/// The algorithms that the OCI image specification registers (`descriptor.md`, "Registered algorithms").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, 64 hexadecimal digits.
    Sha256,
    /// SHA-512, 128 hexadecimal digits.
    Sha512,
}

impl Algorithm {
    /// The word before the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// `sha256:…` or `sha512:…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

/// A text that is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDigestError {
    /// Nothing separates an algorithm from the digits.
    #[error("a digest looks like sha256:<64 hexadecimal digits>")]
    NoAlgorithm,
    /// An algorithm other than SHA-256 and SHA-512.
    #[error("a digest of this algorithm cannot be checked: use sha256 or sha512")]
    UnknownAlgorithm,
    /// Too few, too many or wrong digits.
    #[error("a {algorithm} digest has {digits} lower-case hexadecimal digits")]
    Digits {
        /// The algorithm that was named.
        algorithm: &'static str,
        /// How many digits it takes.
        digits: usize,
    },
}

impl Digest {
    /// Reads `sha256:…` or `sha512:…`.
    ///
    /// # Errors
    /// When the algorithm is another one, or the digits are not its lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, ParseDigestError> {
        let (name, hex) = text.split_once(':').ok_or(ParseDigestError::NoAlgorithm)?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(ParseDigestError::UnknownAlgorithm),
        };
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if hex.len() == algorithm.digits() && hex.bytes().all(lower_hex) {
            Ok(Self { algorithm, hex: hex.to_owned() })
        } else {
            Err(ParseDigestError::Digits { algorithm: algorithm.name(), digits: algorithm.digits() })
        }
    }

    /// The digest that a SHA-256 computation gave.
    #[must_use]
    pub fn from_sha256(bytes: [u8; 32]) -> Self {
        Self { algorithm: Algorithm::Sha256, hex: HEXLOWER.encode(&bytes) }
    }

    /// The digest that a SHA-512 computation gave.
    #[must_use]
    pub fn from_sha512(bytes: [u8; 64]) -> Self {
        Self { algorithm: Algorithm::Sha512, hex: HEXLOWER.encode(&bytes) }
    }

    /// The SHA-256 digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(Sha256::digest(bytes).into())
    }

    /// Whether these bytes have this digest.
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Sha256 => *self == Self::of(bytes),
            Algorithm::Sha512 => *self == Self::from_sha512(Sha512::digest(bytes).into()),
        }
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.hex.get(..12).unwrap_or(&self.hex)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Digest {
    type Error = ParseDigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whole_lower_case_digests_are_digests() {
        let good = Digest::of(b"x").to_string();
        assert!(Digest::parse(&good).is_ok());
        for bad in [
            String::new(),
            "sha256".into(),
            good.to_uppercase(),
            good.replace("sha256", "md5"),
            good.get(..70).unwrap().to_owned(),
            format!("{good}0"),
            "sha256:../../etc/passwd".into(),
        ] {
            assert!(Digest::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_digest_is_a_string_in_json() {
        let digest = Digest::from_sha512(Sha512::digest(b"x").into());
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{digest}\""));
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        assert!(serde_json::from_str::<Digest>("\"sha256:no\"").is_err());
        assert!(digest.matches(b"x") && !digest.matches(b"y"));
        assert_eq!(digest.short().len(), 12);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bytes: Vec<u8>) {
            let digest = Digest::of(&bytes);
            prop_assert_eq!(Digest::parse(&digest.to_string()), Ok(digest));
        }

        #[test]
        fn any_text_is_taken(text: String) {
            let _ = Digest::parse(&text);
        }
    }
}
