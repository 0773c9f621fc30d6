//! Macaroons of lnd: the second binary form, in hexadecimal or base64.
//!
//! A version; fields of a type, a length and bytes: the place (`lnd`) and the identifier, a zero; caveats, each with a zero
//! behind it, and another zero; a signature of 32 bytes.
//!
//! Source: <https://docs.lightning.engineering/lightning-network-tools/lnd/macaroons> and
//! <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>

use super::sum::{base64, put};
use super::{Check, Outcome};
use crate::read::hex;

/// See the module.
pub(super) static CHECK: Check = Check { name: "lnd-macaroon", noun: "structure", verify, seal, tells };

/// The version, the place, and the type of the identifier.
const HEAD: &[u8] = &[2, 1, 3, b'l', b'n', b'd', IDENTIFIER];
const END: u8 = 0;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;
/// Bytes of a signature.
const TAIL: usize = 32;

fn verify(token: &[u8]) -> Outcome {
    if bytes(token).is_some_and(|bytes| is_macaroon(&bytes)) { Outcome::Holds } else { Outcome::Fails }
}

/// Whether the bytes are one, to their very end.
pub(crate) fn is_macaroon(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

/// The identifier.
fn read(bytes: &[u8]) -> Option<&[u8]> {
    let (identifier, rest) = counted(bytes.strip_prefix(HEAD)?)?;
    let mut rest = rest.strip_prefix(&[END])?;
    while rest.first() != Some(&END) {
        rest = section(rest)?;
    }
    let (signature, rest) = counted(rest.strip_prefix(&[END, SIGNATURE])?)?;
    (rest.is_empty() && signature.len() == TAIL && !identifier.is_empty()).then_some(identifier)
}

/// What follows the fields of a caveat.
fn section(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        match rest.split_first()? {
            (&END, rest) => return Some(rest),
            (&(1..=SIGNATURE), field) => rest = counted(field)?.1,
            _ => return None,
        }
    }
}

/// Bytes behind their number, seven bits of it in a byte, and what follows.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&low, rest) = bytes.split_first()?;
    if low < 0x80 {
        return rest.split_at_checked(usize::from(low));
    }
    let (&high, rest) = rest.split_first().filter(|(high, _)| **high < 0x80)?;
    let length = usize::from(low & 0x7f) | usize::from(high) << 7;
    rest.split_at_checked(length)
}

fn bytes(token: &[u8]) -> Option<Vec<u8>> {
    hex::bytes(token)
        .or_else(|| base64::decode(&base64::URL, token))
        .or_else(|| base64::decode(&base64::PLAIN, token))
}

/// Puts one identifier and a signature of what there is around it.
fn seal(token: &mut [u8]) -> bool {
    sealed(token).is_some_and(|sealed| sealed.len() == token.len() && put(token, 0, &sealed))
}

fn sealed(token: &[u8]) -> Option<Vec<u8>> {
    let hexadecimal = token.len().is_multiple_of(2) && token.iter().all(u8::is_ascii_hexdigit);
    let bytes = if hexadecimal { hex::bytes(token)? } else { base64::decode(&base64::URL, token)? };
    // The number of the identifier is written in two bytes; zero, zero, the type and the number of the signature follow it.
    let length = bytes.len().checked_sub(HEAD.len() + 2 + 4 + TAIL).filter(|length| *length > 0)?;
    let [low, high] =
        [u8::try_from(length & 0x7f).ok()? | 0x80, u8::try_from(length >> 7).ok().filter(|b| *b < 0x80)?];
    let identifier = bytes.get(HEAD.len() + 2..)?.get(..length)?;
    let tail = bytes.get(bytes.len() - TAIL..)?;
    let whole = [HEAD, &[low, high], identifier, &[END, END, SIGNATURE, 32], tail].concat();
    Some(match hexadecimal {
        true if token.iter().any(u8::is_ascii_uppercase) => {
            hex::digits(&whole).to_ascii_uppercase().into_bytes()
        }
        true => hex::digits(&whole).into_bytes(),
        false => {
            use ::base64::Engine as _;
            base64::URL.encode(whole).into_bytes()
        }
    })
}

/// Whether it may change anything. What it may do is written as it is: `invoices`, `write`.
fn tells(token: &[u8]) -> Option<String> {
    let bytes = bytes(token)?;
    let identifier = read(&bytes)?;
    let may = |word: &[u8]| memchr::memmem::find(identifier, word).is_some();
    let told = match (may(b"write") || may(b"generate") || may(b"uri"), may(b"read")) {
        (true, _) => "it may change things",
        (false, true) => "it may only read",
        (false, false) => return None,
    };
    Some(told.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    /// `readonly.macaroon` of the tests of a library for lndconnect addresses.
    const PUBLISHED: [&str; 3] = [
        "0201036c6e64028a01030a10184ded6e22a77b04dc159d8f92c9c12f1201301a0f0a07616464726573731204726561641a0c0a04696e666f12047265",
        "61641a100a08696e766f696365731204726561641a0f0a076d6573736167651204726561641a100a086f6666636861696e1204726561641a0f0a076f",
        "6e636861696e1204726561641a0d0a05706565727312047265616400000620b52e70826cb6371aefef9e7870dbb64210d412e560e1172a0c4b5900e2b91783",
    ];

    #[test]
    fn a_published_macaroon_holds_and_only_reads() {
        assert_eq!(law::verify(&CHECK, &PUBLISHED), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &PUBLISHED[..2]), Outcome::Fails);
        let token = PUBLISHED.concat();
        assert_eq!(verify(token.to_ascii_uppercase().as_bytes()), Outcome::Holds);
        assert_eq!(tells(token.as_bytes()).as_deref(), Some("it may only read"));
    }

    #[test]
    fn caveats_are_passed() {
        let caveat = ["02", "05", "74696d6520", "00"].concat();
        let token =
            ["0201036c6e6402", "03", "1a0230", "00", &caveat, &caveat, "00", "0620", &"5a".repeat(32)];
        assert_eq!(law::verify(&CHECK, &token), Outcome::Holds);
        let token = ["0201036c6e6402", "03", "1a0230", "00", &caveat, "0620", &"5a".repeat(32)];
        assert_eq!(law::verify(&CHECK, &token), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "0201036c6e64([0-9a-f]{2}){80,300}");
        law::a_sealed_token_holds(&CHECK, "AgEDbG5kAg[0-9A-Za-z_-]{202}");
        law::any_shape_is_survived(&CHECK, "0201036c6e6402[0-9a-f]{0,300}");
        // Room for all but an identifier.
        law::any_shape_is_survived(&CHECK, "0201036c6e6402[0-9a-f]{74,78}");
    }
}
