//! The bytes of an archive: a file, memory, or a file that has no name.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the bytes of an archive lie.
pub(super) enum Input {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Bytes(Arc<[u8]>),
    /// In a file without a name: they came through a pipe, and go with the last handle.
    Kept(Arc<File>, Pipe),
    /// Nowhere any more: they came through a pipe.
    Passed(Pipe),
}

/// What a pipe is.
#[derive(Clone, Debug)]
pub struct Pipe {
    /// What it is called in messages.
    pub name: String,
    /// The command that writes the archive into it, for people: `docker save app:1`.
    pub command: String,
}

/// A handle of its own on the bytes.
pub(super) enum Opened {
    /// On a file.
    File(File),
    /// On memory.
    Bytes(Cursor<Arc<[u8]>>),
    /// On a file that others read at the same time, with a place of its own in it.
    Kept(Arc<File>, u64),
}

impl Input {
    pub(super) fn open(&self) -> io::Result<Opened> {
        match self {
            Self::File(path) => File::open(path).map(Opened::File),
            Self::Bytes(bytes) => Ok(Opened::Bytes(Cursor::new(Arc::clone(bytes)))),
            Self::Kept(file, _) => Ok(Opened::Kept(Arc::clone(file), 0)),
            Self::Passed(_) => Err(io::Error::new(io::ErrorKind::NotSeekable, "the stream has passed")),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Bytes(_) => f.write_str("the archive"),
            Self::Kept(_, pipe) | Self::Passed(pipe) => f.write_str(&pipe.name),
        }
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Bytes(bytes) => bytes.read(buffer),
            Self::Kept(file, at) => {
                let length = read_at(file, buffer, *at)?;
                *at = at.saturating_add(length as u64);
                Ok(length)
            }
        }
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Bytes(bytes) => bytes.seek(to),
            Self::Kept(file, at) => {
                let moved = match to {
                    SeekFrom::Start(place) => Some(place),
                    SeekFrom::Current(by) => at.checked_add_signed(by),
                    SeekFrom::End(by) => file.metadata()?.len().checked_add_signed(by),
                };
                *at = moved.ok_or(io::ErrorKind::InvalidInput)?;
                Ok(*at)
            }
        }
    }
}

/// Reads at a place, whatever the place of the handle itself is.
#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Reads at a place, whatever the place of the handle itself is.
#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Reads a known number of bytes, and fails if there are fewer: a cut member must not look whole.
pub(super) struct Exactly<R> {
    inner: R,
    left: u64,
}

impl<R> Exactly<R> {
    pub(super) fn new(inner: R, size: u64) -> Self {
        Self { inner, left: size }
    }
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(window) = buffer.get_mut(..most).filter(|w| !w.is_empty()) else { return Ok(0) };
        let n = self.inner.read(window)?;
        if n == 0 {
            let why = "the archive ends in the middle of this member";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
        }
        self.left = self.left.saturating_sub(n as u64);
        Ok(n)
    }
}
