//! OpenPGP private keys (RFC 9580): an armoured block whose first packet is a secret key.
//!
//! The checksum of the armour must hold where there is one. A key under a passphrase is a warning.

use tightlip_report::{Confidence, Level};

use super::judge::{Extent, armor, known, unread};
use crate::{Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "pgp-private-key",
    "OpenPGP private key",
    "Whoever holds it can read what is encrypted to its owner and sign as them.",
)
.source("https://www.rfc-editor.org/rfc/rfc9580#section-5.5.3");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-pgp-private-key",
    "OpenPGP private key, encrypted",
    "Whoever holds it can try passphrases at leisure.",
)
.source("https://www.rfc-editor.org/rfc/rfc9580#section-3.7")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "pgp",
    rules: &[&PLAIN, &ENCRYPTED, &unread::RULE],
    wants: |_| true,
    keywords: &["private key block-----"],
    find,
    hits: &[crate::Example {
        path: "root/key.asc",
        text: concat!(
            "-----BEGIN PGP PRI",
            "VATE KEY BLOCK-----\n\nA{b64:63}\n{b64:64}\n{b64:64}\n-----END PGP PRI",
            "VATE KEY BLOCK-----\n"
        ),
        rule: "unread-private-key",
    }],
    misses: &[crate::Example {
        path: "README.md",
        text: concat!(
            "-----BEGIN PGP PRI",
            "VATE KEY BLOCK-----\n\n{b64:64}\n-----END PGP PRI",
            "VATE KEY BLOCK-----\n"
        ),
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at {
        if at < done {
            continue;
        }
        let Some(armor) = armor::around(text.bytes, at) else { continue };
        let Some(protection) = secret_key(&armor.body) else {
            done = armor.block.span().end;
            unread::told(&armor).into_iter().for_each(&mut *out);
            continue;
        };
        let sum = checksum(armor.block.bytes()).map(|stated| stated == crc24(&armor.body));
        let (rule, word) = match protection {
            0 => (&PLAIN, "OpenPGP private key"),
            _ => (&ENCRYPTED, "encrypted OpenPGP private key"),
        };
        done = armor.block.span().end;
        let whole = armor.extent == Extent::Whole && sum != Some(false);
        let shape = match (whole, sum) {
            (true, Some(true)) => format!("{word}, checksum holds"),
            (true, _) => word.to_owned(),
            (false, _) => format!("{word}, cut short or damaged"),
        };
        let found = Found::here(rule, armor.block, shape).decoded(armor.body, &["pgp"]);
        out(known::lowered(if whole { found } else { found.at(Level::Warn, Confidence::Low) }));
    }
}

/// The byte that says how the secret part of the first packet is protected; none if it is no secret key (tag 5).
fn secret_key(packets: &[u8]) -> Option<u8> {
    let (&first, rest) = packets.split_first()?;
    let (tag, body) = if first & 0xc0 == 0xc0 {
        let skip = match *rest.first()? {
            0..=191 => 1,
            192..=223 => 2,
            255 => 5,
            _ => return None,
        };
        (first & 0x3f, rest.get(skip..)?)
    } else {
        let skip = match first & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => 0,
        };
        ((first >> 2) & 0x0f, rest.get(skip..)?)
    };
    if first & 0x80 == 0 || tag != 5 || !matches!(body.first(), Some(3..=6)) {
        return None;
    }
    let algorithm = *body.get(5)?;
    let material = match body.first() {
        // Version 6 says how long the public part is.
        Some(6) => {
            let n = u32::from_be_bytes(*body.get(6..)?.first_chunk::<4>()?);
            return body.get(10 + usize::try_from(n).ok()?).copied();
        }
        Some(3) => body.get(8..)?,
        _ => body.get(6..)?,
    };
    after_public(algorithm, material)?.first().copied()
}

/// What follows the public numbers of an algorithm (RFC 9580, 5.5.5).
fn after_public(algorithm: u8, material: &[u8]) -> Option<&[u8]> {
    let numbers = match algorithm {
        1..=3 => 2,
        16 | 20 => 3,
        17 => 4,
        18 | 19 | 22 => 1,
        25 | 27 => return material.get(32..),
        26 => return material.get(56..),
        28 => return material.get(57..),
        _ => return None,
    };
    let mut rest = material;
    if matches!(algorithm, 18 | 19 | 22) {
        let n = usize::from(*rest.first()?);
        rest = rest.get(n + 1..)?;
    }
    for _ in 0..numbers {
        rest = number(rest)?;
    }
    if algorithm == 18 {
        let n = usize::from(*rest.first()?);
        rest = rest.get(n + 1..)?;
    }
    Some(rest)
}

/// What follows a number that starts with its length in bits.
fn number(rest: &[u8]) -> Option<&[u8]> {
    let bits = u16::from_be_bytes(*rest.first_chunk::<2>()?);
    rest.get(2 + usize::from(bits).div_ceil(8)..)
}

/// The checksum line of the armour: an equals sign and four digits.
fn checksum(block: &[u8]) -> Option<u32> {
    let at = memchr::memmem::rfind(block, b"=")?;
    let digits = block.get(at + 1..at + 5)?;
    let before = block.get(..at)?.last()?;
    if !matches!(before, b'\n' | b'n') {
        return None;
    }
    let sum = crate::read::base64::decode(digits)?;
    let [a, b, c] = sum.as_slice() else { return None };
    Some(u32::from_be_bytes([0, *a, *b, *c]))
}

/// CRC-24 of RFC 9580, 6.1.1.
fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |crc, b| {
        (0..8).fold(crc ^ (u32::from(*b) << 16), |crc, _| {
            let next = crc << 1;
            if next & 0x0100_0000 == 0 { next } else { next ^ 0x0186_4cfb }
        })
    }) & 0x00ff_ffff
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    /// A version 4 Ed25519 key of made-up numbers, protected as the byte says.
    fn block(protection: u8, sum: Option<u32>) -> String {
        let mut body = vec![4, 0, 0, 0, 1, 27];
        body.extend((0..32).map(|i: u8| i.wrapping_mul(77)));
        body.push(protection);
        body.extend([8; 34]);
        let mut packet = vec![0xc5, u8::try_from(body.len()).unwrap()];
        packet.extend(body);
        let sum = sum.unwrap_or_else(|| crc24(&packet)).to_be_bytes();
        let label = concat!("PGP PRI", "VATE KEY BLOCK");
        format!(
            "-----BEGIN {label}-----\nComment: x\n\n{}\n={}\n-----END {label}-----\n",
            STANDARD.encode(&packet),
            STANDARD.encode(&sum[1..])
        )
    }

    fn shape(text: &str) -> String {
        found_in(&FINDER, "x", text.as_bytes()).into_iter().map(|f| f.shape).collect()
    }

    #[test]
    fn protection_and_checksum_are_read() {
        assert_eq!(shape(&block(0, None)), "OpenPGP private key, checksum holds");
        assert_eq!(shape(&block(254, None)), "encrypted OpenPGP private key, checksum holds");
        assert_eq!(shape(&block(0, Some(1))), "OpenPGP private key, cut short or damaged");
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc24(b""), 0x00b7_04ce);
        assert_eq!(crc24(b"123456789"), 0x0021_cf02);
    }
}
