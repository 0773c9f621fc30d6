//! Quoted-printable of mail (RFC 2045, 6.7): lines that go on behind `=`, and bytes as `=3D`.
//!
//! An equals sign and two digits stand in any program: only what begins like mail is undone.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::hex;

/// Bodies of mail.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "quoted-printable",
    lead: Lead::Start(is_mail),
    undo,
    tool: Some("python3 -m quopri -d"),
};

/// So much of a text is looked at for what it is.
const HEAD: usize = 4 << 10;
/// The name of the encoding, as headers have it.
const NAME: &[u8] = b"quoted-printable";

/// Whether a text begins with the headers of a message, or of one in a box of many.
pub(super) fn is_mail(text: &[u8]) -> bool {
    let starts = [
        &b"From "[..],
        b"From:",
        b"Return-Path:",
        b"Received:",
        b"MIME-Version:",
        b"Subject:",
        b"Date:",
        b"To:",
        b"Message-I",
        b"Delivered-To:",
        b"X-",
        b"Content-T",
        b"BEGIN:V",
    ];
    starts.iter().any(|start| text.starts_with(start))
        && memchr::memmem::find(text.get(..HEAD).unwrap_or(text), b":").is_some()
}

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let lower: Vec<u8> = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(next) = lower.get(from..).and_then(|rest| memchr::memmem::find(rest, NAME)) {
        let named = from.saturating_add(next);
        from = named.saturating_add(NAME.len());
        let span = body(&lower, from);
        let body = text.get(span.clone()).unwrap_or_default();
        if let Some(said) = decode(body) {
            found(span.clone(), said);
        }
        from = from.max(span.end);
    }
    text.len()
}

/// The body behind the headers that a place is in: to the next boundary or message. In a card (RFC 2425 of old) it is the rest of
/// the line, and what it goes on in.
fn body(lower: &[u8], from: usize) -> Range<usize> {
    let rest = lower.get(from..).unwrap_or_default();
    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if let Some(colon) = rest.get(..line).and_then(|line| memchr::memchr(b':', line)) {
        let start = from.saturating_add(colon).saturating_add(1);
        let mut end = from.saturating_add(line);
        while lower.get(..end).is_some_and(|before| before.trim_ascii_end().ends_with(b"="))
            && end < lower.len()
        {
            let next = lower.get(end.saturating_add(1)..).unwrap_or_default();
            end = end.saturating_add(1).saturating_add(memchr::memchr(b'\n', next).unwrap_or(next.len()));
        }
        return start..end.min(lower.len());
    }
    let blank = |end: &[u8]| memchr::memmem::find(rest, end).map(|at| at.saturating_add(end.len()));
    let head = [blank(b"\n\n"), blank(b"\n\r\n")].into_iter().flatten().min().unwrap_or(rest.len());
    let body = rest.get(head..).unwrap_or_default();
    let ends = [&b"\n--"[..], b"\nfrom "];
    let end = ends.iter().filter_map(|end| memchr::memmem::find(body, end)).min().unwrap_or(body.len());
    let start = from.saturating_add(head);
    start..start.saturating_add(end)
}

/// What it says; none where nothing is encoded.
fn decode(body: &[u8]) -> Option<Vec<u8>> {
    let mut said = Vec::with_capacity(body.len());
    let (mut rest, mut changed) = (body, false);
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (before, sign) = rest.split_at_checked(at)?;
        said.extend_from_slice(before);
        let (byte, length) = match sign {
            [_, b'\n', ..] => (None, 2),
            [_, b'\r', b'\n', ..] => (None, 3),
            [_, a, b, ..] => match hex::byte(&[*a, *b]) {
                Some(byte) => (Some(byte), 3),
                None => (Some(b'='), 1),
            },
            _ => (Some(b'='), 1),
        };
        said.extend(byte);
        changed |= length > 1;
        rest = sign.get(length..).unwrap_or_default();
    }
    said.extend_from_slice(rest);
    changed.then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn undone(text: &str) -> Vec<String> {
        found(&DECODER, text.as_bytes()).into_iter().map(|(_, said)| said).collect()
    }

    #[test]
    fn bodies_are_read_up_to_their_end() {
        let text = "From: a@a.lan\nContent-Transfer-Encoding: Quoted-Printable\nX-A: b\n\npassword=3Dotter-=\nlamp\n--b\nx=3Dy\n";
        assert_eq!(undone(text), ["password=otter-lamp"]);
        assert_eq!(undone(&text.replace('\n', "\r\n")), ["password=otter-lamp\r"]);
    }

    #[test]
    fn a_field_of_a_card_is_a_line_with_what_it_goes_on_in() {
        let text = "BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:wifi =3D otter=\n-lamp\nEND:VCARD\n";
        assert_eq!(undone(text), ["wifi = otter-lamp"]);
    }

    #[test]
    fn nothing_else_is_mail() {
        assert!(undone("x = 1\nContent-Transfer-Encoding: quoted-printable\n\na=3Db\n").is_empty());
        assert!(undone("From: a\nContent-Transfer-Encoding: quoted-printable\n\nnothing here\n").is_empty());
    }
}
