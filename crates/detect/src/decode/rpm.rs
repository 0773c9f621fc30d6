//! RPM packages: the strings of the header (scripts, changelogs) and the payload as it is compressed.

use std::io::Read;

use super::seam::{Bytes, Exactly, Members, Stop, give, skip};
use super::{Decoder, Holds};
use crate::Hint;

/// rpm (format 3 and 4: <https://rpm-software-management.github.io/rpm/manual/format_v4.html>).
pub(crate) static DECODER: Decoder = Decoder { name: "rpm", claims, open, tool: None, holds: Holds::Files };

const LEAD: u64 = 96;
const HEADER_MAGIC: &[u8] = &[0x8e, 0xad, 0xe8, 1];
/// The most that one header may hold in rpm itself.
const LARGEST: u64 = 256 << 20;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(&[0xed, 0xab, 0xee, 0xdb])
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    skip(body, LEAD)?;
    let signature = intro(body)?;
    skip(body, signature.index)?;
    skip(body, signature.store.next_multiple_of(8))?;
    let header = intro(body)?;
    skip(body, header.index)?;
    let mut inside = Exactly::new(body, header.store);
    give(members, "header", &mut Lines(&mut inside))?;
    inside.rest()?;
    give(members, "payload", body).map(drop)
}

struct Intro {
    /// The length of the index.
    index: u64,
    /// The length of what the index points into.
    store: u64,
}

fn intro(body: &mut dyn Read) -> Result<Intro, Stop> {
    let mut intro = [0; 16];
    Exactly::new(body, 16).read_exact(&mut intro)?;
    let (entries, store) =
        (Bytes(&intro).u32_be(8).unwrap_or_default(), Bytes(&intro).u32_be(12).unwrap_or_default());
    let intro_of = Intro { index: u64::from(entries).saturating_mul(16), store: u64::from(store) };
    if !intro.starts_with(HEADER_MAGIC) || intro_of.index.max(intro_of.store) > LARGEST {
        return Err(Stop::damaged("a header that is none"));
    }
    Ok(intro_of)
}

/// Strings that end in NUL, as lines.
struct Lines<'a, 'b>(&'a mut Exactly<'b>);

impl Read for Lines<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        for byte in buffer.iter_mut().take(count).filter(|byte| **byte == 0) {
            *byte = b'\n';
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn header(store: &[u8]) -> Vec<u8> {
        let length = u32::try_from(store.len()).unwrap();
        [HEADER_MAGIC, &[0; 4], &1_u32.to_be_bytes(), &length.to_be_bytes(), &[0; 16], store].concat()
    }

    fn package() -> Vec<u8> {
        let lead = [&[0xed, 0xab, 0xee, 0xdb][..], &[0; 92]].concat();
        [lead, header(b"sig"), vec![0; 5], header(b"name\0#!/bin/sh\nexit\0"), b"the payload".to_vec()]
            .concat()
    }

    #[test]
    fn strings_of_the_header_and_payload_are_members() {
        law::holds(
            &DECODER,
            &package(),
            &[("header", b"name\n#!/bin/sh\nexit\n"), ("payload", b"the payload")],
        );
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &package());
    }
}
