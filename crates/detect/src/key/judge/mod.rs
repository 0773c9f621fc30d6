//! Does it parse as a key, and which?

pub(crate) mod armor;
pub(crate) mod bks;
pub(crate) mod der;
pub(crate) mod known;
mod nebula;
pub(crate) mod opened;
pub(crate) mod openpgp;
mod openssh;
mod pkcs;
pub(crate) mod pkcs12;
mod sigstore;
pub(crate) mod unread;

pub(crate) use nebula::nebula;
pub(crate) use openssh::openssh;
pub(crate) use pkcs::asn1;
pub(crate) use sigstore::sigstore;

/// Whether a passphrase is needed to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Anybody can use it.
    Open,
    /// Encrypted under a passphrase.
    Encrypted,
}

/// Whether all of it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// To the last byte.
    Whole,
    /// It starts like a key and ends too soon.
    Cut,
}

/// A private key that parses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// `RSA private key, 2048 bits`.
    pub shape: String,
    /// Whether it is encrypted.
    pub lock: Lock,
    /// Whether it is complete.
    pub extent: Extent,
}

impl Key {
    fn open(shape: impl Into<String>, extent: Extent) -> Option<Self> {
        Some(Self { shape: shape.into(), lock: Lock::Open, extent })
    }

    fn encrypted(shape: impl Into<String>, extent: Extent) -> Option<Self> {
        Some(Self { shape: shape.into(), lock: Lock::Encrypted, extent })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    pub(crate) use super::openssh::tests::key as openssh_key;
    pub(crate) use super::pkcs::tests::{ec_key, encrypted, rsa_key, tlv};
}
