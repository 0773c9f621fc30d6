//! An image that comes only as a stream, asked for again for every blob that is read: nothing of it is put on a disk.

use std::io::{self, Read, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::open::{OpenError, Source, Stream, open};
use super::{Archive, BlobId, Entrance, Location, Options, Store, StoreError};
use crate::{Digest, Problem};

/// What a daemon gives out, as a store. Each blob that is no small document costs a stream.
pub struct Again {
    archive: Archive,
    target: String,
    options: Options,
    absent: Vec<Digest>,
}

impl Stream {
    /// Indexes the stream and makes a store of it, which opens the target again when a blob is asked for.
    ///
    /// # Errors
    /// When the stream cannot be read.
    pub fn again(self, target: &str, options: &Options) -> Result<Again, OpenError> {
        let archive = Archive::pass(&self.pipe, self.bytes, &mut |_| {})?;
        Ok(Again { archive, target: target.to_owned(), options: options.clone(), absent: self.absent })
    }
}

impl Again {
    /// Manifests that whoever gives out the image says it never had.
    #[must_use]
    pub fn absent(&self) -> &[Digest] {
        &self.absent
    }

    fn stream(&self, blob: &BlobId) -> Result<Stream, StoreError> {
        let failed = |why: String| StoreError::Read { what: blob.to_string(), source: io::Error::other(why) };
        match open(&self.target, &self.options) {
            Ok(opened) => match opened.source {
                Source::Stream(stream) => Ok(stream),
                Source::Store { .. } => Err(failed("it does not come as a stream any more".to_owned())),
            },
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

impl Store for Again {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        self.archive.entrance()
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        match self.archive.open(blob) {
            Err(StoreError::Read { .. }) => {}
            other => return other,
        }
        let stream = self.stream(blob)?;
        let wanted = self.archive.resolve(blob).unwrap_or_else(|| blob.clone());
        let (reader, mut writer) =
            io::pipe().map_err(|source| StoreError::Read { what: blob.to_string(), source })?;
        thread::spawn(move || {
            let over = Arc::new(AtomicBool::new(false));
            let bytes = Until { inner: stream.bytes, over: Arc::clone(&over) };
            // What goes wrong ends the pipe early: the reader counts and hashes what comes.
            let _ = Archive::pass(&stream.pipe, bytes, &mut |passing| {
                if !over.load(Ordering::Relaxed) && BlobId::at(passing.name) == wanted {
                    let _ = io::copy(passing.body, &mut writer).and_then(|_| writer.flush());
                    over.store(true, Ordering::Relaxed);
                }
            });
        });
        Ok(Box::new(reader))
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        self.archive.size(blob)
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.archive.blobs()
    }

    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        self.archive.resolve(blob)
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        self.archive.head(blob)
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        self.archive.locate(blob)
    }

    fn problems(&self) -> Vec<Problem> {
        self.archive.problems()
    }
}

/// A stream that ends when nobody needs more of it.
struct Until<R> {
    inner: R,
    over: Arc<AtomicBool>,
}

impl<R: Read> Read for Until<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.over.load(Ordering::Relaxed) { Ok(0) } else { self.inner.read(out) }
    }
}
