//! base64, standard and URL-safe, also wrapped over lines, and with `+` as `&#x2B;` in pages and what was made for them.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::readable::{holds_words, is_container, is_packed, is_text, may_be};
use super::runs::{self, Alphabet, Class};
use super::wrapped::{self, Between, LINE, Lines};
use super::{Decoded, Lead, Place, TextDecoder};
use crate::decode::deflated;

/// base64.
pub(super) static DECODER: TextDecoder =
    TextDecoder { name: "base64", lead: Lead::Run(Letters::LEAST), undo, tool: Some("base64 -d") };

/// What it is written with.
pub(super) struct Letters;

impl Alphabet for Letters {
    const RANGES: &'static [(u8, u8)] =
        &[(b'A', b'Z'), (b'a', b'z'), (b'/', b'9'), (b'+', b'+'), (b'-', b'-'), (b'_', b'_')];
    /// Twelve bytes.
    const LEAST: usize = 16;
}

/// So many letters are worth another look if what they begin with is no text: a token among few other bytes. Digests in
/// base64 that stand in lists by the thousand, of SHA-256, are shorter.
const OTHER: usize = 56;
/// Letters with which the first, the second and the third character of three may begin, that is the first of four letters
/// and so on.
const CHARACTERS: [&Class; 3] = [
    &runs::class(b"IJKLMNOPQRSTUVWXYZabcdef"),
    &runs::class(b"CDEFGHSTUVWXijklmnyz0123"),
    &runs::class(b"ABEFIJMNQRUVYZcdghklopstwx014589"),
];
/// Bits that do not fill a byte are let pass: hand-made and cut values have them.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);
static ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let run = place.lead.clone();
    let end = run.end;
    let letters = text.get(run.clone()).unwrap_or_default();
    let reads_well = begins_well(letters);
    if !reads_well && !may_go_on(letters) {
        return end;
    }
    if let Some((span, letters)) = referring(text, &run) {
        let end = span.end;
        let decoded = decode(&letters).filter(|decoded| is_container(decoded) || is_text(decoded));
        decoded.into_iter().for_each(|decoded| found(span.clone(), decoded));
        return end;
    }
    let goes_on = wrapped::goes_on(text, place.from, &run);
    let lines = match goes_on {
        // It was looked at with the first of the lines. What begins behind that is looked at once more.
        true if !reads_well || wrapped::is_third(text, place.from, &run) && !begins_packed(letters) => {
            Lines::of(run)
        }
        true => Lines::unwrapped(text, run, Between::Breaks),
        false => Lines::unwrapped(text, run, Between::Anything),
    };
    if !reads_well && !may_hold(text, &lines.places) {
        return end;
    }
    // What stands in the last line, or in all lines but the first, may be something else.
    let mut counts = vec![lines.places.len(), lines.places.len().saturating_sub(1).max(1), 1];
    counts.dedup();
    let readings =
        || counts.iter().filter_map(|count| Some((*count, whole(text, lines.places.get(..*count)?)?)));
    // A list of values has its own end in each.
    let reads = |(count, (_, decoded)): &(usize, (Range<usize>, Vec<u8>))| {
        is_container(decoded) || is_text(decoded) && lines.are_one(*count)
    };
    let holds = |(count, (_, decoded)): &(usize, (Range<usize>, Vec<u8>))| {
        holds_words(decoded) && lines.are_one(*count)
    };
    // A text with a sign of control in it goes on in the next line.
    let next = lines.places.get(1).and_then(|line| text.get(line.clone()));
    let goes_well = next.is_some_and(begins_well);
    let readable = readings()
        .find(|reading| reads(reading) && (reading.0 > 1 || !goes_well))
        .or_else(|| readings().find(holds))
        .or_else(|| readings().find(reads))
        .map(|(_, whole)| whole);
    readable.map_or(end, |(span, decoded)| {
        let end = span.end.max(end);
        found(span, decoded);
        end
    })
}

/// Letters some of which are references to characters (HTML 13.2.5.80), with their place.
fn referring(text: &[u8], run: &Range<usize>) -> Option<(Range<usize>, Vec<u8>)> {
    text.get(run.end..).and_then(reference)?;
    let mut letters = text.get(run.clone())?.to_vec();
    let mut end = run.end;
    while let Some((letter, length)) = text.get(end..).and_then(reference) {
        letters.push(letter);
        end = end.checked_add(length)?;
        let more: Vec<u8> = text.get(end..)?.iter().copied().take_while(|byte| Letters::has(*byte)).collect();
        end = end.checked_add(more.len())?;
        letters.extend(more);
    }
    Some((run.start..end, letters))
}

/// The letter that a text begins with as a reference, and how long that is.
fn reference(text: &[u8]) -> Option<(u8, usize)> {
    let forms: [(&[u8], u8); 6] = [
        (b"&#x2B;", b'+'),
        (b"&#x2b;", b'+'),
        (b"&#43;", b'+'),
        (b"&#x2F;", b'/'),
        (b"&#x2f;", b'/'),
        (b"&#47;", b'/'),
    ];
    let (form, letter) = forms.iter().find(|(form, _)| text.starts_with(form))?;
    Some((*letter, form.len()))
}

/// Whether a line that begins with other bytes may be worth decoding, with those that go on with it or alone. Digests in
/// hexadecimal, names of functions and paths end here.
fn may_go_on(letters: &[u8]) -> bool {
    letters.len() >= LINE
        && !letters.iter().take(16).all(u8::is_ascii_hexdigit)
        && (wrapped::is_full(letters.len(), letters.len())
            || letters.len() >= OTHER && (has_words(letters) || may_be_deflated(letters, letters.len())))
}

/// The same of all lines.
fn may_hold(text: &[u8], lines: &[Range<usize>]) -> bool {
    let each = || lines.iter().filter_map(|line| text.get(line.clone()));
    let count: usize = each().map(<[u8]>::len).sum();
    let first = each().next().unwrap_or_default();
    count >= OTHER && (each().any(has_words) || may_be_deflated(first, count))
}

fn may_be_deflated(first: &[u8], count: usize) -> bool {
    count >= deflated::LEAST.saturating_mul(4) / 3
        && beginning(first).is_some_and(|first| deflated::may_begin(&first))
}

/// Whether three times four letters side by side may stand for nine characters: every word of twelve has as many within.
fn has_words(letters: &[u8]) -> bool {
    let mut side_by_side = 0_u32;
    letters.as_chunks::<4>().0.iter().any(|[first, second, third, _]| {
        let [of_first, of_second, of_third] = CHARACTERS;
        let is = |class: &Class, letter: &u8| class.get(usize::from(*letter)).copied().unwrap_or(false);
        let characters = is(of_first, first) && is(of_second, second) && is(of_third, third);
        side_by_side = if characters { side_by_side.saturating_add(1) } else { 0 };
        side_by_side == 3
    })
}

/// What some lines stand for together, with the place of them and their padding.
fn whole(text: &[u8], lines: &[Range<usize>]) -> Option<(Range<usize>, Vec<u8>)> {
    let (first, last) = (lines.first()?, lines.last()?);
    let letters = lines.iter().filter_map(|line| text.get(line.clone())).collect::<Vec<_>>().concat();
    let padding = text.get(last.end..)?.iter().take(2).take_while(|byte| **byte == b'=').count();
    Some((first.start..last.end.checked_add(padding)?, decode(&letters)?))
}

/// A look at the first nine bytes: paths and long names end here.
fn begins_well(run: &[u8]) -> bool {
    beginning(run).is_some_and(|first| first.get(..9).is_some_and(may_be))
}

fn begins_packed(run: &[u8]) -> bool {
    beginning(run).is_some_and(|first| is_packed(&first))
}

/// What the first letters stand for. Every long word of a text is asked, which the library takes several times as long for.
fn beginning(run: &[u8]) -> Option<[u8; 12]> {
    let letters: &[u8; 16] = run.first_chunk()?;
    let mut first = [0; 12];
    let fours = letters.as_chunks::<4>().0.iter();
    for (four, three) in fours.zip(first.as_chunks_mut::<3>().0) {
        let bits = four.iter().fold(0, |bits, letter| bits << 6 | u32::from(SEXTETS[usize::from(*letter)]));
        let [_, bytes @ ..] = bits.to_be_bytes();
        *three = bytes;
    }
    Some(first)
}

/// The number of each letter (RFC 4648, tables 1 and 2).
const SEXTETS: [u8; 256] = {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut sextets = [0; 256];
    let mut number = 0;
    while number < letters.len() {
        sextets[letters[number] as usize] = number as u8;
        number += 1;
    }
    (sextets[b'+' as usize], sextets[b'-' as usize]) = (62, 62);
    (sextets[b'/' as usize], sextets[b'_' as usize]) = (63, 63);
    sextets
};

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
