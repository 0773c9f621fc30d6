//! Packets: a kind, a length in one of many ways, and so many bytes.

use std::io::{self, BufRead, Read};

/// How long a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Exact(u64),
    /// So many bytes, and another length behind them.
    Part(u64),
    /// Up to the end.
    Open,
}

fn bytes<const N: usize>(body: &mut dyn BufRead) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    body.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The kind of the next packet and its length; none at the end.
pub(super) fn header(body: &mut dyn BufRead) -> io::Result<Option<(u8, Length)>> {
    if body.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let [first] = bytes(body)?;
    if first & 0x80 == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a packet that is none"));
    }
    if first & 0x40 != 0 {
        return Ok(Some((first & 0x3f, length(body)?)));
    }
    let length = match first & 3 {
        0 => Length::Exact(bytes::<1>(body)?[0].into()),
        1 => Length::Exact(u16::from_be_bytes(bytes(body)?).into()),
        2 => Length::Exact(u32::from_be_bytes(bytes(body)?).into()),
        _ => Length::Open,
    };
    Ok(Some((first >> 2 & 15, length)))
}

/// A length of the new form.
fn length(body: &mut dyn BufRead) -> io::Result<Length> {
    let [first] = bytes(body)?;
    Ok(match first {
        0..=191 => Length::Exact(first.into()),
        192..=223 => {
            let [second] = bytes(body)?;
            let first = u64::from(first).saturating_sub(192) << 8;
            Length::Exact(first.saturating_add(second.into()).saturating_add(192))
        }
        255 => Length::Exact(u32::from_be_bytes(bytes(body)?).into()),
        _ => Length::Part(1 << (first & 31)),
    })
}

/// What stands in a packet.
pub(super) struct Content<'b> {
    body: &'b mut dyn BufRead,
    left: Length,
}

impl<'b> Content<'b> {
    pub(super) fn new(body: &'b mut dyn BufRead, left: Length) -> Self {
        Self { body, left }
    }

    /// Reads what is left of it.
    pub(super) fn rest(mut self) -> io::Result<()> {
        io::copy(&mut self, &mut io::sink()).map(drop)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left == Length::Part(0) {
            self.left = length(self.body)?;
        }
        let left = match self.left {
            Length::Open => return self.body.read(buffer),
            Length::Exact(left) | Length::Part(left) => left,
        };
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(room) = buffer.get_mut(..most).filter(|room| !room.is_empty()) else { return Ok(0) };
        let count = self.body.read(room)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let left = left.saturating_sub(count as u64);
        self.left =
            if matches!(self.left, Length::Part(_)) { Length::Part(left) } else { Length::Exact(left) };
        Ok(count)
    }
}
