//! Strings in UTF-32 inside of programs and data: `L"…"` of C where `wchar_t` has four bytes, arrays of strings of NumPy.

use std::ops::Range;

use super::{Decoded, Lead, Place, TextDecoder, utf16};

/// Runs of characters, each with three NULs beside it.
pub(super) static DECODER: TextDecoder = TextDecoder { name: "utf-32", lead: Lead::Wider, undo, tool: None };

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let Range { end, .. } = place.lead;
    utf16::tell(text, (place.lead.clone(), 4), found);
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::tests::found;

    fn wider(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().flat_map(|character| bytes(character.into())).collect()
    }

    #[test]
    fn strings_are_found_wherever_they_begin() {
        let plain = "a string=of.a.program.1";
        for bytes in [u32::to_le_bytes, u32::to_be_bytes] {
            for lead in 0..40 {
                for before in [0xff_u8, 0] {
                    let text =
                        [&vec![before; lead][..], &wider(plain, bytes), &[0, 0, 0, 0, 1, 0xff]].concat();
                    let said: Vec<String> =
                        found(&DECODER, &text).into_iter().map(|(_, said)| said).collect();
                    assert_eq!(said, [plain], "{lead}");
                }
            }
        }
    }

    #[test]
    fn short_strings_and_numbers_are_none() {
        for text in [
            wider("no token", u32::to_le_bytes),
            wider("Coordinated Universal Time, 24 hours", u32::to_be_bytes),
            (0..400_u32).flat_map(u32::to_le_bytes).collect(),
            [b'a', 0, 0, 0].repeat(40),
            vec![0; 99],
        ] {
            let said = found(&DECODER, &text);
            assert!(said.iter().all(|(_, said)| said.len() > 90), "{said:?}");
        }
    }

    #[test]
    fn a_long_string_is_told_in_pieces() {
        let said = found(&DECODER, &wider(&"0123456789".repeat(1000), u32::to_le_bytes));
        assert!(said.len() > 1 && said.iter().all(|(_, said)| said.len() <= 4 << 10));
        assert!(said.iter().map(|(_, said)| said.len()).sum::<usize>() > 9_900);
    }
}
