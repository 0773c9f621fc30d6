//! xz, stream by stream, with the zero padding that may stand between streams.

use liblzma::stream::{Action, Error, Status, Stream};

use super::{Compression, Decode, Format, Step, at, corrupt, truncated};
use crate::limits::Limits;
use crate::problem::{Problem, ProblemKind};
use crate::verify::Raw;

pub(super) static FORMAT: Format =
    Format { compression: Compression::Xz, starts: |first| first.starts_with(MAGIC), open };

const MAGIC: &[u8] = &[0xFD, b'7', b'z', b'X', b'Z', 0];

fn open(limits: &Limits) -> Box<dyn Decode> {
    Box::new(Xz { stream: None, memory: limits.window_bytes, streams: 0, fault: None })
}

struct Xz {
    stream: Option<Stream>,
    memory: u64,
    streams: u64,
    fault: Option<Problem>,
}

impl Decode for Xz {
    fn step(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<Step, Problem> {
        loop {
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            if self.stream.is_none() && !self.start(raw)? {
                return Ok(Step::End);
            }
            let made = self.data(raw, out)?;
            if made > 0 {
                return Ok(Step::Out(made));
            }
        }
    }
}

impl Xz {
    /// Opens the next stream, if there is one.
    fn start(&mut self, raw: &mut Raw<'_>) -> Result<bool, Problem> {
        while self.streams > 0 && raw.peek(4).starts_with(&[0; 4]) {
            raw.take(4);
        }
        if !raw.peek(MAGIC.len()).starts_with(MAGIC) {
            return Ok(false);
        }
        let stream = Stream::new_stream_decoder(self.memory, 0);
        self.stream = Some(stream.map_err(|error| corrupt(raw, error.to_string()))?);
        self.streams += 1;
        Ok(true)
    }

    fn data(&mut self, raw: &mut Raw<'_>, out: &mut [u8]) -> Result<usize, Problem> {
        let Some(stream) = self.stream.as_mut() else { return Ok(0) };
        let input = raw.peek(1);
        let ended = input.is_empty();
        let (used, made) = (stream.total_in(), stream.total_out());
        let status = stream.process(input, out, Action::Run);
        let used = usize::try_from(stream.total_in().saturating_sub(used)).unwrap_or(0);
        let made = usize::try_from(stream.total_out().saturating_sub(made)).unwrap_or(0);
        raw.take(used);
        match status {
            Ok(Status::StreamEnd) => self.stream = None,
            Err(Error::MemLimit) => {
                let detail = "window-bytes: an xz stream asks for more memory";
                self.fault = Some(Problem::new(ProblemKind::Limit, at(raw), detail));
            }
            Err(error) => self.fault = Some(corrupt(raw, format!("the xz data is damaged: {error}"))),
            Ok(_) if used == 0 && made == 0 && ended => return Err(truncated(raw, "xz data")),
            Ok(_) => {}
        }
        Ok(made)
    }
}
