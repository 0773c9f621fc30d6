//! A blob as a stream that survives broken connections: it goes on where it was cut.

use std::io::{self, Read};

use super::address::Address;
use super::ask::Ask;
use super::error::RegistryError;
use super::http::{Answer, Client};

/// How often one blob is taken up again at most, however well it gets on in between.
const MAX_CUTS: u32 = 100;

/// The stored bytes of a blob.
pub(super) struct Blob<'c> {
    client: &'c Client,
    url: Address,
    body: Option<Box<dyn Read + Send>>,
    /// How many bytes were given out.
    at: u64,
    /// How many there are, if the registry says so.
    length: Option<u64>,
    cuts: u32,
    /// Cuts since the last byte that got on, and where that was.
    stuck: u32,
    stuck_at: u64,
}

impl<'c> Blob<'c> {
    /// Asks for the blob.
    pub(super) fn open(client: &'c Client, url: Address) -> Result<Self, RegistryError> {
        let answer = client.ask(&Ask::get(url.clone()))?;
        let length = answer.length();
        let body = Some(answer.stream());
        Ok(Self { client, url, body, at: 0, length, cuts: 0, stuck: 0, stuck_at: 0 })
    }

    /// Asks for the rest.
    fn resume(&mut self, why: &str) -> io::Result<Box<dyn Read + Send>> {
        self.cuts += 1;
        // A few bytes at a time are no progress.
        let got_on = self.at.saturating_sub(self.stuck_at) >= self.client.patience().trickle;
        self.stuck = if got_on { 1 } else { self.stuck + 1 };
        if got_on {
            self.stuck_at = self.at;
        }
        if self.cuts > MAX_CUTS || self.stuck > self.client.patience().retries {
            let kind = io::ErrorKind::UnexpectedEof;
            let text = format!("{} broke off after {} bytes, {} times: {why}", self.url, self.at, self.cuts);
            return Err(io::Error::new(kind, text));
        }
        let ask = Ask::get(self.url.clone()).range(format!("bytes={}-", self.at));
        let answer = self.client.ask(&ask).map_err(io::Error::other)?;
        self.skip_to_here(answer)
    }

    /// A registry that does not know ranges starts anew.
    fn skip_to_here(&mut self, answer: Answer) -> io::Result<Box<dyn Read + Send>> {
        let start = match answer.status {
            206 => range_start(answer.header("content-range").unwrap_or_default()),
            _ => Some(0),
        };
        let Some(skip) = start.and_then(|start| self.at.checked_sub(start)) else {
            let text = format!("{} gave another part than the one that was asked for", self.url);
            return Err(io::Error::other(text));
        };
        let mut body = answer.stream();
        // If the connection breaks here, the next read finds nothing and asks again.
        let skipped = io::copy(&mut body.by_ref().take(skip), &mut io::sink()).unwrap_or_default();
        Ok(if skipped == skip { body } else { Box::new(Broken) })
    }
}

/// What is left of a connection that broke while it was taken up again.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection broke"))
    }
}

/// The first byte that `bytes 7-99/100` speaks of.
fn range_start(header: &str) -> Option<u64> {
    header.trim().strip_prefix("bytes")?.trim_start().split('-').next()?.trim().parse().ok()
}

impl Read for Blob<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let mut why = String::from("the connection broke");
        loop {
            let mut body = match self.body.take() {
                Some(body) => body,
                None => self.resume(&why)?,
            };
            match body.read(out) {
                Ok(0) if self.length.is_some_and(|length| self.at < length) => {}
                Ok(read) => {
                    self.at += read as u64;
                    self.body = Some(body);
                    return Ok(read);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => self.body = Some(body),
                Err(e) => why = e.to_string(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_range_is_read() {
        assert_eq!(range_start("bytes 7-99/100"), Some(7));
        assert_eq!(range_start("bytes 0-511/*"), Some(0));
        assert_eq!(range_start("bytes */100"), None);
        assert_eq!(range_start(""), None);
    }
}
