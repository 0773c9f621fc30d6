//! gzip (RFC 1952), member by member: eStargz layers have one for each file.
//!
//! The container is read here and only the deflate data by a library, so that header fields, member borders and
//! what follows the last member are seen exactly.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Compression, Decode, Format, Step, copy_aside, corrupt, truncated};
use crate::layer::{Slack, SlackKind, Within};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::verify::Raw;

pub(super) static FORMAT: Format =
    Format { compression: Compression::Gzip, starts: |first| first.starts_with(&[0x1F, 0x8B]), open };

const MAGIC: &[u8] = &[0x1F, 0x8B, 8];
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

fn open(_: &Limits) -> Box<dyn Decode> {
    Box::new(Gzip {
        inflate: Decompress::new(false),
        crc: crc32fast::Hasher::new(),
        length: 0,
        members: 0,
        at: At::Header,
        fault: None,
    })
}

struct Gzip {
    inflate: Decompress,
    crc: crc32fast::Hasher,
    /// Bytes that came out of this member.
    length: u64,
    members: u64,
    at: At,
    /// Found in a step that also gave bytes: it is told with the next.
    fault: Option<Problem>,
}

#[derive(Clone, Copy)]
enum At {
    Header,
    /// Optional fields; the flags of those still to come.
    Fields(u8),
    /// Within the extra field; what is left of it, and the flags of the fields after it.
    Extra(u64, u8),
    /// Within a text that ends with a zero byte; the flags of the fields after it.
    Text(u8),
    Deflate,
    Trailer,
}

impl Decode for Gzip {
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem> {
        loop {
            let step = match self.at {
                At::Header => self.header(raw)?,
                At::Fields(flags) => self.field(raw, flags)?,
                At::Extra(_, flags) | At::Text(flags) => {
                    self.at = At::Fields(flags);
                    None
                }
                At::Deflate => self.deflate(raw, out)?,
                At::Trailer => self.trailer(raw)?,
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    fn aside(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<usize, Problem> {
        match &mut self.at {
            At::Extra(left, _) => copy_aside(raw, out, left),
            At::Text(flags) => {
                let flags = *flags;
                self.text(raw, out, flags)
            }
            _ => Ok(0),
        }
    }
}

impl Gzip {
    fn header(&mut self, raw: &mut Raw<'_>) -> Result<Option<Step>, Problem> {
        let bytes = raw.peek(10);
        let short = bytes.len() < 10;
        let flags = bytes.get(3).copied().unwrap_or(RESERVED);
        let ours = bytes.starts_with(MAGIC) && (short || flags & RESERVED == 0);
        // Anything else after a whole member is no gzip: it belongs to nobody, and the layer gives it out.
        if !ours && self.members > 0 {
            return Ok(Some(Step::End));
        }
        if !ours && !short {
            return Err(corrupt(raw, "the gzip header has an unknown method or unknown flags"));
        }
        if short {
            return Err(truncated(raw, "a gzip header"));
        }
        raw.take(10);
        self.inflate.reset(false);
        self.crc = crc32fast::Hasher::new();
        self.length = 0;
        self.at = At::Fields(flags);
        Ok(None)
    }

    /// Starts the next optional field.
    fn field(&mut self, raw: &mut Raw<'_>, flags: u8) -> Result<Option<Step>, Problem> {
        if flags & EXTRA != 0 {
            let length = short(raw)?;
            self.at = At::Extra(u64::from(length), flags & !EXTRA);
            return Ok((length > 0).then(|| announce(raw)));
        }
        for text in [NAME, COMMENT] {
            if flags & text != 0 {
                return self.start_text(raw, flags & !text);
            }
        }
        if flags & HEADER_CRC != 0 {
            short(raw)?;
        }
        self.at = At::Deflate;
        Ok(None)
    }

    fn start_text(&mut self, raw: &mut Raw<'_>, rest: u8) -> Result<Option<Step>, Problem> {
        match raw.peek(1).first() {
            None => Err(truncated(raw, "a gzip header")),
            Some(0) => {
                raw.take(1);
                self.at = At::Fields(rest);
                Ok(None)
            }
            Some(_) => {
                self.at = At::Text(rest);
                Ok(Some(announce(raw)))
            }
        }
    }

    fn text(&mut self, raw: &mut Raw<'_>, out: &mut [u8], rest: u8) -> Result<usize, Problem> {
        let bytes = raw.peek(1);
        if bytes.is_empty() {
            return Err(truncated(raw, "a gzip header"));
        }
        let seen = bytes.get(..bytes.len().min(out.len())).unwrap_or_default();
        let end = seen.iter().position(|byte| *byte == 0);
        let length = end.unwrap_or(seen.len());
        if let (Some(from), Some(to)) = (seen.get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        raw.take(length);
        if length == 0 && end.is_some() {
            raw.take(1);
            self.at = At::Fields(rest);
        }
        Ok(length)
    }

    fn deflate(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Option<Step>, Problem> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let input = raw.peek(1);
        let ended = input.is_empty();
        let (used, made) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, out, FlushDecompress::None);
        let used = delta(self.inflate.total_in(), used);
        let made = delta(self.inflate.total_out(), made);
        raw.take(used);
        self.crc.update(out.get(..made).unwrap_or_default());
        self.length += made as u64;
        match status {
            Ok(Status::StreamEnd) => self.at = At::Trailer,
            Ok(_) if used == 0 && made == 0 && ended => return Err(truncated(raw, "gzip data")),
            Ok(_) if used == 0 && made == 0 => return Err(corrupt(raw, "the gzip data leads nowhere")),
            Ok(_) => {}
            Err(error) => self.fault = Some(corrupt(raw, format!("the gzip data is damaged: {error}"))),
        }
        Ok((made > 0).then_some(Step::Out(made)))
    }

    fn trailer(&mut self, raw: &mut Raw<'_>) -> Result<Option<Step>, Problem> {
        let Some(&[a, b, c, d, e, f, g, h]) = raw.peek(8).first_chunk::<8>() else {
            return Err(truncated(raw, "a gzip trailer"));
        };
        let crc = std::mem::take(&mut self.crc).finalize();
        let same = u32::from_le_bytes([a, b, c, d]) == crc
            && u64::from(u32::from_le_bytes([e, f, g, h])) == self.length & 0xFFFF_FFFF;
        let problem = (!same).then(|| {
            let detail = format!("the checksum of gzip member {} does not fit its data", self.members + 1);
            Step::Problem(corrupt(raw, detail))
        });
        raw.take(8);
        self.members += 1;
        self.at = At::Header;
        Ok(problem)
    }
}

fn announce(raw: &Raw<'_>) -> Step {
    Step::Aside(Slack { kind: SlackKind::GzipHeader, offset: raw.offset(), within: Within::Blob })
}

fn short(raw: &mut Raw<'_>) -> Result<u16, Problem> {
    let Some(&bytes) = raw.peek(2).first_chunk::<2>() else {
        return Err(truncated(raw, "a gzip header"));
    };
    raw.take(2);
    Ok(u16::from_le_bytes(bytes))
}

fn delta(after: u64, before: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(0)
}
