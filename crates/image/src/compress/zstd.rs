//! Zstandard (RFC 8878), frame by frame: zstd:chunked layers keep their table of contents in skippable frames.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::{Compression, Decode, Format, Step, at, copy_aside, corrupt, truncated};
use crate::layer::{Slack, SlackKind, Within};
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::verify::Raw;

pub(super) static FORMAT: Format = Format {
    compression: Compression::Zstd,
    starts: |first| first.starts_with(&MAGIC) || is_skippable(first),
    open,
};

const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();
/// The longest frame header: magic, descriptor, window, dictionary, content size.
const LONGEST_HEADER: usize = 18;

fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

fn open(limits: &Limits) -> Box<dyn Decode> {
    Box::new(Zstd { decoder: None, window: limits.window_bytes, at: At::Frame, frames: 0 })
}

struct Zstd {
    decoder: Option<Decoder<'static>>,
    /// The largest window that is allowed, in bytes.
    window: u64,
    at: At,
    frames: u64,
}

#[derive(Clone, Copy)]
enum At {
    Frame,
    /// Within a frame. The decoder wants that many bytes next.
    ///
    /// It gets no more: each call then decodes at most one block, and a damaged block takes no good one with it,
    /// which the decoder would hold back.
    Data(usize),
    /// Within a skippable frame: what is left of it.
    Skip(u64),
}

impl Decode for Zstd {
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem> {
        loop {
            let step = match self.at {
                At::Frame => self.frame(raw)?,
                At::Data(want) => self.data(raw, out, want)?,
                At::Skip(_) => {
                    self.at = At::Frame;
                    None
                }
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    fn aside(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<usize, Problem> {
        match &mut self.at {
            At::Skip(left) => copy_aside(raw, out, left),
            _ => Ok(0),
        }
    }
}

impl Zstd {
    fn frame(&mut self, raw: &mut Raw<'_>) -> Result<Option<Step>, Problem> {
        let bytes = raw.peek(LONGEST_HEADER);
        if is_skippable(bytes) {
            return self.skip(raw);
        }
        if !bytes.starts_with(&MAGIC) {
            let nothing = bytes.is_empty();
            let part = nothing || self.frames > 0;
            return if part { Ok(Some(Step::End)) } else { Err(truncated(raw, "a zstd frame")) };
        }
        if let Some(window) = window(bytes).filter(|window| *window > self.window) {
            let detail = format!("window-bytes: a zstd frame asks for {window} bytes of memory");
            return Err(Problem::new(ProblemKind::Limit, at(raw), detail));
        }
        self.start(raw)?;
        self.frames += 1;
        self.at = At::Data(5);
        Ok(None)
    }

    fn start(&mut self, raw: &Raw<'_>) -> Result<(), Problem> {
        if self.decoder.is_none() {
            let mut decoder = Decoder::new().map_err(|error| corrupt(raw, error.to_string()))?;
            // The window is checked above, in bytes; this lifts the decoder's own, lower limit.
            let longest = if cfg!(target_pointer_width = "64") { 31 } else { 30 };
            let _ = decoder.set_parameter(DParameter::WindowLogMax(longest));
            self.decoder = Some(decoder);
        }
        match self.decoder.as_mut().map(Decoder::reinit) {
            Some(Err(error)) => Err(corrupt(raw, error.to_string())),
            _ => Ok(()),
        }
    }

    fn skip(&mut self, raw: &mut Raw<'_>) -> Result<Option<Step>, Problem> {
        let Some(&[_, _, _, _, a, b, c, d]) = raw.peek(8).first_chunk::<8>() else {
            return Err(truncated(raw, "a zstd frame"));
        };
        raw.take(8);
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        self.frames += 1;
        self.at = At::Skip(length);
        let slack = Slack { kind: SlackKind::SkippableFrame, offset: raw.offset(), within: Within::Blob };
        Ok((length > 0).then_some(Step::Aside(slack)))
    }

    fn data(&mut self, raw: &mut Raw<'_>, out: &mut [u8], want: usize) -> Result<Option<Step>, Problem> {
        let Some(decoder) = self.decoder.as_mut() else { return Ok(Some(Step::End)) };
        let bytes = raw.peek(1);
        let ended = bytes.is_empty();
        let mut input = InBuffer::around(bytes.get(..bytes.len().min(want.max(1))).unwrap_or_default());
        let mut output = OutBuffer::around(out);
        let hint = decoder.run(&mut input, &mut output);
        let (used, made) = (input.pos(), output.pos());
        raw.take(used);
        let hint = hint.map_err(|error| corrupt(raw, format!("the zstd data is damaged: {error}")))?;
        self.at = if hint == 0 { At::Frame } else { At::Data(hint) };
        if used == 0 && made == 0 && hint != 0 {
            return Err(if ended {
                truncated(raw, "zstd data")
            } else {
                corrupt(raw, "the zstd data leads nowhere")
            });
        }
        Ok((made > 0).then_some(Step::Out(made)))
    }
}

/// The window that a frame header asks for, in bytes; `None` if the header is cut (the decoder will say so).
fn window(header: &[u8]) -> Option<u64> {
    let descriptor = *header.get(4)?;
    if descriptor & 0x20 == 0 {
        let byte = *header.get(5)?;
        let base = 1_u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * u64::from(byte & 7));
    }
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied()?;
    let size = header.get(5 + dictionary..)?;
    Some(match descriptor >> 6 {
        0 => u64::from(*size.first()?),
        1 => u64::from(u16::from_le_bytes(*size.first_chunk()?)) + 256,
        2 => u64::from(u32::from_le_bytes(*size.first_chunk()?)),
        _ => u64::from_le_bytes(*size.first_chunk()?),
    })
}
