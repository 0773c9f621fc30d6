//! Words of a header of mail that are not of ASCII (RFC 2047): `Subject: =?UTF-8?Q?Zug=C3=A4nge?=`. Long ones are divided, in the middle of
//! a word too.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder, quoted_printable};
use crate::read::{base64, hex};

/// Lines of a header.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "encoded-words", lead: Lead::Start(quoted_printable::is_mail), undo, tool: None };

/// A longer word is none: the standard allows 75 letters.
const LONGEST: usize = 400;
/// What stands before it in its line is not longer.
const BEFORE: usize = 1_000;

fn undo(text: &[u8], _: &Place, found: &mut Decoded<'_>) -> usize {
    let mut from = 0_usize;
    while let Some(next) = text.get(from..).and_then(|rest| memchr::memmem::find(rest, b"=?")) {
        let at = from.saturating_add(next);
        match line(text, from, at) {
            Some((span, said)) => {
                from = span.end;
                found(span, said);
            }
            None => from = at.saturating_add(2),
        }
    }
    text.len()
}

/// A line of a header up to the last encoded word of those that stand side by side.
fn line(text: &[u8], from: usize, at: usize) -> Option<(Range<usize>, Vec<u8>)> {
    let (mut end, mut bytes) = word(text, at)?;
    while let Some((next, more)) = beside(text, end) {
        end = next;
        bytes.extend(more);
    }
    let before = text.get(from.max(at.saturating_sub(BEFORE))..at)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |line| line.saturating_add(1));
    let before = before.get(start..)?;
    let said = match String::from_utf8(bytes) {
        Ok(said) => said,
        Err(other) => other.as_bytes().iter().copied().map(char::from).collect(),
    };
    Some((at.checked_sub(before.len())?..end, [before, said.as_bytes()].concat()))
}

/// The encoded word behind one, with nothing but white space between them.
fn beside(text: &[u8], end: usize) -> Option<(usize, Vec<u8>)> {
    let blanks = text.get(end..)?.iter().take(8).take_while(|byte| byte.is_ascii_whitespace()).count();
    word(text, end.checked_add(blanks).filter(|at| *at > end)?)
}

/// `=?charset?B?…?=`: where it ends, and the bytes that it says.
fn word(text: &[u8], at: usize) -> Option<(usize, Vec<u8>)> {
    let rest = text.get(at..text.len().min(at.saturating_add(LONGEST)))?.strip_prefix(b"=?")?;
    let mut parts = rest.splitn(4, |byte| *byte == b'?');
    let (charset, kind, said, behind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let named =
        !charset.is_empty() && charset.iter().all(|b| b.is_ascii_alphanumeric() || b"-_*:.".contains(b));
    (named && behind.starts_with(b"=")).then_some(())?;
    let bytes = match kind {
        b"B" | b"b" => base64::decode(said)?,
        b"Q" | b"q" => of_q(said),
        _ => return None,
    };
    let length = charset.len().checked_add(said.len())?.checked_add(b"=???B?=".len())?;
    Some((at.checked_add(length)?, bytes))
}

/// Bytes as `=3D`, and a blank as `_`.
fn of_q(said: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(said.len());
    let mut rest = said;
    while let Some((first, behind)) = rest.split_first() {
        let encoded = behind.get(..2).filter(|_| *first == b'=').and_then(hex::byte);
        bytes.push(encoded.unwrap_or(if *first == b'_' { b' ' } else { *first }));
        rest = behind.get(if encoded.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn said(header: &str) -> Vec<(String, String)> {
        found(&DECODER, format!("From: a@acme.dev\n{header}\n\n=? a body ?=\n").as_bytes())
    }

    #[test]
    fn words_side_by_side_are_one() {
        let plain = "Subject: Zug\u{e4}nge: otter Pebble";
        for line in [
            "Subject: =?utf-8?B?WnVnw6RuZ2U6IG90dGVyIFBlYmJsZQ==?=",
            "Subject: =?UTF-8?Q?Zug=C3=A4nge:?=\n =?UTF-8?Q?_otter_Pebble?=",
            "Subject: =?iso-8859-1?q?Zug=E4nge=3A_otter_?=\r\n =?utf-8*de?b?UGViYmxl?=",
        ] {
            assert_eq!(said(line), [(line.to_owned(), plain.to_owned())], "{line}");
            assert_eq!(said(&format!("{line} and more"))[0].1, plain);
        }
    }

    #[test]
    fn other_marks_are_none() {
        for line in ["Subject: =?a?=", "Subject: =?utf-8?X?a?=", "Subject: =?utf-8?B?a!?=", "X: a=?b?Q?c ?d"]
        {
            assert!(said(line).is_empty(), "{line}");
        }
        assert!(found(&DECODER, b"a: =?utf-8?Q?otter?=").is_empty());
    }
}
