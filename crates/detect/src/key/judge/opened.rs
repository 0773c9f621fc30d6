//! Does a key store open with a password that everybody tries first? Then it is as good as none.
//!
//! Both kinds of store hold a digest over their content that is keyed with the password, so that nothing has to be decrypted.

use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, FixedOutputReset};
use hmac::{Mac as _, SimpleHmac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::der::{Der, INTEGER, OCTETS, OID, SEQUENCE};

/// Passwords of manuals and of tools that ask for one, no one's own.
const FIRST: &[&str] =
    &["changeit", "changeme", "password", "secret", "123456", "keystore", "storepass", "test", "notasecret"];
/// A store whose password takes more rounds to try is not tried: a scan does not guess for minutes.
const ROUNDS: u32 = 100_000;
/// The tag of what is explicitly numbered 0.
const EXPLICIT: u8 = 0xa0;

/// What a PKCS#12 container says of its digest.
struct Sum<'b> {
    algorithm: &'b [u8],
    digest: &'b [u8],
    salt: &'b [u8],
    rounds: u32,
    content: &'b [u8],
}

/// Whether a PKCS#12 container opens with one of them (RFC 7292, 5.1), or with an empty one, which has two spellings.
pub(crate) fn pkcs12(bytes: &[u8]) -> bool {
    let spelled = FIRST.iter().map(|password| bmp(password));
    sum(bytes).is_some_and(|sum| spelled.chain([Vec::new(), bmp("")]).any(|password| sum.is_of(&password)))
}

/// As the derivation has a password: two bytes a character, and two of zero.
fn bmp(password: &str) -> Vec<u8> {
    password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect()
}

/// Version, content and, behind them, digest, salt and rounds.
fn sum(bytes: &[u8]) -> Option<Sum<'_>> {
    let mut store = Der(Der(bytes).whole(SEQUENCE)?);
    store.small()?;
    let mut content = Der(store.whole(SEQUENCE)?);
    content.whole(OID)?;
    let content = Der(content.whole(EXPLICIT)?).whole(OCTETS)?;
    let mut data = Der(store.whole(SEQUENCE)?);
    let mut info = Der(data.whole(SEQUENCE)?);
    let algorithm = Der(info.whole(SEQUENCE)?).whole(OID)?;
    let (digest, salt) = (info.whole(OCTETS)?, data.whole(OCTETS)?);
    // Absent, it is one.
    let rounds = data.whole(INTEGER).map_or(Some(1), number)?;
    (1..=ROUNDS).contains(&rounds).then_some(Sum { algorithm, digest, salt, rounds, content })
}

fn number(digits: &[u8]) -> Option<u32> {
    (digits.len() <= 4).then(|| digits.iter().fold(0, |sum, digit| sum << 8 | u32::from(*digit)))
}

impl Sum<'_> {
    /// Whether the digest is the one that a password gives.
    fn is_of(&self, password: &[u8]) -> bool {
        match self.algorithm {
            [0x2b, 0x0e, 0x03, 0x02, 0x1a] => self.holds::<Sha1>(password),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => self.holds::<Sha256>(password),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02] => self.holds::<Sha384>(password),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03] => self.holds::<Sha512>(password),
            _ => false,
        }
    }

    fn holds<D: Digest + FixedOutputReset + BlockSizeUser + Clone>(&self, password: &[u8]) -> bool {
        let key = derive::<D>(password, self.salt, self.rounds);
        let mac = SimpleHmac::<D>::new_from_slice(&key);
        mac.is_ok_and(|mac| mac.chain_update(self.content).verify_slice(self.digest).is_ok())
    }
}

/// The key for the digest: RFC 7292, B.2, for a key as long as one block of the hash. The crate that has it brings nine others.
fn derive<D: Digest + BlockSizeUser>(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    /// The purpose "integrity".
    const PURPOSE: u8 = 3;
    let block = <D as BlockSizeUser>::block_size();
    let filled = |part: &[u8]| -> Vec<u8> {
        part.iter().copied().cycle().take(part.len().div_ceil(block) * block).collect()
    };
    let start = [vec![PURPOSE; block], filled(salt), filled(password)].concat();
    (1..rounds).fold(D::digest(start), |key, _| D::digest(key)).to_vec()
}

/// Whether a JKS or JCEKS opens with one of them: SHA-1 over the password, two words and everything before the digest.
pub(crate) fn java(bytes: &[u8]) -> bool {
    let Some((content, digest)) = bytes.len().checked_sub(20).and_then(|at| bytes.split_at_checked(at))
    else {
        return false;
    };
    let first = FIRST.iter().chain(&[""]);
    first.map(|password| java_sum(password, content)).any(|sum| sum.as_slice() == digest)
}

fn java_sum(password: &str, content: &[u8]) -> Vec<u8> {
    let password = password.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    Sha1::digest([&password[..], b"Mighty Aphrodite", content].concat()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::tests::tlv;
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_are_derived_as_openssl_does() {
        // openssl kdf -kdfopt digest:SHA1 -kdfopt hexpass:… -kdfopt hexsalt:0102030405060708 -kdfopt id:3 -kdfopt iter:1 PKCS12KDF
        let salt = [1, 2, 3, 4, 5, 6, 7, 8];
        let derived = |rounds| hex(&derive::<Sha1>(&bmp("changeit"), &salt, rounds));
        assert_eq!(derived(1), ["71575e75f0ee7173e524", "978ed7bb4eb559559eb9"].concat());
        assert_eq!(derived(2048), ["9c8bcdd24686980aa78f", "d6ca1430f7d638097da1"].concat());
        let derived = hex(&derive::<Sha256>(&bmp("changeit"), &salt, 2048));
        assert_eq!(
            derived,
            ["3c26affc9ec71b39e0e2754ffdb2d865", "3cabb0c8c012e5962cca38075d845b5e"].concat()
        );
    }

    /// A container without anything in it, whose digest is made with a password.
    fn container(password: &[u8], rounds: u8) -> Vec<u8> {
        let content = tlv(0x30, &[]);
        let key = derive::<Sha256>(password, b"salt", u32::from(rounds));
        let digest = SimpleHmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(&content).finalize();
        let data = tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        let algorithm = tlv(0x30, &tlv(6, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]));
        let info = tlv(0x30, &[algorithm, tlv(4, &digest.into_bytes())].concat());
        let safe = tlv(0x30, &[data, tlv(EXPLICIT, &tlv(4, &content))].concat());
        let mac = tlv(0x30, &[info, tlv(4, b"salt"), tlv(2, &[rounds])].concat());
        tlv(0x30, &[tlv(2, &[3]), safe, mac].concat())
    }

    #[test]
    fn a_container_opens_with_what_everybody_tries() {
        for password in [bmp("changeit"), bmp("notasecret"), bmp(""), Vec::new()] {
            assert!(pkcs12(&container(&password, 9)));
        }
        assert!(!pkcs12(&container(&bmp("harbour-42"), 9)));
        assert!(!pkcs12(&container(&bmp("changeit"), 0)));
        assert!(!pkcs12(b"0\x03\x02\x01\x03"));
    }

    #[test]
    fn a_java_store_opens_with_what_everybody_tries() {
        let store = |password: &str| [b"content".to_vec(), java_sum(password, b"content")].concat();
        assert!(java(&store("changeit")) && java(&store("")));
        assert!(!java(&store("harbour-42")) && !java(b"short"));
    }
}
