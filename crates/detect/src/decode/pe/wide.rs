//! Runs of characters in UTF-16, wherever they begin.

/// The shortest run of characters that is a string.
const SHORTEST: usize = 6;
/// The longest line; a longer run is broken so that little is held.
const LONGEST: usize = 64 << 10;

/// A run of characters, each followed by NUL, wherever it begins.
#[derive(Default)]
pub(super) struct Wide {
    run: Vec<u8>,
    /// A character whose NUL has not come yet.
    half: Option<u8>,
}

impl Wide {
    /// Writes the runs of a chunk that ended; the last at an empty one.
    pub(super) fn turn(&mut self, chunk: &[u8], written: &mut Vec<u8>) {
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
