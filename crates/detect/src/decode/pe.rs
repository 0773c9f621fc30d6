//! Windows programs and .NET assemblies: their strings in UTF-16, which a plain look cannot see.

use std::io::Read;

use super::seam::{Bytes, Members, Pump, Stop, give};
use super::{Decoder, Holds};
use crate::Hint;

/// Portable executables.
pub(crate) static DECODER: Decoder = Decoder { name: "pe", claims, open, holds: Holds::Parts };

/// The shortest run of characters that is a string.
const SHORTEST: usize = 6;
/// The longest line; a longer run is broken so that little is held.
const LONGEST: usize = 64 << 10;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let new = Bytes(head).u32_le(0x3c).and_then(|place| usize::try_from(place).ok());
    head.starts_with(b"MZ") && new.is_some_and(|place| Bytes(head).has(place, b"PE\0\0"))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut wide = Wide::default();
    let mut strings = Pump::new(body, move |chunk, written| wide.turn(chunk, written));
    give(members, "utf-16 strings", &mut strings).map(drop)
}

/// A run of characters, each followed by NUL, wherever it begins.
#[derive(Default)]
struct Wide {
    run: Vec<u8>,
    /// A character whose NUL has not come yet.
    half: Option<u8>,
}

impl Wide {
    fn turn(&mut self, chunk: &[u8], written: &mut Vec<u8>) {
        for byte in chunk {
            match (self.half.take(), *byte) {
                (Some(character), 0) => self.run.push(character),
                (before, byte) => {
                    // Behind a whole character this goes on with the run; behind half of one it begins another.
                    let prints = matches!(byte, b'\t' | b' '..=b'~');
                    if before.is_some() || !prints {
                        self.flush(written);
                    }
                    self.half = prints.then_some(byte);
                }
            }
            if self.run.len() >= LONGEST {
                self.flush(written);
            }
        }
        if chunk.is_empty() {
            self.flush(written);
        }
    }

    fn flush(&mut self, written: &mut Vec<u8>) {
        if self.run.len() >= SHORTEST {
            written.append(&mut self.run);
            written.push(b'\n');
        }
        self.run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn program() -> Vec<u8> {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut file = b"MZ".to_vec();
        file.resize(0x3c, 0);
        file.extend([0x40, 0, 0, 0]);
        file.extend(b"PE\0\0narrow text\x01");
        file.extend(wide("first string"));
        file.extend([1, 2, 3]);
        file.extend(wide("short"));
        file.extend([0, 0]);
        file.extend(wide("Server=db;Name=x"));
        file
    }

    #[test]
    fn wide_strings_are_lines_wherever_they_begin() {
        law::holds(&DECODER, &program(), &[("utf-16 strings", b"first string\nServer=db;Name=x\n")]);
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &program());
    }
}
