//! Bech32 (BIP-173) with a beginning that tells what follows, and in how many bytes.

use ::bech32::primitives::decode::CheckedHrpstring;
use ::bech32::primitives::iter::Fe32IterExt;
use ::bech32::{Bech32, Fe32, Hrp};

use super::put;
use crate::check::Outcome;

/// What stands before the `1`, and how many bytes behind it.
pub(crate) type Kind = (&'static str, usize);

/// Characters of the checksum.
const SUM: usize = 6;

/// Whether the text is one of these kinds and its checksum holds.
pub(crate) fn verify(text: &[u8], kinds: &[Kind]) -> Outcome {
    if holds(text, kinds).is_some() { Outcome::Holds } else { Outcome::Fails }
}

fn holds(text: &[u8], kinds: &[Kind]) -> Option<()> {
    let (hrp, length, _) = kind_of(text, kinds)?;
    let decoded = CheckedHrpstring::new::<Bech32>(std::str::from_utf8(text).ok()?).ok()?;
    let bytes: Vec<u8> = decoded.byte_iter().collect();
    // Encoding again tells whether the bits that fill no byte are zero, as BIP-173 wants.
    (bytes.len() == length && encode(hrp, &bytes)? == text).then_some(())
}

/// Overwrites the text by what holds, with the same bytes in it.
pub(crate) fn seal(text: &mut [u8], kinds: &[Kind]) -> bool {
    let Some(sealed) = sealed(text, kinds) else { return false };
    sealed.len() == text.len() && put(text, 0, &sealed)
}

fn sealed(text: &[u8], kinds: &[Kind]) -> Option<Vec<u8>> {
    let (hrp, length, digits) = kind_of(text, kinds)?;
    let digits: Option<Vec<Fe32>> =
        digits.iter().map(|&digit| Fe32::from_char(char::from(digit)).ok()).collect();
    let bytes: Vec<u8> = digits?.into_iter().fes_to_bytes().take(length).collect();
    encode(hrp, &bytes)
}

/// The kind of a text of the right length, and its digits without the checksum.
fn kind_of<'t>(text: &'t [u8], kinds: &[Kind]) -> Option<(&'static str, usize, &'t [u8])> {
    kinds.iter().find_map(|&(hrp, length)| {
        let digits = text.strip_prefix(hrp.as_bytes())?.strip_prefix(b"1")?;
        let digits = digits.get(..digits.len().checked_sub(SUM)?)?;
        (digits.len() == (length * 8).div_ceil(5)).then_some((hrp, length, digits))
    })
}

fn encode(hrp: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    ::bech32::encode_lower::<Bech32>(Hrp::parse(hrp).ok()?, bytes).ok().map(String::into_bytes)
}
