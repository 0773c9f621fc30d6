//! bzip2, stream by stream.

use bzip2::{Decompress, Status};

use super::{Compression, Decode, Format, Step, corrupt, truncated};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::verify::Raw;

pub(super) static FORMAT: Format = Format { compression: Compression::Bzip2, starts, open };

/// `BZh`, a block size, and the mark of a block or of an empty stream: three letters alone are too weak.
fn starts(first: &[u8]) -> bool {
    const BLOCK: &[u8] = &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    const EMPTY: &[u8] = &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
    let Some((magic, rest)) = first.split_at_checked(4) else { return false };
    let mark = rest.get(..6).unwrap_or(rest);
    matches!(magic, [b'B', b'Z', b'h', b'1'..=b'9']) && (BLOCK.starts_with(mark) || EMPTY.starts_with(mark))
}

fn open(_: &Limits) -> Box<dyn Decode> {
    Box::new(Bzip2 { stream: None, fault: None })
}

struct Bzip2 {
    stream: Option<Decompress>,
    fault: Option<Problem>,
}

impl Decode for Bzip2 {
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem> {
        loop {
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            if self.stream.is_none() {
                if !starts(raw.peek(10)) {
                    return Ok(Step::End);
                }
                self.stream = Some(Decompress::new(false));
            }
            let made = self.data(raw, out)?;
            if made > 0 {
                return Ok(Step::Out(made));
            }
        }
    }
}

impl Bzip2 {
    fn data(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<usize, Problem> {
        let Some(stream) = self.stream.as_mut() else { return Ok(0) };
        let input = raw.peek(1);
        let ended = input.is_empty();
        let (used, made) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(input, out);
        let used = usize::try_from(stream.total_in().saturating_sub(used)).unwrap_or(0);
        let made = usize::try_from(stream.total_out().saturating_sub(made)).unwrap_or(0);
        raw.take(used);
        match status {
            Ok(Status::StreamEnd) => self.stream = None,
            Ok(_) if used == 0 && made == 0 && ended => return Err(truncated(raw, "bzip2 data")),
            Ok(Status::MemNeeded) => {
                return Err(corrupt(raw, "the bzip2 data needs memory that is not there"));
            }
            Ok(_) if used == 0 && made == 0 => return Err(corrupt(raw, "the bzip2 data leads nowhere")),
            Ok(_) => {}
            Err(error) => self.fault = Some(corrupt(raw, format!("the bzip2 data is damaged: {error}"))),
        }
        Ok(made)
    }
}
