//! An image that comes only as a stream, kept in a file without a name for as long as it takes to read it more than once.
//!
//! The file is unlinked before the first byte is written: no other process can open it by a name, and whatever ends this
//! one, the system takes it back. It lies where temporary files lie (`TMPDIR`), unencrypted: who can read that disk as it
//! is can read it, as he can the engine's own.

use std::io::{self, Read, Write as _};
use std::path::PathBuf;

use super::Archive;
use super::open::{OpenError, Stream};
use crate::Digest;

const PIECE: usize = 256 * 1024;

/// An image that was kept, and the manifests that its engine says it never had.
pub struct Kept {
    /// The image.
    pub archive: Archive,
    /// What its index names and its engine says it never had.
    pub absent: Vec<Digest>,
}

impl Stream {
    /// Takes the stream in. `passed` is told how much has come; when it says so, no more is taken.
    ///
    /// # Errors
    /// When the stream breaks off, or there is no room for it.
    pub fn keep(mut self, passed: &mut dyn FnMut(u64) -> bool) -> Result<Kept, OpenError> {
        let folder = std::env::temp_dir();
        let no_room = |source: io::Error| OpenError::NoRoom { folder: PathBuf::clone(&folder), source };
        let mut file = tempfile::tempfile_in(&folder).map_err(no_room)?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = match self.bytes.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(super::StoreError::Read { what: self.pipe.name, source }.into()),
            };
            file.write_all(piece.get(..length).unwrap_or_default()).map_err(no_room)?;
            if !passed(length as u64) {
                break;
            }
        }
        Ok(Kept { archive: Archive::kept(self.pipe, file)?, absent: self.absent })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::store::{BlobId, Pipe, Store as _};

    fn stream(bytes: Vec<u8>) -> Stream {
        let pipe = Pipe { name: "app".to_owned(), command: "docker save app".to_owned() };
        Stream { pipe, bytes: Box::new(io::Cursor::new(bytes)), absent: Vec::new(), container: None }
    }

    #[test]
    fn a_stream_is_read_as_often_as_it_takes_and_by_many_at_once() {
        let sketch =
            crate::Sketch::new("app:1").file("COPY a /", "a", &[7; 5000]).file("COPY b /", "b", b"2");
        let archive = sketch.archive();
        let plain = Archive::from_bytes(archive.clone()).unwrap();
        let mut passed = 0;
        let kept = stream(archive.clone()).keep(&mut |bytes| {
            passed += bytes;
            true
        });
        let kept = kept.unwrap().archive;
        assert_eq!(passed, archive.len() as u64);
        assert_eq!(kept.blobs(), plain.blobs());
        let mut all: Vec<(BlobId, Box<dyn io::Read + Send>)> =
            kept.blobs().into_iter().map(|blob| (blob.clone(), kept.open(&blob).unwrap())).collect();
        for (blob, body) in all.iter_mut().rev() {
            let (mut new, mut old) = (Vec::new(), Vec::new());
            body.read_to_end(&mut new).unwrap();
            plain.open(blob).unwrap().read_to_end(&mut old).unwrap();
            assert!(new == old, "{blob}");
        }
    }

    #[test]
    fn whoever_has_enough_takes_no_more() {
        let kept = stream(vec![0; 4 << 20]).keep(&mut |_| false).unwrap();
        assert!(kept.archive.blobs().is_empty());
    }
}
