//! base64, standard and URL-safe, also wrapped over lines.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::readable::{is_container, is_text, may_be};
use super::runs::Alphabet;
use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::stamp::without_stamp;

/// base64.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "base64", lead: Lead::Run(Letters::LEAST), undo };

/// What it is written with.
pub(super) struct Letters;

impl Alphabet for Letters {
    const RANGES: &'static [(u8, u8)] =
        &[(b'A', b'Z'), (b'a', b'z'), (b'/', b'9'), (b'+', b'+'), (b'-', b'-'), (b'_', b'_')];
    /// Twelve bytes.
    const LEAST: usize = 16;
}

/// The shortest line that is one of several; MIME wraps at 76, PEM at 64.
const LINE: usize = 40;
/// What a log has before a line is not longer.
const STAMP: usize = 80;
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
    // What stands in the last line, or in all lines but the first, may be something else.
    let lines = unwrapped(text, run);
    let mut counts = vec![lines.len(), lines.len().saturating_sub(1).max(1), 1];
    counts.dedup();
    let readings = counts.into_iter().filter_map(|count| whole(text, lines.get(..count)?));
    let mut readable = readings.filter(|(_, decoded)| is_text(decoded) || is_container(decoded));
    readable.next().map_or(end, |(span, decoded)| {
        let end = span.end.max(end);
        found(span, decoded);
        end
    })
}

/// What some lines stand for together, with the place of them and their padding.
fn whole(text: &[u8], lines: &[Range<usize>]) -> Option<(Range<usize>, Vec<u8>)> {
    let (first, last) = (lines.first()?, lines.last()?);
    let letters = lines.iter().filter_map(|line| text.get(line.clone())).collect::<Vec<_>>().concat();
    let padding = text.get(last.end..)?.iter().take(2).take_while(|byte| **byte == b'=').count();
    Some((first.start..last.end.checked_add(padding)?, decode(&letters)?))
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

/// The run and the lines that go on with it.
fn unwrapped(text: &[u8], run: Range<usize>) -> Vec<Range<usize>> {
    let width = run.len();
    let mut end = run.end;
    let mut lines = vec![run];
    let mut full = width >= LINE && width.is_multiple_of(4);
    while full {
        let rest = text.get(end..).unwrap_or_default();
        let Some(pause) = line_break(rest) else { break };
        let line = rest.get(pause..).unwrap_or_default();
        let length =
            line.iter().take(width.saturating_add(1)).take_while(|byte| Letters::has(**byte)).count();
        // `---` divides documents.
        let marks = line.iter().take(length).all(|byte| matches!(byte, b'-' | b'_'));
        if length > width || marks {
            break;
        }
        let start = end.saturating_add(pause);
        end = start.saturating_add(length);
        lines.push(start..end);
        full = length == width;
    }
    lines
}

/// How long a line break is with what stands before the next line: an indentation, the time of a log. JSON writes it as two
/// characters.
fn line_break(rest: &[u8]) -> Option<usize> {
    let breaks: [&[u8]; 4] = [b"\r\n", b"\n", b"\\r\\n", b"\\n"];
    let length = breaks.iter().find(|line| rest.starts_with(line))?.len();
    let line = rest.get(length..)?;
    let line = line.get(..line.len().min(STAMP)).unwrap_or_default();
    let stamp = line.len().saturating_sub(without_stamp(line).len());
    let length = length.checked_add(stamp)?;
    let indent = rest.iter().skip(length).take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    length.checked_add(indent)
}
