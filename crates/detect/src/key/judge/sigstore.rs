//! Private keys of Sigstore's cosign: PEM around a JSON that says how they are encrypted.
//!
//! Always under a password, which may be empty.

use super::{Extent, Key};
use crate::context::judge::value::entropy;

/// A key by its label and body.
pub(crate) fn sigstore(label: &[u8], body: &[u8], extent: Extent) -> Option<Key> {
    let known = matches!(label, b"ENCRYPTED SIGSTORE PRIVATE KEY" | b"ENCRYPTED COSIGN PRIVATE KEY");
    let said = |word: &[u8]| memchr::memmem::find(body, word).is_some();
    // The salt, the nonce and the key are base64: more than words have.
    let whole = body.starts_with(b"{") && said(b"\"kdf\"") && said(b"\"ciphertext\"") && entropy(body) >= 4.8;
    (known && whole).then(|| Key::encrypted("encrypted Sigstore private key", extent)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_how_it_is_encrypted() {
        let digits: String = (0..200_u8).map(|i| char::from(b'0' + i.wrapping_mul(91) % 75)).collect();
        let body = format!(
            "{{\"kdf\":{{\"name\":\"scrypt\",\"params\":{{\"N\":65536,\"r\":8,\"p\":1}}}},\"ciphertext\":\"{digits}\"}}"
        );
        let told = |label: &str, body: &str| {
            let label = format!("ENCRYPTED {label} PRI") + "VATE KEY";
            sigstore(label.as_bytes(), body.as_bytes(), Extent::Whole)
                .map(|key| key.shape)
                .unwrap_or_default()
        };
        assert_eq!(told("SIGSTORE", &body), "encrypted Sigstore private key");
        assert_eq!(told("COSIGN", &body), "encrypted Sigstore private key");
        assert_eq!(told("OTHER", &body), "");
        assert_eq!(told("COSIGN", "{\"kdf\":1,\"ciphertext\":\"\"}"), "");
    }
}
