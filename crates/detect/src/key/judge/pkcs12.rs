//! What is in a PKCS#12 container (RFC 7292), as far as it can be seen without its password.
//!
//! Tools encrypt certificates as a whole and keys one by one, so that the kinds of the bags with keys stand there in the clear.

use memchr::memmem::find;

use super::Extent;
use super::der::{Der, OID, SEQUENCE};

/// What a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A private key that needs no password.
    Open,
    /// Private or secret keys under a password.
    Locked,
    /// Parts that are encrypted as a whole, and no key in sight.
    Sealed,
    /// Certificates, for anybody to see.
    Certificates,
}

/// What the bytes hold if they are a container: version 3 and a content of type data or signed data.
pub(crate) fn pkcs12(bytes: &[u8]) -> Option<(Holds, Extent)> {
    let extent = head(bytes)?;
    let bag = |kind: u8| find(bytes, &[BAG, &[kind]].concat()).is_some();
    let holds = if bag(KEY) {
        Holds::Open
    } else if bag(SHROUDED) || bag(SECRET) {
        Holds::Locked
    } else if extent == Extent::Cut || find(bytes, ENCRYPTED).is_some() {
        Holds::Sealed
    } else {
        Holds::Certificates
    };
    Some((holds, extent))
}

fn head(bytes: &[u8]) -> Option<Extent> {
    // With lengths that are told at the end, as Bouncy Castle writes them.
    if let Some(rest) = bytes.strip_prefix(&[SEQUENCE, 0x80, 2, 1, 3, SEQUENCE, 0x80, OID, 9]) {
        return rest.starts_with(PKCS7).then_some(Extent::Whole);
    }
    let outer = Der(bytes).expect(SEQUENCE)?;
    let mut der = Der(outer.body);
    if der.small()? != 3 {
        return None;
    }
    let content = Der(der.expect(SEQUENCE)?.body).whole(OID)?;
    content.starts_with(PKCS7).then_some(outer.extent)
}

/// 1.2.840.113549.1.7
const PKCS7: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
/// 1.2.840.113549.1.7.6
const ENCRYPTED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];
/// 1.2.840.113549.1.12.10.1, before the kind of a bag.
pub(crate) const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
const KEY: u8 = 1;
const SHROUDED: u8 = 2;
const SECRET: u8 = 5;

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::tlv;
    use super::*;

    /// A container with some parts in it.
    pub(crate) fn container(parts: &[u8]) -> Vec<u8> {
        let data = tlv(OID, &[PKCS7, &[1]].concat());
        let content = tlv(SEQUENCE, &[data, tlv(0xa0, &tlv(4, &tlv(SEQUENCE, parts)))].concat());
        tlv(SEQUENCE, &[tlv(2, &[3]), content].concat())
    }

    /// A bag of a kind.
    pub(crate) fn bag(kind: u8) -> Vec<u8> {
        tlv(SEQUENCE, &[tlv(OID, &[BAG, &[kind]].concat()), tlv(0xa0, &[7; 40])].concat())
    }

    #[test]
    fn what_is_in_it_is_seen_without_its_password() {
        let holds = |parts: &[u8]| pkcs12(&container(parts)).map(|(holds, _)| holds);
        let certificates = tlv(OID, ENCRYPTED);
        assert_eq!(holds(&bag(KEY)), Some(Holds::Open));
        assert_eq!(holds(&[certificates.clone(), bag(SHROUDED)].concat()), Some(Holds::Locked));
        assert_eq!(holds(&bag(SECRET)), Some(Holds::Locked));
        assert_eq!(holds(&certificates), Some(Holds::Sealed));
        assert_eq!(holds(&bag(3)), Some(Holds::Certificates));
    }

    #[test]
    fn other_structures_are_none() {
        assert_eq!(pkcs12(b"0\x03\x02\x01\x03"), None);
        assert_eq!(
            pkcs12(&tlv(SEQUENCE, &[tlv(2, &[3]), tlv(SEQUENCE, &tlv(OID, &[0x2a, 3]))].concat())),
            None
        );
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            let _ = pkcs12(&bytes);
            let _ = pkcs12(&container(&bytes));
        }
    }
}
