//! Base32 of RFC 4648, either case, without padding.

/// Capital letters, then 2 to 7 (RFC 4648, section 6).
pub(crate) const UPPER: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The bytes that the characters stand for; bits that fill no byte are dropped. None on a foreign character.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for &character in text {
        held = (held << 5) | u32::from(value(character)?);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// Characters for bytes, capital, the last one filled with zero bits.
pub(crate) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    let (mut held, mut bits) = (0_usize, 0_u32);
    for &byte in bytes {
        held = (held << 8) | usize::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(UPPER.get((held >> bits) & 31));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        text.extend(UPPER.get((held << (5 - bits)) & 31));
    }
    text
}

/// The five bits of a character.
fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a'),
        b'2'..=b'7' => Some(character - b'2' + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_hold() {
        let vectors: [(&[u8], &[u8]); 7] = [
            (b"", b""),
            (b"f", b"MY"),
            (b"fo", b"MZXQ"),
            (b"foo", b"MZXW6"),
            (b"foob", b"MZXW6YQ"),
            (b"fooba", b"MZXW6YTB"),
            (b"foobar", b"MZXW6YTBOI"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn digits_outside_the_alphabet_are_refused() {
        assert_eq!(decode(b"MZXW018"), None);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
