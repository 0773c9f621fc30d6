//! OpenSSH's own format (PROTOCOL.key in its sources): lengths before everything, a cipher name that may be `none`.

use super::{Extent, Key};

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// A private key of OpenSSH, plain or encrypted, whole or cut. Its comment is nobody's business.
pub(crate) fn openssh(bytes: &[u8]) -> Option<Key> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let cipher = string(&mut rest)?;
    string(&mut rest)?;
    string(&mut rest)?;
    let count = number(&mut rest)?;
    if count == 0 || count > 16 {
        return None;
    }
    let mut public = string(&mut rest)?;
    let kind = name(string(&mut public)?, &mut public);
    let extent = match string(&mut rest) {
        Some(secret) if secret.len() >= 16 => Extent::Whole,
        Some(_) => return None,
        None => Extent::Cut,
    };
    let shape = format!("OpenSSH private key, {kind}");
    if cipher == b"none" {
        Key::open(shape, extent)
    } else {
        Key::encrypted(format!("encrypted {shape}"), extent)
    }
}

/// The kind of key in words of ours: the bytes of the file are not repeated.
fn name(kind: &[u8], public: &mut &[u8]) -> String {
    let name = match kind {
        b"ssh-rsa" => {
            string(public);
            let bits = string(public).and_then(super::der::bits).unwrap_or_default();
            return format!("RSA, {bits} bits");
        }
        b"ssh-ed25519" => "Ed25519",
        b"ssh-dss" => "DSA",
        b"ecdsa-sha2-nistp256" => "EC P-256",
        b"ecdsa-sha2-nistp384" => "EC P-384",
        b"ecdsa-sha2-nistp521" => "EC P-521",
        b"sk-ssh-ed25519@openssh.com" => "Ed25519 on a security key",
        b"sk-ecdsa-sha2-nistp256@openssh.com" => "EC P-256 on a security key",
        _ => "of another kind",
    };
    name.to_owned()
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (digits, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*digits))
}

fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let n = usize::try_from(number(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(n)?;
    *rest = after;
    Some(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::key::judge::Lock;

    fn text(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
    }

    /// An Ed25519 key of made-up numbers.
    pub(crate) fn key(cipher: &str) -> Vec<u8> {
        let public = [text(b"ssh-ed25519"), text(&[5; 32])].concat();
        let one = 1_u32.to_be_bytes();
        let secret: Vec<u8> = (0..160).map(|i: u8| i.wrapping_mul(91)).collect();
        [MAGIC, &text(cipher.as_bytes()), &text(b"none"), &text(b""), &one, &text(&public), &text(&secret)]
            .concat()
    }

    #[test]
    fn plain_and_encrypted_keys_are_told_apart() {
        let plain = openssh(&key("none")).unwrap();
        assert_eq!((plain.shape.as_str(), plain.lock), ("OpenSSH private key, Ed25519", Lock::Open));
        assert_eq!(openssh(&key("aes256-ctr")).unwrap().lock, Lock::Encrypted);
    }

    #[test]
    fn a_cut_key_says_so() {
        let key = key("none");
        assert_eq!(openssh(&key[..key.len() - 1]).unwrap().extent, Extent::Cut);
        assert_eq!(openssh(&key[..30]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            let _ = openssh(&[MAGIC, &bytes].concat());
        }
    }
}
