//! RPM packages: the database below `var/lib/rpm` or `usr/lib/sysimage/rpm`, in each of the three forms it has had.
//!
//! Source: RPM's `docs/manual/format_header.md` for what stands in it for a package; its `lib/backend` for the forms.

mod bdb;
mod header;
mod ndb;

use tightlip_detect::decode::sqlite_blobs;

use super::{Packages, Tell, ends_with};

pub(super) static PACKAGES: Packages = Packages { name: "rpm", claims, read };

/// Tells every header of a database.
type Headers = fn(&[u8], &mut dyn FnMut(&[u8]));

/// The forms, by the name of the file: since RPM 4.16 SQLite, in SUSE its own, before that Berkeley DB.
static FORMS: &[(&str, Headers)] = &[
    ("rpm/rpmdb.sqlite", |file, tell| sqlite_blobs(file, "Packages", tell)),
    ("rpm/Packages.db", ndb::headers),
    ("rpm/Packages", bdb::headers),
];

fn claims(path: &[u8]) -> bool {
    FORMS.iter().any(|(name, _)| ends_with(path, name))
}

fn read(path: &[u8], list: &[u8], tell: &mut Tell<'_>) {
    let form = FORMS.iter().find(|(name, _)| ends_with(path, name));
    if let Some((_, headers)) = form {
        headers(list, &mut |blob| header::files(blob, tell));
    }
}

/// A number of four bytes.
fn number(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn little(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(number(bytes, at)?)).ok()
}

fn big(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(number(bytes, at)?)).ok()
}

/// For the fuzz target.
pub(crate) fn fuzz(bytes: &[u8]) {
    header::files(bytes, &mut |_, _| ());
    for (_, headers) in FORMS {
        headers(bytes, &mut |blob| header::files(blob, &mut |_, _| ()));
    }
}

#[cfg(test)]
mod tests;
