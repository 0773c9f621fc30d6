//! Lets only some entries of a tar stream pass: those that a container changed, with whiteouts before them.

use std::collections::BTreeSet;
use std::io::{self, Read};

use tar::{EntryType, Header};

use super::super::archive::header::{BLOCK, Extension, body_size, normal, padded, until_zero};
use super::changes::Changes;
use crate::tar::is_header;

/// The longest extension header that is held, in bytes.
const MAX_EXTENSION: u64 = 1 << 20;
/// The two blocks of zeros that end an archive.
const END: usize = 2 * BLOCK as usize;

/// A tar stream that is being read.
pub(super) struct Select<'c, R, D> {
    source: R,
    changes: &'c Changes,
    seen: BTreeSet<String>,
    /// Is told which changes did not pass, once the stream has ended.
    done: Option<D>,
    /// What is to be read next.
    out: Vec<u8>,
    at: usize,
    /// As much of the source passes after that.
    pass: u64,
    /// Extension headers, until it is known whether their entry passes.
    held: Vec<u8>,
    extension: Extension,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Entries,
    Ended,
}

impl<'c, R: Read, D: FnOnce(Vec<String>)> Select<'c, R, D> {
    pub(super) fn new(source: R, changes: &'c Changes, done: D) -> Self {
        Self {
            source,
            changes,
            seen: BTreeSet::new(),
            done: Some(done),
            out: Vec::new(),
            at: 0,
            pass: 0,
            held: Vec::new(),
            extension: Extension::default(),
            state: State::Start,
        }
    }

    /// Finds out what is read next. Fails where the stream ends too early: what was cut off must not look whole.
    fn step(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        match self.state {
            State::Start => {
                self.out = self.changes.whiteouts()?;
                self.state = State::Entries;
            }
            State::Entries => {
                let mut block = [0; BLOCK as usize];
                self.source.read_exact(&mut block)?;
                self.header(&block)?;
            }
            State::Ended => {}
        }
        Ok(())
    }

    fn header(&mut self, block: &[u8; BLOCK as usize]) -> io::Result<()> {
        if block.iter().all(|b| *b == 0) {
            return self.end();
        }
        if !is_header(block) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the daemon sends something that is no archive",
            ));
        }
        let header = Header::from_byte_slice(block);
        match header.entry_type() {
            EntryType::XHeader
            | EntryType::XGlobalHeader
            | EntryType::GNULongName
            | EntryType::GNULongLink => self.extend(header),
            _ => self.entry(header),
        }
    }

    fn extend(&mut self, header: &Header) -> io::Result<()> {
        let size = header.entry_size()?;
        let long = || io::Error::new(io::ErrorKind::InvalidData, "a header in the archive is too long");
        let whole = padded(size).filter(|size| *size <= MAX_EXTENSION).ok_or_else(long)?;
        let mut value = vec![0; usize::try_from(whole).unwrap_or_default()];
        self.source.read_exact(&mut value)?;
        self.held.extend_from_slice(header.as_bytes());
        self.held.extend_from_slice(&value);
        value.truncate(usize::try_from(size).unwrap_or_default());
        match header.entry_type() {
            EntryType::GNULongName => self.extension.path = Some(until_zero(&value)),
            EntryType::GNULongLink => {}
            _ => self.extension.take_pax(&value),
        }
        Ok(())
    }

    fn entry(&mut self, header: &Header) -> io::Result<()> {
        let extension = std::mem::take(&mut self.extension);
        let held = std::mem::take(&mut self.held);
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "an entry in the archive has no size");
        let size = body_size(header, &extension).and_then(padded).ok_or_else(wrong)?;
        let name = extension.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let name = normal(&String::from_utf8_lossy(&name));
        if self.changes.written.contains(&name) {
            self.out = held;
            self.out.extend_from_slice(header.as_bytes());
            self.pass = size;
            self.seen.insert(name);
            return Ok(());
        }
        let skipped = io::copy(&mut (&mut self.source).take(size), &mut io::sink())?;
        if skipped < size { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Reads the source to its end, so that one that breaks off there is noticed, and tells what did not come.
    fn end(&mut self) -> io::Result<()> {
        io::copy(&mut self.source, &mut io::sink())?;
        self.out = vec![0; END];
        self.state = State::Ended;
        if let Some(done) = self.done.take() {
            done(self.changes.written.difference(&self.seen).cloned().collect());
        }
        Ok(())
    }
}

impl<R: Read, D: FnOnce(Vec<String>)> Read for Select<'_, R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = self.out.get(self.at..).unwrap_or_default();
            if !ready.is_empty() {
                let n = ready.len().min(buffer.len());
                buffer.iter_mut().zip(ready).for_each(|(to, from)| *to = *from);
                self.at += n;
                return Ok(n);
            }
            if self.pass > 0 {
                let n = (&mut self.source).take(self.pass).read(buffer)?;
                if n == 0 && !buffer.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.pass -= n as u64;
                return Ok(n);
            }
            if self.state == State::Ended {
                return Ok(0);
            }
            self.step()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, body) in entries {
            let mut header = Header::new_gnu();
            header.set_size(body.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, body.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn changes(written: &[&str], deleted: &[&str]) -> Changes {
        let set = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Changes { written: set(written), deleted: set(deleted) }
    }

    /// What passes, and what did not come.
    fn select(bytes: &[u8], changes: &Changes) -> io::Result<(Vec<u8>, Vec<String>)> {
        let (mut out, mut missed) = (Vec::new(), Vec::new());
        Select::new(bytes, changes, |m| missed = m).read_to_end(&mut out)?;
        Ok((out, missed))
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let mut archive = tar::Archive::new(bytes);
        let name =
            |entry: io::Result<tar::Entry<'_, &[u8]>>| entry.unwrap().path().unwrap().display().to_string();
        archive.entries().unwrap().map(name).collect()
    }

    #[test]
    fn only_what_changed_passes() {
        let long = format!("{}/long", "d".repeat(200));
        let bytes = archive(&[("a", "one"), ("b/c", &"x".repeat(1000)), (&long, "two"), ("z", "")]);
        let changes = changes(&["b/c", &long, "not/there"], &["etc/gone"]);
        let (out, missed) = select(&bytes, &changes).unwrap();
        assert_eq!(names(&out), ["etc/.wh.gone", "b/c", &long]);
        assert_eq!(missed, ["not/there"]);
        let mut body = String::new();
        let mut passed = tar::Archive::new(out.as_slice());
        passed.entries().unwrap().nth(1).unwrap().unwrap().read_to_string(&mut body).unwrap();
        assert_eq!(body, "x".repeat(1000));
    }

    #[test]
    fn what_an_attribute_says_is_no_name() {
        let mut builder = tar::Builder::new(Vec::new());
        let note = ("SCHILY.xattr.user.note", &b"x\n11 path=no\n"[..]);
        builder.append_pax_extensions([note]).unwrap();
        let mut header = Header::new_ustar();
        header.set_size(3);
        builder.append_data(&mut header, "b", &b"one"[..]).unwrap();
        let (out, missed) = select(&builder.into_inner().unwrap(), &changes(&["b"], &[])).unwrap();
        assert!(out.windows(3).any(|bytes| bytes == b"one"));
        assert_eq!(missed, Vec::<String>::new());
    }

    #[test]
    fn an_archive_that_is_cut_anywhere_is_an_error() {
        let bytes = archive(&[("a", "one"), ("b", "two")]);
        let changes = changes(&["b"], &[]);
        assert!(select(&bytes, &changes).is_ok());
        for end in (0..bytes.len() - 1024).step_by(100) {
            assert!(select(&bytes[..end], &changes).is_err(), "cut at {end}");
        }
        assert!(select(&[b'x'; 2048], &changes).is_err());
    }
}
