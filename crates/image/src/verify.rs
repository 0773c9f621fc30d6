//! Reads a blob to its end, hashing and counting every byte on the way.

use std::io::{ErrorKind, Read};

use sha2::{Digest as _, Sha256, Sha512};

use crate::digest::{Algorithm, Digest};

/// How much is asked of the source at once.
const CHUNK: usize = 256 * 1024;

/// Computes a [`Digest`] from bytes as they pass.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    /// A hasher that has seen no bytes.
    pub fn new(algorithm: Algorithm) -> Hasher {
        Hasher(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Sha512::new()),
        })
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(hash) => hash.update(bytes),
            State::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The digest of all bytes taken in.
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(hash) => Digest::from_sha256(hash.finalize().into()),
            State::Sha512(hash) => Digest::from_sha512(hash.finalize().into()),
        }
    }
}

/// The stored bytes of a blob, buffered, hashed as they come from the source.
pub(crate) struct Raw<'a> {
    source: &'a mut dyn Read,
    hasher: Hasher,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    count: u64,
    ended: bool,
    failure: Option<String>,
}

impl<'a> Raw<'a> {
    pub(crate) fn new(source: &'a mut dyn Read, algorithm: Algorithm) -> Raw<'a> {
        let hasher = Hasher::new(algorithm);
        Raw {
            source,
            hasher,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            count: 0,
            ended: false,
            failure: None,
        }
    }

    /// All buffered bytes, at least `want` unless the source ends before. `want` is at most a few hundred.
    pub(crate) fn peek(&mut self, want: usize) -> &[u8] {
        while self.end - self.start < want && !self.ended {
            self.refill();
        }
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Goes past `length` bytes that [`peek`](Raw::peek) showed.
    pub(crate) fn take(&mut self, length: usize) {
        self.start = self.end.min(self.start + length);
    }

    /// Moves up to `out.len()` bytes to `out`; 0 at the end.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> usize {
        if self.start == self.end && out.len() >= CHUNK {
            return self.from_source(out);
        }
        let bytes = self.peek(1);
        let length = bytes.len().min(out.len());
        if let (Some(from), Some(to)) = (bytes.get(..length), out.get_mut(..length)) {
            to.copy_from_slice(from);
        }
        self.take(length);
        length
    }

    /// How many bytes have been used so far: the offset of what `peek` shows.
    pub(crate) fn offset(&self) -> u64 {
        self.count - (self.end - self.start) as u64
    }

    /// How many bytes have come from the source.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// What the source said when it failed.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The digest of all bytes that came from the source.
    pub(crate) fn digest(&self) -> Digest {
        self.hasher.clone().finish()
    }

    fn refill(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let mut buffer = std::mem::take(&mut self.buffer);
        self.end += self.from_source(buffer.get_mut(self.end..).unwrap_or_default());
        self.buffer = buffer;
    }

    #[expect(clippy::wrong_self_convention, reason = "it reads from the source, it converts nothing")]
    fn from_source(&mut self, out: &mut [u8]) -> usize {
        if self.ended {
            return 0;
        }
        let length = loop {
            match self.source.read(out) {
                Ok(length) => break length.min(out.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error.to_string());
                    break 0;
                }
            }
        };
        self.ended = length == 0;
        self.hasher.update(out.get(..length).unwrap_or_default());
        self.count += length as u64;
        length
    }
}
