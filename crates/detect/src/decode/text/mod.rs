//! Undoes encodings inside text, one file each. They look at every text, so they reject early and tell only what reads
//! like something: text, or the beginning of a container.

mod base64;
mod escapes;
mod hex;
mod percent;
mod readable;
mod runs;

use std::ops::Range;

/// An encoding that text is written in, inside other text.
pub struct TextDecoder {
    /// Kebab-case name: `base64`.
    pub name: &'static str,
    /// Gives every encoded stretch, in order, with what it says.
    pub find: fn(text: &[u8], found: &mut Decoded<'_>),
}

/// Takes the place of an encoded stretch and its decoded bytes.
pub type Decoded<'f> = dyn FnMut(Range<usize>, Vec<u8>) + 'f;

/// Every decoder of text.
pub static TEXT_DECODERS: &[&TextDecoder] =
    &[&base64::DECODER, &escapes::DECODER, &hex::DECODER, &percent::DECODER];

#[cfg(test)]
mod tests;
