//! Base58 with a checksum of four bytes, SHA-256 twice: how wallets write keys.

use sha2::{Digest as _, Sha256};

use super::put;
use crate::check::Outcome;

/// Bitcoin's digits: none that look like others.
pub(crate) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The same digits in the order of the XRP Ledger.
pub(crate) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Bytes of the checksum.
const SUM: usize = 4;

/// What a kind of key is made of.
pub(crate) struct Layout {
    /// How its text begins.
    pub(crate) text: &'static [u8],
    /// Its first bytes.
    pub(crate) first: &'static [u8],
    /// How many bytes follow that may be any.
    pub(crate) body: usize,
    /// Its last bytes before the checksum.
    pub(crate) last: &'static [u8],
}

impl Layout {
    /// Bytes without the checksum.
    fn length(&self) -> usize {
        self.first.len() + self.body + self.last.len()
    }
}

/// Whether the text is one of these kinds and its checksum holds.
pub(crate) fn verify(text: &[u8], digits: &[u8; 58], layouts: &[Layout]) -> Outcome {
    let holds = layouts.iter().any(|layout| holds(text, digits, layout).is_some());
    if holds { Outcome::Holds } else { Outcome::Fails }
}

fn holds(text: &[u8], digits: &[u8; 58], layout: &Layout) -> Option<()> {
    let (bytes, Fit::Whole) = decode(text, digits, layout.length() + SUM)? else { return None };
    let (bytes, stated) = bytes.split_at_checked(layout.length())?;
    let known = text.starts_with(layout.text)
        && bytes.starts_with(layout.first)
        && bytes.ends_with(layout.last)
        && stated == sum(bytes);
    known.then_some(())
}

/// Overwrites the text by a key of its kind with about the same bytes.
pub(crate) fn seal(text: &mut [u8], digits: &[u8; 58], layouts: &[Layout]) -> bool {
    let sealed = layouts.iter().find_map(|layout| sealed(text, digits, layout));
    sealed.is_some_and(|sealed| put(text, 0, &sealed))
}

fn sealed(text: &[u8], digits: &[u8; 58], layout: &Layout) -> Option<Vec<u8>> {
    let (bytes, _) = decode(text, digits, layout.length() + SUM)?;
    let body = bytes.get(layout.first.len()..layout.first.len() + layout.body)?;
    let bytes = [layout.first, body, layout.last].concat();
    let sealed = encode(&[&bytes[..], &sum(&bytes)].concat(), digits);
    (sealed.len() == text.len() && text.starts_with(layout.text) && sealed.starts_with(layout.text))
        .then_some(sealed)
}

fn sum(bytes: &[u8]) -> [u8; SUM] {
    let digest: [u8; 32] = Sha256::digest(Sha256::digest(bytes)).into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

/// Whether a number fits in the bytes that there are for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Whole,
    /// Its upper part is lost.
    Cut,
}

/// The number as so many bytes, most significant first; none on a foreign digit.
fn decode(text: &[u8], digits: &[u8; 58], length: usize) -> Option<(Vec<u8>, Fit)> {
    let mut bytes = vec![0_u8; length];
    let mut fit = Fit::Whole;
    for character in text {
        let mut carry = u32::try_from(digits.iter().position(|digit| digit == character)?).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            let [low, ..] = carry.to_le_bytes();
            (*byte, carry) = (low, carry >> 8);
        }
        if carry > 0 {
            fit = Fit::Cut;
        }
    }
    Some((bytes, fit))
}

/// The digits of the number that the bytes are, without zeros in front.
fn encode(bytes: &[u8], digits: &[u8; 58]) -> Vec<u8> {
    let mut rest = bytes.to_vec();
    let mut text = Vec::new();
    while rest.iter().any(|byte| *byte > 0) {
        let mut left = 0_u32;
        for byte in &mut rest {
            left = (left << 8) | u32::from(*byte);
            let [low, ..] = (left / 58).to_le_bytes();
            (*byte, left) = (low, left % 58);
        }
        text.extend(usize::try_from(left).ok().and_then(|left| digits.get(left)));
    }
    text.reverse();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes and their digits, from <https://datatracker.ietf.org/doc/html/draft-msporny-base58-03#section-5>.
    const PUBLISHED: &[(&[u8], &[u8])] = &[
        (b"Hello World!", b"2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            b"USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
    ];

    #[test]
    fn the_published_vectors_hold() {
        for (bytes, text) in PUBLISHED {
            assert_eq!(encode(bytes, BITCOIN), *text);
            assert_eq!(decode(text, BITCOIN, bytes.len()), Some((bytes.to_vec(), Fit::Whole)));
        }
    }

    #[test]
    fn what_does_not_fit_is_told_and_a_foreign_digit_is_none() {
        assert_eq!(decode(b"2NEpo7TZRRrLZSi2U", BITCOIN, 11).map(|(_, fit)| fit), Some(Fit::Cut));
        assert_eq!(decode(b"0", BITCOIN, 1), None);
    }
}
