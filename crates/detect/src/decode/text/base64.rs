//! base64, standard and URL-safe, also wrapped over lines.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::readable::{is_container, is_text, may_be};
use super::runs::{LETTERS, is_letter};
use super::{Decoded, Lead, Place, TextDecoder};

/// base64.
pub(super) static DECODER: TextDecoder = TextDecoder { name: "base64", lead: Lead::Run(LETTERS), undo };

/// The shortest line that is one of several; MIME wraps at 76, PEM at 64.
const LINE: usize = 40;
/// Bits that do not fill a byte are let pass: hand-made and cut values have them.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);
static ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    let end = run.end;
    if !begins_well(text.get(run.clone()).unwrap_or_default()) {
        return end;
    }
    let (span, letters) = unwrapped(text, run);
    match decode(&letters) {
        Some(decoded) if is_text(&decoded) || is_container(&decoded) => {
            let end = span.end.max(end);
            found(span, decoded);
            end
        }
        _ => end,
    }
}

/// A look at the first twelve letters: paths and long names end here.
fn begins_well(run: &[u8]) -> bool {
    let mut letters = [0; 12];
    let mut first = [0; 9];
    letters.copy_from_slice(match run.first_chunk::<12>() {
        Some(letters) => letters,
        None => return false,
    });
    letters.iter_mut().for_each(|letter| *letter = standard(*letter));
    ENGINE.decode_slice(letters, &mut first).is_ok() && may_be(&first)
}

fn standard(letter: u8) -> u8 {
    match letter {
        b'-' => b'+',
        b'_' => b'/',
        letter => letter,
    }
}

fn decode(letters: &[u8]) -> Option<Vec<u8>> {
    let has = |wanted: [u8; 2]| memchr::memchr2(wanted[0], wanted[1], letters).is_some();
    if has(*b"+/") && has(*b"-_") {
        return None;
    }
    // A single letter over holds no byte.
    let length = if letters.len() % 4 == 1 { letters.len().saturating_sub(1) } else { letters.len() };
    let letters: Vec<u8> = letters.get(..length)?.iter().map(|letter| standard(*letter)).collect();
    ENGINE.decode(letters).ok()
}

/// The run and the lines that go on with it, without the breaks.
fn unwrapped(text: &[u8], run: Range<usize>) -> (Range<usize>, Vec<u8>) {
    let mut letters = text.get(run.clone()).unwrap_or_default().to_vec();
    let width = run.len();
    let mut end = run.end;
    let mut full = width >= LINE && width.is_multiple_of(4);
    while full {
        let rest = text.get(end..).unwrap_or_default();
        let Some(pause) = line_break(rest) else { break };
        let line = rest.get(pause..).unwrap_or_default();
        let length = line.iter().take(width.saturating_add(1)).take_while(|byte| is_letter(**byte)).count();
        if length == 0 || length > width {
            break;
        }
        letters.extend_from_slice(line.get(..length).unwrap_or_default());
        end = end.saturating_add(pause).saturating_add(length);
        full = length == width;
    }
    let padding =
        text.get(end..).unwrap_or_default().iter().take(2).take_while(|byte| **byte == b'=').count();
    (run.start..end.saturating_add(padding), letters)
}

/// How long a line break is with the indentation behind it; JSON writes it as two characters.
fn line_break(rest: &[u8]) -> Option<usize> {
    let breaks: [&[u8]; 4] = [b"\r\n", b"\n", b"\\r\\n", b"\\n"];
    let length = breaks.iter().find(|line| rest.starts_with(line))?.len();
    let indent = rest.iter().skip(length).take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    length.checked_add(indent)
}
