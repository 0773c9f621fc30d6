//! Hands the proven image over to where it is wanted.

use std::io::{self, BufWriter};
use std::path::Path;
use std::thread;

use serde_json::Value;
use tightlip_image::store::{self, DaemonError, OpenError, Options, Push, load};
use tightlip_image::write::{Overlay, Place, WriteError, archive, layout, stream_archive};
use tightlip_image::{Digest, Reference};

use super::answer::ScrubError;
use super::output::Output;
use super::rebuild::Rebuilt;
use crate::request::Request;
use crate::watch::Watch;

/// Says no before any work is done, if something is there already.
pub(crate) fn refuse_taken(output: &Output, scan: &Request) -> Result<(), ScrubError> {
    if let Some(path) = output.path() {
        return refuse_path(path, &scan.target);
    }
    match store::open(&output.to_string(), &scan.sources) {
        Ok(_) => Err(ScrubError::Taken { output: output.to_string() }),
        Err(OpenError::Daemon(error)) if !matches!(*error, DaemonError::NoImage { .. }) => {
            Err((*error).into())
        }
        // What a registry says of a name that is not there differs; pushing will tell the rest.
        Err(_) => Ok(()),
    }
}

fn refuse_path(path: &Path, target: &str) -> Result<(), ScrubError> {
    if path.exists() {
        let named = target.split_once(':').map_or(target, |(_, rest)| rest);
        let is_itself = |other: &str| path.canonicalize().ok() == Path::new(other).canonicalize().ok();
        return Err(match [target, named].into_iter().any(is_itself) {
            true => ScrubError::Itself { path: path.to_owned() },
            false => WriteError::Exists { path: path.to_owned() }.into(),
        });
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    let source = io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}", folder.display()));
    Err(WriteError::Write { path: path.to_owned(), source }.into())
}

/// Says no where several images would get one name.
pub(crate) fn refuse_several(output: &Output, rebuilt: &Rebuilt) -> Result<(), ScrubError> {
    match output {
        Output::Docker(_) | Output::Registry(_) if rebuilt.top.is_none() => Err(several(&output.to_string())),
        _ => Ok(()),
    }
}

fn several(output: &str) -> ScrubError {
    ScrubError::Several { output: output.to_owned() }
}

/// Delivers the image; the digest of what it is now known by.
pub(crate) fn deliver(
    (image, rebuilt): (&Overlay<'_>, &Rebuilt),
    output: &Output,
    (options, watch): (&Options, &dyn Watch),
) -> Result<Digest, ScrubError> {
    let stop = || watch.stopped();
    let saved = [("manifest.json", Value::Array(rebuilt.saved.clone()).to_string().into_bytes())];
    match output {
        Output::Layout(path) => layout(image, Place { path, stop: &stop })?,
        Output::OciArchive(path) => archive(image, &[], Place { path, stop: &stop })?,
        Output::DockerArchive(path) => archive(image, &saved, Place { path, stop: &stop })?,
        Output::Docker(_) => {
            let place = Place { path: Path::new("docker"), stop: &stop };
            docker(image, &saved, (place, options))?;
            // That it was loaded says not under which name.
            store::open(&output.to_string(), options)?;
        }
        Output::Registry(text) => return push((image, rebuilt), text, options),
    }
    Ok(rebuilt.top.clone().unwrap_or_else(|| Digest::of(image.index())))
}

/// Docker reads while the archive is written: `index.json` comes last, and without it there is no image.
fn docker(
    image: &Overlay<'_>,
    saved: &[(&str, Vec<u8>)],
    (place, options): (Place<'_>, &Options),
) -> Result<(), ScrubError> {
    let pipe = |source| WriteError::Write { path: place.path.to_owned(), source };
    let (mut reader, writer) = io::pipe().map_err(pipe)?;
    thread::scope(|scope| {
        let writing = scope.spawn(move || {
            let mut out = BufWriter::new(writer);
            stream_archive(image, saved, (&mut out, place))
        });
        let loaded = load(&mut reader, options);
        drop(reader);
        let written = writing.join().unwrap_or(Err(WriteError::Stopped));
        // If Docker hung up, it knows why; the writer only saw a pipe that broke.
        loaded?;
        written.map_err(ScrubError::from)
    })
}

fn push(
    (image, rebuilt): (&Overlay<'_>, &Rebuilt),
    text: &str,
    options: &Options,
) -> Result<Digest, ScrubError> {
    let wrong = |why: String| ScrubError::NoOutput { text: format!("registry:{text}"), why };
    let reference = Reference::parse(text).map_err(|error| wrong(error.to_string()))?;
    let top = rebuilt.top.clone().ok_or_else(|| several(&format!("registry:{text}")))?;
    Push::new(reference, options)?.image(image, &top)?;
    Ok(top)
}
