//! Writes an image as an OCI layout: a directory.
//!
//! Source: OCI image-spec `image-layout.md`.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::{Overlay, Place, WriteError, copy, whole};
use crate::store::BlobId;

/// Writes the layout. What exists is not touched.
///
/// # Errors
/// When something is there already, or cannot be written. Nothing is there then.
pub fn layout(image: &Overlay<'_>, place: Place<'_>) -> Result<(), WriteError> {
    whole(place, |place| write(image, place))
}

fn write(image: &Overlay<'_>, place: Place<'_>) -> Result<(), WriteError> {
    let make = |path: &Path| fs::create_dir_all(path).map_err(WriteError::at(path));
    make(place.path)?;
    for (digest, _) in image.digests() {
        let path = place.path.join(BlobId::Digest(digest.clone()).path());
        path.parent().map_or(Ok(()), make)?;
        let file = File::create_new(&path).map_err(WriteError::at(&path))?;
        let mut out = BufWriter::new(file);
        copy(image, digest, &mut out, place)?;
        let file = out.into_inner().map_err(|error| error.into_error()).map_err(WriteError::at(&path))?;
        file.sync_data().map_err(WriteError::at(&path))?;
    }
    for (name, bytes) in image.files() {
        let path = place.path.join(name);
        let mut file = File::create_new(&path).map_err(WriteError::at(&path))?;
        file.write_all(bytes).and_then(|()| file.sync_data()).map_err(WriteError::at(&path))?;
    }
    Ok(())
}
