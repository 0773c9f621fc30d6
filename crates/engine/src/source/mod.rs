//! What lies around a build and is no image: logs, metadata files, directories. One file for each kind.
//!
//! Images, caches and build records are stored as images are; the image room opens them.

mod log;
mod metadata;
mod rootfs;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tightlip_image::{Problem, Trail};
use tightlip_report::{Exposure, Place, Read, Report, Surface, Target};

use crate::blob::Lens;
use crate::ledger::Ledger;
use crate::package::{Shipped, Sums};
use crate::request::Request;
use crate::scan::ScanError;
use crate::sighting::{Blind, Sighting};
use crate::tools::Tools;
use crate::vault::Mask;
use crate::watch::Watch;
use crate::{assemble, pair};

/// So many bytes of a file tell what it is.
const HEAD: u64 = 64 << 10;

/// A kind of thing around a build: how to recognise it and how to read it.
pub(crate) struct Source {
    /// The word before the colon.
    pub(crate) scheme: &'static str,
    /// What it is, for the help.
    pub(crate) summary: &'static str,
    /// Says by what it recognises a file by its first bytes, if it does.
    pub(crate) sniff: fn(&[u8]) -> Option<&'static str>,
    /// Reads it to its end.
    pub(crate) read: fn(&Path, &Lens<'_>) -> Result<Harvest, SourceError>,
    /// Who sees what lies in it.
    pub(crate) exposure: Exposure,
    /// Says where something lies, beyond surface and exposure.
    pub(crate) place: fn(&Sighting, &Path, &mut Place, &Mask),
    /// How anyone who has it gets the value back.
    pub(crate) recover: fn(&Sighting, &Path) -> String,
}

/// Every kind.
pub(crate) static SOURCES: &[&Source] = &[&log::SOURCE, &metadata::SOURCE, &rootfs::SOURCE];

/// What reading came to.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    pub(crate) seen: Vec<Sighting>,
    pub(crate) blind: Vec<Blind>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) read: Read,
    /// What package managers say about files, by the lists among them.
    pub(crate) shipped: Shipped,
}

impl Harvest {
    /// The package manager that says that the file is as it installed it.
    fn shipped_by(&self, surface: Surface, path: &[u8], sums: Option<&Sums>) -> Option<&'static str> {
        self.shipped.by(&Trail::of(path), sums.filter(|_| surface == Surface::File)?)
    }
}

/// Something around a build could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing lies there.
    #[error("there is no file or directory {}", path.display())]
    NoSuchFile {
        /// The path.
        path: PathBuf,
    },
    /// A file was asked for, and it is none.
    #[error("{} is not a file\nUse rootfs:DIR for a directory", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A directory was asked for, and it is none.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// It is not what was asked for.
    #[error("{} is {what}", path.display())]
    NotThat {
        /// The path.
        path: PathBuf,
        /// What it is instead, or is not.
        what: &'static str,
    },
    /// A read failed.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The kind that a target names, or that its file is recognised as; none for images.
pub(crate) fn find(target: &str) -> Option<(&'static Source, PathBuf)> {
    let named = target.split_once(':').and_then(|(word, rest)| {
        let source = SOURCES.iter().find(|source| source.scheme == word)?;
        Some((*source, PathBuf::from(rest)))
    });
    named.or_else(|| {
        let path = Path::new(target);
        let head = path.is_file().then(|| head(path)).flatten()?;
        let source = SOURCES.iter().find(|source| (source.sniff)(&head).is_some())?;
        Some((*source, path.to_owned()))
    })
}

fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(head)
}

/// Whether a directory looks like the root of a file system. It is not guessed to be one: the working directory of
/// a build looks alike.
pub(crate) fn looks_like_root(target: &str) -> bool {
    let path = Path::new(target);
    let has = |name: &str| path.join(name).is_dir();
    has("etc") && (has("bin") || has("usr"))
}

/// Reads it and writes the report.
pub(crate) fn report(
    (source, path): (&Source, &Path),
    (tools, request): (&Tools, &Request),
    watch: &dyn Watch,
) -> Result<Report, ScanError> {
    let lens = tools.lens(request, watch);
    let harvest = (source.read)(path, &lens)?;
    written((source, path), &harvest, (tools, request))
}

/// Reads a build log while it is written.
pub(crate) fn pass_log(from: &mut dyn io::BufRead, lens: &Lens<'_>) -> Harvest {
    log::pass(from, lens)
}

/// The report on a build log that passed, under this name.
pub(crate) fn log_report(
    name: &Path,
    harvest: &Harvest,
    with: (&Tools, &Request),
) -> Result<Report, ScanError> {
    let source = &log::SOURCE;
    written((source, name), harvest, with)
}

/// Writes the report on what was read.
fn written(
    (source, path): (&Source, &Path),
    harvest: &Harvest,
    (tools, request): (&Tools, &Request),
) -> Result<Report, ScanError> {
    let mask = tools.vault.mask()?;
    let mut ledger = Ledger::default();
    for sighting in &harvest.seen {
        let mut place = Place::new(sighting.surface, source.exposure);
        (source.place)(sighting, path, &mut place, &mask);
        let subject = place.path.clone().or_else(|| place.pointer.clone()).unwrap_or_default();
        let recover = Some((source.recover)(sighting, path));
        let mut finding = assemble::finding(sighting, place, recover, &mask);
        let packages = harvest.shipped_by(sighting.surface, &sighting.at, sighting.sums.as_ref());
        assemble::vouched(&mut finding, (sighting, packages), &mut ledger);
        ledger.finding(finding, &subject);
    }
    for blind in &harvest.blind {
        let gap = assemble::unlooked(blind, Place::new(blind.surface, source.exposure), &mask);
        match harvest.shipped_by(blind.surface, &blind.at, blind.sums.as_ref()) {
            Some(packages) => ledger.accepted(assemble::as_installed(gap, packages)),
            None => ledger.gap(gap),
        }
    }
    for problem in &harvest.problems {
        ledger.gap(assemble::unread(problem, Place::new(source_surface(source), source.exposure), &mask));
    }
    let settled = ledger.settle();
    let mut report = Report {
        tool: tools.tool(),
        target: Target { given: request.target.clone(), ..Target::default() },
        findings: settled.findings,
        gaps: settled.gaps,
        accepted_gaps: settled.accepted,
        read: harvest.read,
        ..Report::default()
    };
    pair::fold(&mut report.findings);
    mask.report(&mut report);
    Ok(report)
}

fn source_surface(source: &Source) -> Surface {
    match source.scheme {
        "log" => Surface::Log,
        "metadata" => Surface::MetadataFile,
        _ => Surface::File,
    }
}

/// Opens a regular file; a pipe or a device would block or never end.
fn open(path: &Path) -> Result<(File, u64), SourceError> {
    let wrong = |source| SourceError::Read { path: path.to_owned(), source };
    if !path.exists() {
        return Err(SourceError::NoSuchFile { path: path.to_owned() });
    }
    if !path.is_file() {
        return Err(SourceError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(wrong)?;
    let size = file.metadata().map_err(wrong)?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_matches_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .map(|name| name.trim_end_matches(".rs").to_owned())
            .collect();
        files.sort();
        let table: Vec<&str> = SOURCES.iter().map(|source| source.scheme).collect();
        assert_eq!(table, files);
    }

    #[test]
    fn no_two_schemes_have_one_name() {
        let images = tightlip_image::store::SCHEMES.iter().map(|scheme| scheme.name);
        let mut names: Vec<_> = images.chain(SOURCES.iter().map(|source| source.scheme)).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
