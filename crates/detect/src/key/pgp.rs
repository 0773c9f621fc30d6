//! OpenPGP private keys (RFC 9580), armoured: a block whose first packet is a secret key.
//!
//! The checksum of the armour must hold where there is one. A key under a passphrase is a warning.

use tightlip_report::{Confidence, Level};

use super::judge::openpgp::{Held, transferable};
use super::judge::{Extent, armor, known, unread};
use crate::{Finder, Found, Rule, Text};

pub(super) static PLAIN: Rule = Rule::new(
    "pgp-private-key",
    "OpenPGP private key",
    "Whoever holds it can read what is encrypted to its owner and sign as them.",
)
.source("https://www.rfc-editor.org/rfc/rfc9580#section-5.5.3");

pub(super) static ENCRYPTED: Rule = Rule::new(
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
        done = armor.block.span().end;
        let keys = transferable(&armor.body);
        let Some(held) = keys.iter().map(|key| key.held).max() else {
            unread::told(&armor).into_iter().for_each(&mut *out);
            continue;
        };
        let sum = checksum(armor.block.bytes()).map(|stated| stated == crc24(&armor.body));
        let Some((rule, word)) = kind(held) else { continue };
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

/// The rule and the words for what is held; none for nothing.
pub(super) fn kind(held: Held) -> Option<(&'static Rule, &'static str)> {
    match held {
        Held::Open => Some((&PLAIN, "OpenPGP private key")),
        Held::Encrypted => Some((&ENCRYPTED, "encrypted OpenPGP private key")),
        Held::Nothing => None,
    }
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
    use crate::key::judge::openpgp::tests::{packet, secret};

    /// A version 4 Ed25519 key of made-up numbers, protected as the bytes say.
    fn block(protection: &[u8], sum: Option<u32>) -> String {
        let packet = packet(5, &secret(protection));
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
        assert_eq!(shape(&block(&[0], None)), "OpenPGP private key, checksum holds");
        assert_eq!(shape(&block(&[254, 7, 3, 8], None)), "encrypted OpenPGP private key, checksum holds");
        assert_eq!(shape(&block(&[0], Some(1))), "OpenPGP private key, cut short or damaged");
        assert_eq!(shape(&block(b"\xff\x07\x65\x00GNU\x01", None)), "", "the stub of a key on a card");
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc24(b""), 0x00b7_04ce);
        assert_eq!(crc24(b"123456789"), 0x0021_cf02);
    }
}
