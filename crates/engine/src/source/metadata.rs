//! `metadata:FILE`: what `docker buildx build --metadata-file FILE` wrote. Whatever `--provenance` says, its
//! provenance lists every build argument; docker/build-push-action prints the file to the log.
//!
//! Source: buildx `build/provenance.go` and `commands/build.go`.

use std::path::Path;

use tightlip_image::store::Location;
use tightlip_report::{Exposure, Place, Read, readable};

use super::{Harvest, Source, SourceError, open};
use crate::blob::Lens;
use crate::json::{self, Scalar};
use crate::sighting::{Eye, Sighting};
use crate::surface::Paper;
use crate::vault::Mask;
use crate::{document, recover};

pub(super) static SOURCE: Source = Source {
    scheme: "metadata",
    summary: "what buildx wrote with --metadata-file: metadata:FILE",
    sniff,
    read,
    exposure: Exposure::BuildOnly,
    place,
    recover: |sighting, path| recover::from_document(sighting, &Location::File(path.to_owned())),
};

/// The largest file that is read, in bytes: real ones have some thousand.
const LARGEST: u64 = 64 << 20;

fn sniff(head: &[u8]) -> Option<&'static str> {
    let mut known = false;
    // A large file is cut here; its first members tell enough. Bake writes one level above for each target.
    let _ = json::walk(head, &mut |path, scalar, key| {
        let member = key.starts_with("buildx.build.") || key.starts_with("containerimage.");
        known |= scalar == Scalar::Key && path.len() <= 2 && member;
    });
    (known && head.trim_ascii_start().starts_with(b"{")).then_some("the members of a buildx metadata file")
}

fn read(path: &Path, lens: &Lens<'_>) -> Result<Harvest, SourceError> {
    use std::io::Read as _;
    let (file, size) = open(path)?;
    if size > LARGEST {
        return Err(SourceError::NotThat {
            path: path.to_owned(),
            what: "too large for a metadata file (64 MiB)",
        });
    }
    lens.watch.begin(1, size);
    let mut bytes = Vec::new();
    let wrong = |source| SourceError::Read { path: path.to_owned(), source };
    file.take(LARGEST).read_to_end(&mut bytes).map_err(wrong)?;
    let mut eye = Eye::new(lens.key, lens.vault);
    let reading = document::read(&bytes, Paper::Metadata, lens.with(), &mut eye);
    let read = Read { bytes: bytes.len() as u64, decoded_bytes: reading.decoded, ..Read::default() };
    let problems =
        reading.faults.into_iter().map(|fault| fault.problem(path.display().to_string())).collect();
    Ok(Harvest { seen: eye.seen, blind: eye.blind, problems, read, ..Harvest::default() })
}

fn place(sighting: &Sighting, path: &Path, place: &mut Place, mask: &Mask) {
    place.document = Some(mask.name(&path.display().to_string()));
    place.pointer = Some(mask.name(&readable(&sighting.at)));
    place.member = sighting.member.as_deref().map(|member| mask.name(member));
    place.offset = Some(sighting.offset);
}
