//! Private keys of Nebula: PEM around the bytes themselves, or around what its own message says of an encrypted one.

use super::{Extent, Key};
use crate::context::judge::value::entropy;

/// A key by its label and bytes.
pub(crate) fn nebula(label: &[u8], body: &[u8], extent: Extent) -> Option<Key> {
    let kind = label.strip_prefix(b"NEBULA ")?.strip_suffix(b" PRIVATE KEY")?;
    let (kind, encrypted) = match kind.strip_suffix(b" ENCRYPTED") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let (name, length) = match kind {
        b"X25519" => ("X25519", 32),
        b"ED25519" => ("Ed25519", 64),
        b"P256" | b"ECDSA P256" => ("P-256", 32),
        _ => return None,
    };
    // Bytes of a blank or a pattern are few.
    let random = entropy(body) >= 3.5;
    match encrypted {
        true => (random && body.len() > length)
            .then_some(())
            .and_then(|()| Key::encrypted(format!("encrypted Nebula private key, {name}"), extent)),
        false => (random && body.len() == length)
            .then_some(())
            .and_then(|()| Key::open(format!("Nebula private key, {name}"), extent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_by_label_and_length() {
        let bytes: Vec<u8> = (0..140).map(|i: u8| i.wrapping_mul(91)).collect();
        let shape = |label: &str, length: usize| {
            let label = format!("NEBULA {label} PRI") + "VATE KEY";
            nebula(label.as_bytes(), &bytes[..length], Extent::Whole).map(|key| key.shape).unwrap_or_default()
        };
        assert_eq!(shape("X25519", 32), "Nebula private key, X25519");
        assert_eq!(shape("ED25519", 64), "Nebula private key, Ed25519");
        assert_eq!(shape("ED25519 ENCRYPTED", 140), "encrypted Nebula private key, Ed25519");
        assert_eq!(shape("X25519", 31), "");
        assert_eq!(nebula(b"NEBULA CERTIFICATE", &bytes, Extent::Whole), None);
    }
}
