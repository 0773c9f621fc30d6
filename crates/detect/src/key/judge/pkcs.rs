//! Private keys in ASN.1: PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC 5915), DSA as OpenSSL writes it, PKCS#8 (RFC 5958).

use super::der::{Der, Element, INTEGER, OCTETS, OID, SEQUENCE, bits};
use super::{Extent, Key};

/// A private key in any of the forms, plain or encrypted, whole or cut.
pub(crate) fn asn1(bytes: &[u8]) -> Option<Key> {
    let outer = Der(bytes).expect(SEQUENCE)?;
    pkcs8(&outer)
        .or_else(|| encrypted_pkcs8(&outer))
        .or_else(|| sec1(&outer, None))
        .or_else(|| rsa(&outer))
        .or_else(|| dsa(&outer))
}

fn rsa(outer: &Element<'_>) -> Option<Key> {
    let mut der = Der(outer.body);
    if der.small()? > 1 {
        return None;
    }
    let modulus = der.whole(INTEGER)?;
    let size = bits(modulus).filter(|n| (384..=16_384).contains(n))?;
    // A modulus is odd, and so is the exponent, which is small.
    let odd = |number: &[u8]| number.last().is_some_and(|b| b & 1 == 1);
    let exponent = der.expect(INTEGER)?;
    if !odd(modulus) || (exponent.extent == Extent::Whole && !odd(exponent.body)) {
        return None;
    }
    let shape = format!("RSA private key, {size} bits");
    if outer.extent == Extent::Cut {
        return Key::open(shape, Extent::Cut);
    }
    let private = der.bits()?;
    let rest: Option<Vec<usize>> = (0..5).map(|_| der.bits()).collect();
    let (p, q) = (*rest.as_ref()?.first()?, *rest.as_ref()?.get(1)?);
    (private <= size && (p + q).abs_diff(size) <= 1)
        .then_some(())
        .and_then(|()| Key::open(shape, Extent::Whole))
}

fn dsa(outer: &Element<'_>) -> Option<Key> {
    let mut der = Der(outer.body);
    if der.small()? != 0 {
        return None;
    }
    let (p, q) = (der.bits()?, der.bits()?);
    if !(512..=4096).contains(&p) || !(128..=512).contains(&q) {
        return None;
    }
    let shape = format!("DSA private key, {p} bits");
    if outer.extent == Extent::Cut {
        return Key::open(shape, Extent::Cut);
    }
    let (g, y, x) = (der.bits()?, der.bits()?, der.bits()?);
    (g <= p && y <= p && x <= q).then_some(()).and_then(|()| Key::open(shape, Extent::Whole))
}

/// SEC 1, with the curve that PKCS#8 names outside where it does.
fn sec1(outer: &Element<'_>, curve: Option<&[u8]>) -> Option<Key> {
    let mut der = Der(outer.body);
    if der.small()? != 1 {
        return None;
    }
    let secret = der.expect(OCTETS)?;
    if !(14..=72).contains(&secret.body.len()) || secret.body.iter().all(|b| *b == 0) {
        return None;
    }
    let inside = der.expect(0xa0).and_then(|e| Der(e.body).whole(OID));
    let shape = match curve.or(inside) {
        Some(oid) => format!("EC private key, {}", curve_name(oid)),
        None => format!("EC private key, {} bits", secret.body.len() * 8),
    };
    Key::open(shape, outer.extent)
}

fn pkcs8(outer: &Element<'_>) -> Option<Key> {
    let mut der = Der(outer.body);
    if der.small()? > 1 {
        return None;
    }
    let mut algorithm = Der(der.whole(SEQUENCE)?);
    let oid = algorithm.whole(OID)?;
    let inner = der.expect(OCTETS)?;
    let extent = outer.extent;
    if inner.body.is_empty() && extent == Extent::Whole {
        return None;
    }
    match name_of(oid) {
        Some("RSA") => Der(inner.body).expect(SEQUENCE).and_then(|e| rsa(&e)).map(|k| Key { extent, ..k }),
        Some("EC") => {
            let curve = algorithm.whole(OID);
            Der(inner.body).expect(SEQUENCE).and_then(|e| sec1(&e, curve)).map(|k| Key { extent, ..k })
        }
        Some(name @ ("Ed25519" | "X25519" | "Ed448" | "X448")) => {
            let size = Der(inner.body).expect(OCTETS)?.body.len();
            let right = match name {
                "Ed448" => 57,
                "X448" => 56,
                _ => 32,
            };
            (size == right || extent == Extent::Cut)
                .then_some(())
                .and_then(|()| Key::open(format!("{name} private key"), extent))
        }
        Some(name) => Key::open(format!("{name} private key"), extent),
        None => Key::open(format!("private key of algorithm {}", dotted(oid)), extent),
    }
}

fn encrypted_pkcs8(outer: &Element<'_>) -> Option<Key> {
    let mut der = Der(outer.body);
    let mut algorithm = Der(der.whole(SEQUENCE)?);
    let oid = algorithm.whole(OID)?;
    let known = [PKCS5, PKCS12_PBE].iter().any(|prefix| oid.starts_with(prefix));
    let body = der.expect(OCTETS)?;
    let plausible = known && body.body.len() >= 16 && algorithm.element().is_some();
    plausible.then_some(()).and_then(|()| Key::encrypted("encrypted PKCS#8 private key", outer.extent))
}

/// 1.2.840.113549.1.5
const PKCS5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];
/// 1.2.840.113549.1.12.1
const PKCS12_PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];

fn name_of(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01] => "RSA",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a] => "RSA-PSS",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01] => "Diffie-Hellman",
        [0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01] => "DSA",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01] => "EC",
        [0x2b, 0x65, 0x6e] => "X25519",
        [0x2b, 0x65, 0x6f] => "X448",
        [0x2b, 0x65, 0x70] => "Ed25519",
        [0x2b, 0x65, 0x71] => "Ed448",
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11..=0x13] => "ML-DSA",
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, 0x01..=0x03] => "ML-KEM",
        _ => return None,
    })
}

fn curve_name(oid: &[u8]) -> String {
    let name = match oid {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07] => "P-256",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01] => "P-192",
        [0x2b, 0x81, 0x04, 0x00, 0x21] => "P-224",
        [0x2b, 0x81, 0x04, 0x00, 0x22] => "P-384",
        [0x2b, 0x81, 0x04, 0x00, 0x23] => "P-521",
        [0x2b, 0x81, 0x04, 0x00, 0x0a] => "secp256k1",
        _ => return format!("curve {}", dotted(oid)),
    };
    name.to_owned()
}

/// An object identifier as people write it.
fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for b in oid {
        arc = (arc << 7) | u64::from(b & 0x7f);
        if b & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first);
                arc -= first * 40;
            }
            arcs.push(arc);
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::key::judge::Lock;

    /// An element with its length.
    pub(crate) fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
        let n = u16::try_from(body.len()).unwrap();
        let [high, low] = n.to_be_bytes();
        let mut out = match n {
            0..=127 => vec![tag, low],
            128..=255 => vec![tag, 0x81, low],
            _ => vec![tag, 0x82, high, low],
        };
        out.extend_from_slice(body);
        out
    }

    /// A number of so many bytes, the first and last bit set.
    pub(crate) fn number(bytes: usize, seed: u8) -> Vec<u8> {
        let mut digits: Vec<u8> =
            (0..bytes).map(|i| seed.wrapping_mul(31).wrapping_add((i * i * 7 + i * 13) as u8)).collect();
        digits[0] |= 0x80;
        *digits.last_mut().unwrap() |= 1;
        digits.insert(0, 0);
        tlv(INTEGER, &digits)
    }

    /// Numbers arranged as an RSA private key: it parses, and opens nothing.
    pub(crate) fn rsa_key(bits: usize) -> Vec<u8> {
        let n = bits / 8;
        let mut body = tlv(INTEGER, &[0]);
        body.extend(number(n, 1));
        body.extend(tlv(INTEGER, &[1, 0, 1]));
        body.extend(number(n, 2));
        for seed in 3..8 {
            body.extend(number(n / 2, seed));
        }
        tlv(SEQUENCE, &body)
    }

    pub(crate) fn ec_key() -> Vec<u8> {
        let curve = tlv(0xa0, &tlv(OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]));
        let secret = tlv(OCTETS, &(1..33).map(|i: u8| i.wrapping_mul(57)).collect::<Vec<_>>());
        tlv(SEQUENCE, &[tlv(INTEGER, &[1]), secret, curve].concat())
    }

    pub(crate) fn wrapped(algorithm: &[u8], inner: &[u8]) -> Vec<u8> {
        tlv(SEQUENCE, &[tlv(INTEGER, &[0]), tlv(SEQUENCE, &tlv(OID, algorithm)), tlv(OCTETS, inner)].concat())
    }

    pub(crate) fn encrypted() -> Vec<u8> {
        let pbes2 = [PKCS5, &[0x0d]].concat();
        let algorithm = tlv(SEQUENCE, &[tlv(OID, &pbes2), tlv(SEQUENCE, &[])].concat());
        tlv(SEQUENCE, &[algorithm, tlv(OCTETS, &[7; 64])].concat())
    }

    #[test]
    fn every_form_names_its_key() {
        let shape = |bytes: &[u8]| asn1(bytes).map(|k| k.shape).unwrap_or_default();
        assert_eq!(shape(&rsa_key(2048)), "RSA private key, 2048 bits");
        assert_eq!(shape(&ec_key()), "EC private key, P-256");
        let rsa_oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        assert_eq!(shape(&wrapped(&rsa_oid, &rsa_key(1024))), "RSA private key, 1024 bits");
        assert_eq!(shape(&wrapped(&[0x2b, 0x65, 0x70], &tlv(OCTETS, &[9; 32]))), "Ed25519 private key");
        assert_eq!(shape(&wrapped(&[0x2a, 0x03], &[9; 32])), "private key of algorithm 1.2.3");
        assert_eq!(asn1(&encrypted()).unwrap().lock, Lock::Encrypted);
        let dsa = [
            tlv(INTEGER, &[0]),
            number(128, 1),
            number(20, 2),
            number(128, 3),
            number(128, 4),
            number(20, 5),
        ]
        .concat();
        assert_eq!(shape(&tlv(SEQUENCE, &dsa)), "DSA private key, 1024 bits");
    }

    #[test]
    fn a_cut_key_is_told_from_a_whole_one() {
        let key = rsa_key(2048);
        assert_eq!(asn1(&key).unwrap().extent, Extent::Whole);
        assert_eq!(asn1(&key[..400]).unwrap().extent, Extent::Cut);
        assert_eq!(asn1(&key[..100]), None, "half a modulus says too little");
    }

    #[test]
    fn other_structures_are_no_keys() {
        assert_eq!(asn1(b""), None);
        assert_eq!(asn1(&tlv(SEQUENCE, &[tlv(INTEGER, &[0]), tlv(INTEGER, &[5])].concat())), None);
        let public = tlv(SEQUENCE, &[number(256, 1), tlv(INTEGER, &[1, 0, 1])].concat());
        assert_eq!(asn1(&public), None);
        assert_eq!(asn1(&wrapped(&[0x2b, 0x65, 0x70], &tlv(OCTETS, &[9; 31]))), None);
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            let _ = asn1(&bytes);
            let _ = asn1(&[&[0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x00][..], &bytes].concat());
        }
    }
}
