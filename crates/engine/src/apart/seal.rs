//! Seals what is kept, so that only who holds the identity key can read it, and nobody can change or swap it.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::identity::IdentityKey;

/// Bytes of a nonce.
const NONCE: usize = 24;

/// A cipher for what one setting keeps.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    /// Makes nonces of what is sealed: the same text is sealed the same way, and two texts never share a nonce.
    nonces: IdentityKey,
    setting: String,
}

impl Seal {
    pub(crate) fn new(key: &IdentityKey, setting: &str) -> Self {
        let cipher = XChaCha20Poly1305::new(&key.seal(b"tightlip parts, 1, text").into());
        let nonces = IdentityKey::new(key.seal(b"tightlip parts, 1, nonces"));
        Self { cipher, nonces, setting: setting.to_owned() }
    }

    /// Packs and seals a value under a name. An empty result opens as nothing.
    pub(crate) fn close(&self, name: &str, value: &impl Serialize) -> Vec<u8> {
        let packed =
            serde_json::to_vec(value).ok().and_then(|text| zstd::encode_all(text.as_slice(), 3).ok());
        let Some(packed) = packed else { return Vec::new() };
        let name = self.bound(name);
        let tag = self.nonces.seal(&[name.as_bytes(), &packed].concat());
        let nonce = tag.get(..NONCE).unwrap_or_default();
        let payload = Payload { msg: &packed, aad: name.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(nonce), payload).unwrap_or_default();
        [nonce, &sealed].concat()
    }

    /// What was sealed under this name; none if it is not whole, or not ours.
    pub(crate) fn open<T: DeserializeOwned>(&self, name: &str, sealed: &[u8]) -> Option<T> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let name = self.bound(name);
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        let packed = self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok()?;
        serde_json::from_slice(&zstd::decode_all(packed.as_slice()).ok()?).ok()
    }

    fn bound(&self, name: &str) -> String {
        format!("{}\0{name}", self.setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_or_swapped_is_nothing() {
        let seal = Seal::new(&IdentityKey::new([1; 32]), "setting");
        let closed = seal.close("name", &"a text".to_owned());
        assert_eq!(seal.open::<String>("name", &closed).as_deref(), Some("a text"));
        assert_eq!(seal.open::<String>("other", &closed), None);
        assert_eq!(Seal::new(&IdentityKey::new([2; 32]), "setting").open::<String>("name", &closed), None);
        assert_eq!(Seal::new(&IdentityKey::new([1; 32]), "rules").open::<String>("name", &closed), None);
        for at in 0..closed.len() {
            let mut changed = closed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open::<String>("name", &changed), None, "{at}");
        }
        assert!(!closed.windows(6).any(|window| window == b"a text"));
    }
}
