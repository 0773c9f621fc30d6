//! Undoes encodings inside text, one file each. They look at every text, so they reject early and tell only what reads
//! like something: text, or the beginning of a container.

mod base32;
mod base64;
mod colour;
mod continued;
mod encoded_words;
pub(crate) mod escapes;
mod folded;
mod hex;
mod hex_pairs;
mod hexdump;
mod joined;
mod libedit;
mod numbers;
mod origin;
pub(crate) mod percent;
mod quoted_printable;
mod readable;
mod registry_hex;
mod runs;
mod utf16;
mod utf32;
mod uuencode;
mod wrapped;

use std::ops::Range;

pub(crate) use origin::origins;

/// An encoding that text is written in, inside other text.
pub struct TextDecoder {
    /// Kebab-case name: `base64`.
    pub name: &'static str,
    lead: Lead,
    /// Tells the encoded stretches at a place, with what they say, and how far it looked.
    undo: fn(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize,
    /// What undoes a stretch at a command line, from its standard input. Not every machine has one.
    pub tool: Option<&'static str>,
}

/// What shows that an encoded stretch may stand somewhere.
enum Lead {
    /// At least so many letters of base64 side by side; other alphabets are part of it.
    Run(usize),
    /// Digits, and what divides numbers.
    Numbers,
    /// Characters, each with a NUL beside it.
    Wide,
    /// Characters, each with three.
    Wider,
    /// This byte.
    Byte(u8),
    /// What the text begins like.
    Start(fn(&[u8]) -> bool),
}

/// What was seen of a lead.
#[derive(Clone, Copy)]
enum Seen {
    Letters,
    Numbers,
    Wide,
    Wider,
    Byte(u8),
    Start,
}

/// Where a lead was seen.
struct Place {
    /// What stands before was looked at.
    from: usize,
    lead: Range<usize>,
}

/// Takes the place of an encoded stretch and its decoded bytes.
pub type Decoded<'f> = dyn FnMut(Range<usize>, Vec<u8>) + 'f;

/// Every decoder of text.
pub static TEXT_DECODERS: &[&TextDecoder] = &[
    &base32::DECODER,
    &base64::DECODER,
    &colour::DECODER,
    &continued::DECODER,
    &encoded_words::DECODER,
    &escapes::DECODER,
    &folded::DECODER,
    &hex::DECODER,
    &hex_pairs::DECODER,
    &hexdump::DECODER,
    &joined::DECODER,
    &libedit::DECODER,
    &numbers::DECODER,
    &percent::DECODER,
    &quoted_printable::DECODER,
    &registry_hex::DECODER,
    &utf16::DECODER,
    &utf32::DECODER,
    &uuencode::DECODER,
];

/// Whether what these encodings said, outermost first, is no text although it has no zero byte: structures of a program, for
/// one. What a dump has of packets reads as the lines that they carry.
pub(crate) fn is_binary(said: &[u8], undone: &[&str]) -> bool {
    undone.last() != Some(&hexdump::DECODER.name) && said.iter().any(readable::is_structure)
}

/// Gives every encoded stretch with the name of its encoding and what it says; those of one encoding in order. All
/// encodings share the search for what shows them.
pub fn undo(text: &[u8], found: &mut dyn FnMut(&'static str, Range<usize>, Vec<u8>)) {
    let mut froms = [0; TEXT_DECODERS.len()];
    let mut meet = |lead: Range<usize>, seen: Seen| {
        for (decoder, from) in TEXT_DECODERS.iter().zip(&mut froms) {
            let meant = match (&decoder.lead, seen) {
                (Lead::Run(least), Seen::Letters) => lead.len() >= *least,
                (Lead::Numbers, Seen::Numbers) | (Lead::Wide, Seen::Wide) | (Lead::Wider, Seen::Wider) => {
                    true
                }
                (Lead::Byte(own), Seen::Byte(byte)) => *own == byte,
                (Lead::Start(is_so), Seen::Start) => is_so(text),
                _ => false,
            };
            if meant && lead.start >= *from {
                let place = Place { from: *from, lead: lead.clone() };
                let end = (decoder.undo)(text, &place, &mut |span, said| found(decoder.name, span, said));
                *from = end.max(*from);
            }
        }
    };
    let mut end = 0;
    while let Some(run) = runs::next::<base64::Letters>(text, end) {
        end = run.end;
        meet(run, Seen::Letters);
    }
    end = 0;
    while let Some(run) = runs::next::<numbers::Listed>(text, end) {
        end = run.end;
        meet(run, Seen::Numbers);
    }
    end = 0;
    while let Some((run, width)) = utf16::next(text, end) {
        end = run.end;
        meet(run, if width == 2 { Seen::Wide } else { Seen::Wider });
    }
    meet(0..0, Seen::Start);
    for at in memchr::memchr3_iter(b'\\', b'%', colour::ESCAPE, text) {
        let byte = text.get(at).copied().unwrap_or_default();
        meet(at..at.saturating_add(1), Seen::Byte(byte));
    }
}

#[cfg(test)]
mod tests;
