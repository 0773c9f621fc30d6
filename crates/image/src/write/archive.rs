//! Writes an image as a tar archive of an OCI layout, with the files that Docker wants beside it, if it is for Docker.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::{Overlay, Place, WriteError, copy, whole};
use crate::store::BlobId;

/// Writes the archive; `beside_it` are more files for its root, by name.
///
/// # Errors
/// When something is there already, or cannot be written. Nothing is there then.
pub fn archive(image: &Overlay<'_>, more: &[(&str, Vec<u8>)], place: Place<'_>) -> Result<(), WriteError> {
    whole(place, |place| write(image, more, place))
}

fn write(image: &Overlay<'_>, more: &[(&str, Vec<u8>)], place: Place<'_>) -> Result<(), WriteError> {
    let file = File::create_new(place.path).map_err(WriteError::at(place.path))?;
    let mut out = BufWriter::with_capacity(super::PIECE, file);
    stream_archive(image, more, (&mut out, place))?;
    let file = out.into_inner().map_err(|error| error.into_error()).map_err(WriteError::at(place.path))?;
    file.sync_data().map_err(WriteError::at(place.path))
}

/// Writes the archive to a stream.
///
/// # Errors
/// When the stream ends, or a blob is not what it should be.
pub fn stream_archive(
    image: &Overlay<'_>,
    more: &[(&str, Vec<u8>)],
    (out, place): (&mut dyn Write, Place<'_>),
) -> Result<(), WriteError> {
    for (digest, size) in image.digests() {
        let name = BlobId::Digest(digest.clone()).path();
        member(&name, size, out).map_err(WriteError::at(place.path))?;
        let mut counted = Counted { out, count: 0 };
        copy(image, digest, &mut counted, place)?;
        let Counted { count, .. } = counted;
        if count != size {
            let said = format!("{digest} has {count} bytes, not {size}");
            return Err(WriteError::at(place.path)(io::Error::other(said)));
        }
        pad(size, out).map_err(WriteError::at(place.path))?;
    }
    let more = more.iter().map(|(name, bytes)| (*name, bytes.as_slice()));
    for (name, bytes) in image.files().into_iter().chain(more) {
        let size = bytes.len() as u64;
        member(name, size, out)
            .and_then(|()| out.write_all(bytes))
            .and_then(|()| pad(size, out))
            .map_err(WriteError::at(place.path))?;
    }
    out.write_all(&[0; 1024]).and_then(|()| out.flush()).map_err(WriteError::at(place.path))
}

/// The header of a file. Everything in it is the same on every machine.
fn member(name: &str, size: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    out.write_all(header.as_bytes())
}

fn pad(size: u64, out: &mut dyn Write) -> io::Result<()> {
    let used = usize::try_from(size % 512).unwrap_or(0);
    if used == 0 { Ok(()) } else { out.write_all(&vec![0; 512 - used]) }
}

struct Counted<'o> {
    out: &'o mut dyn Write,
    count: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.count += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
