//! What is signed with its signature around it (RFC 5652, section 5): profiles of devices, settings that a server signs, `smime.p7m` of
//! mail. Anybody can read it. Without a content of its own, as in jars, there is nothing in it.

use std::io::Read;

use super::seam::{Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Signed data in DER or BER (X.690).
pub(crate) static DECODER: Decoder = Decoder {
    name: "cms",
    claims,
    open,
    tool: Some("openssl cms -verify -noverify -nosigs -inform DER"),
    holds: Holds::Files,
};

/// The identifier of signed data, with its tag and length.
const SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// Elements in each other; deeper ones are not passed over.
const DEEPEST: usize = 16;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const EXPLICIT: u8 = 0xa0;
const OCTETS: u8 = 0x04;
/// Octets in pieces.
const PIECES: u8 = 0x24;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    Ber(head).enter(SEQUENCE).is_some_and(|inside| inside.0.starts_with(SIGNED))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    match content(&file) {
        Some(content) if !content.is_empty() => give(members, "", &mut content.as_slice()).map(drop),
        _ => Ok(()),
    }
}

/// What is signed, if it is in it.
fn content(file: &[u8]) -> Option<Vec<u8>> {
    let mut outer = Ber(file).enter(SEQUENCE)?;
    outer.pass(OID)?;
    let mut signed = outer.enter(EXPLICIT)?.enter(SEQUENCE)?;
    signed.pass(INTEGER)?;
    signed.pass(SET)?;
    let mut inside = signed.enter(SEQUENCE)?;
    inside.pass(OID)?;
    let octets = inside.enter(EXPLICIT)?;
    if let Some(whole) = octets.enter(OCTETS) {
        return Some(whole.0.to_vec());
    }
    let mut pieces = octets.enter(PIECES)?;
    let mut content = Vec::new();
    while let Some(piece) = pieces.enter(OCTETS) {
        content.extend_from_slice(piece.0);
        pieces.pass(OCTETS)?;
    }
    Some(content)
}

/// What is left to read: elements one after the other. What is cut reaches to where it is.
#[derive(Clone, Copy)]
struct Ber<'b>(&'b [u8]);

impl<'b> Ber<'b> {
    /// The tag of the next element, what stands behind its length, and that, if it is told.
    fn head(self) -> Option<(u8, &'b [u8], Option<usize>)> {
        let [tag, first, rest @ ..] = self.0 else { return None };
        match first {
            0..=0x7f => Some((*tag, rest, Some(usize::from(*first)))),
            0x80 => Some((*tag, rest, None)),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
                Some((*tag, rest, Some(length)))
            }
            _ => None,
        }
    }

    /// What the next element holds, if it has this tag. Where its length is not told, what follows it is with it.
    fn enter(self, tag: u8) -> Option<Self> {
        let (_, rest, length) = self.head().filter(|(own, ..)| *own == tag)?;
        Some(Self(rest.get(..length.unwrap_or(rest.len())).unwrap_or(rest)))
    }

    /// Goes behind the next element, if it has this tag.
    fn pass(&mut self, tag: u8) -> Option<()> {
        self.head().filter(|(own, ..)| *own == tag)?;
        *self = self.behind(0)?;
        Some(())
    }

    fn behind(self, depth: usize) -> Option<Self> {
        let (_, rest, length) = self.head().filter(|_| depth < DEEPEST)?;
        if let Some(length) = length {
            return rest.get(length..).map(Self);
        }
        let mut inside = Self(rest);
        while !inside.0.starts_with(&[0, 0]) {
            inside = inside.behind(depth.checked_add(1)?)?;
        }
        inside.0.get(2..).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, &body].concat()
    }

    fn open_ended(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        [&[tag, 0x80][..], &parts.concat(), &[0, 0]].concat()
    }

    fn signed(element: fn(u8, &[&[u8]]) -> Vec<u8>, content: &[u8]) -> Vec<u8> {
        let info = element(SEQUENCE, &[DATA, content]);
        let algorithms = element(SET, &[&element(SEQUENCE, &[DATA, &[5, 0]])]);
        let data = element(SEQUENCE, &[&[2, 1, 1], &algorithms, &info, &der(SET, &[])]);
        element(SEQUENCE, &[SIGNED, &element(EXPLICIT, &[&data])])
    }

    const TEXT: &[u8] = b"user=app\npassword=otter\n";

    #[test]
    fn what_is_signed_is_a_member() {
        let whole = signed(der, &der(EXPLICIT, &[&der(OCTETS, &[TEXT])]));
        let (one, other) = TEXT.split_at(9);
        let pieces = open_ended(PIECES, &[&der(OCTETS, &[one]), &der(OCTETS, &[other])]);
        let pieces = signed(open_ended, &open_ended(EXPLICIT, &[&pieces]));
        for file in [whole, pieces] {
            law::holds(&DECODER, &file, &[("", TEXT)]);
            law::changes_are_survived(&DECODER, &file);
        }
    }

    #[test]
    fn a_signature_alone_holds_nothing() {
        law::holds(&DECODER, &signed(der, &[]), &[]);
        law::holds(&DECODER, &signed(open_ended, &[]), &[]);
    }

    #[test]
    fn other_files_are_not_claimed() {
        for other in [der(SEQUENCE, &[DATA, TEXT]), der(SET, &[SIGNED]), vec![0x30, 0x80], TEXT.to_vec()] {
            assert!(!claims(&other, &Hint::Text));
        }
    }
}
