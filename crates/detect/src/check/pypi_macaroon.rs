//! PyPI API tokens: a macaroon in its second binary form.
//!
//! `pypi-` and base64url of: the byte 2; the section of the index (location, identifier, end); one section for each
//! caveat; an end; a signature of 32 bytes, last. A field is a type, a length and that many bytes; an end is a zero.
//!
//! Source: <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>, <https://github.com/pypi/warehouse>

use super::sum::{base64, fill};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "pypi-macaroon", noun: "structure", verify, seal, tells: nothing };

const PREFIX: &[u8] = b"pypi-";
const VERSION: u8 = 2;
const END: u64 = 0;
const LOCATION: u64 = 1;
const IDENTIFIER: u64 = 2;
const SIGNATURE: u64 = 6;
const SIGNATURE_LENGTH: usize = 32;

fn verify(token: &[u8]) -> Outcome {
    let Some(text) = token.strip_prefix(PREFIX) else { return Outcome::Absent };
    let holds = base64::decode(&base64::URL, text).is_some_and(|bytes| macaroon(&bytes).is_some());
    if holds { Outcome::Holds } else { Outcome::Fails }
}

/// Reads a macaroon to its very end.
fn macaroon(bytes: &[u8]) -> Option<()> {
    let (&version, rest) = bytes.split_first()?;
    let (head, mut rest) = section(rest)?;
    let named = head.contains(&LOCATION) && head.contains(&IDENTIFIER);
    loop {
        let (caveat, after) = section(rest)?;
        rest = after;
        if caveat.is_empty() {
            break;
        }
    }
    let (kind, signature, rest) = field(rest)?;
    let signed = kind == SIGNATURE && signature.len() == SIGNATURE_LENGTH;
    (version == VERSION && named && signed && rest.is_empty()).then_some(())
}

/// The kinds of the fields up to the next end, and what follows it.
fn section(mut bytes: &[u8]) -> Option<(Vec<u64>, &[u8])> {
    let mut kinds = Vec::new();
    loop {
        let (kind, after) = number(bytes)?;
        if kind == END {
            return Some((kinds, after));
        }
        let (kind, _, after) = field(bytes)?;
        kinds.push(kind);
        bytes = after;
    }
}

/// The kind and content of a field, and what follows it.
fn field(bytes: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let (kind, rest) = number(bytes)?;
    let (length, rest) = number(rest)?;
    let (content, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((kind, content, rest))
}

/// A number in groups of seven bits, the least first.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().take(9).position(|byte| byte & 0x80 == 0)? + 1;
    let (groups, rest) = bytes.split_at_checked(length)?;
    let number = groups.iter().rev().fold(0_u64, |number, byte| (number << 7) | u64::from(byte & 0x7f));
    Some((number, rest))
}

/// Writes a macaroon without caveats whose identifier takes the room that there is.
fn seal(token: &mut [u8]) -> bool {
    let Some(text) = token.get_mut(PREFIX.len()..) else { return false };
    let location: &[u8] = if text.starts_with(b"AgEN") { b"\x0dtest.pypi.org" } else { b"\x08pypi.org" };
    let before = [&[VERSION, 1], location, &[2]].concat();
    let after = [&[0, 0, 6, 32], fill::alphanumeric(text, SIGNATURE_LENGTH).as_slice()].concat();
    let Some(all) = base64::capacity(text) else { return false };
    let length = all.checked_sub(before.len() + after.len()).and_then(length_before);
    let bytes = length.and_then(|length| fill::between(&[before, length].concat(), text, &after, all));
    let Some(bytes) = bytes else { return false };
    base64::overwrite(&base64::URL, text, &bytes) && verify(token) == Outcome::Holds
}

/// The length of an identifier that fills `room` together with the length itself.
fn length_before(room: usize) -> Option<Vec<u8>> {
    let short = u8::try_from(room.checked_sub(1)?).ok().filter(|&length| length < 0x80);
    let long = || {
        let length = room.checked_sub(2).filter(|&length| (0x80..0x4000).contains(&length))?;
        Some(vec![u8::try_from(length & 0x7f).ok()? | 0x80, u8::try_from(length >> 7).ok()?])
    };
    short.map(|length| vec![length]).or_else(long)
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;

    use super::super::sum::law;
    use super::*;

    /// A macaroon as the index issues them: an identifier and one caveat.
    fn issued() -> Vec<u8> {
        let identifier = [b"\x02\x24".as_slice(), &[b'a'; 36], b"\x00"].concat();
        let caveat = b"\x02\x0b[0, \"user\"]\x00".as_slice();
        [b"\x02\x01\x08pypi.org".as_slice(), &identifier, caveat, b"\x00\x06\x20", &[7; 32]].concat()
    }

    fn outcome(bytes: &[u8]) -> Outcome {
        verify(format!("pypi-{}", base64::URL.encode(bytes)).as_bytes())
    }

    #[test]
    fn a_macaroon_with_a_caveat_holds() {
        assert_eq!(outcome(&issued()), Outcome::Holds);
    }

    #[test]
    fn a_truncated_or_lengthened_one_fails() {
        let whole = issued();
        for end in 0..whole.len() {
            assert_eq!(outcome(&whole[..end]), Outcome::Fails);
        }
        assert_eq!(outcome(&[whole.as_slice(), b"x"].concat()), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{141}");
        law::a_sealed_token_holds(&CHECK, "pypi-AgENdGVzdC5weXBpLm9yZw[0-9A-Za-z_-]{150}");
        law::a_sealed_token_holds(&CHECK, "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{241}");
        law::any_shape_is_survived(&CHECK, "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{0,300}");
    }
}
