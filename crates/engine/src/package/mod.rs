//! What package managers say about the files they installed, one file per manager.
//!
//! A file whose checksum in its package's list still matches is what the distribution shipped, not the user's secret.
//! It is read like any other; a finding in it counts less, and counts in full again when the file was changed.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use tightlip_image::Trail;
use tightlip_report::Level;

use crate::identity::{hex, unhex};

mod apk;
mod cargo;
mod dpkg;
mod record;
mod rpm;

/// Level of a finding in a file that is as its package shipped it.
pub(crate) const SHIPPED: Level = Level::Note;

/// A checksum of a file, as a list states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Sum {
    Md5([u8; 16]),
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

/// A package manager's list of files.
pub(crate) struct Packages {
    /// What it is called in reports.
    pub(crate) name: &'static str,
    /// Whether this path is such a list.
    pub(crate) claims: fn(&[u8]) -> bool,
    /// Tells every file of the list: its path and checksum.
    pub(crate) read: fn(&[u8], &[u8], &mut Tell<'_>),
}

/// Receives the path of a file, without a leading slash, and its checksum.
pub(crate) type Tell<'t> = dyn FnMut(&[u8], Sum) + 't;

/// Every kind of list.
pub(crate) static PACKAGES: &[&Packages] =
    &[&apk::PACKAGES, &cargo::PACKAGES, &dpkg::PACKAGES, &record::PACKAGES, &rpm::PACKAGES];

/// All checksums of one body.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sums {
    md5: [u8; 16],
    sha1: [u8; 20],
    sha256: [u8; 32],
}

impl Sums {
    /// Computes them.
    pub(crate) fn of(body: &[u8]) -> Self {
        use sha2::Digest as _;
        Self {
            md5: md5::Md5::digest(body).into(),
            sha1: sha1::Sha1::digest(body).into(),
            sha256: sha2::Sha256::digest(body).into(),
        }
    }

    fn agree(&self, stated: Sum) -> bool {
        match stated {
            Sum::Md5(sum) => sum == self.md5,
            Sum::Sha1(sum) => sum == self.sha1,
            Sum::Sha256(sum) => sum == self.sha256,
        }
    }
}

impl fmt::Debug for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sums({})", hex(&self.sha256[..4]))
    }
}

/// The lists that one layer holds, by the hash of the path. Where two paths have one hash, the checksum tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shipped {
    files: HashMap<u64, (&'static str, Sum)>,
}

/// A list that is larger than this is not held, in bytes. The databases of distributions have 5 to 30 MB.
const LARGEST: u64 = 40 << 20;

/// Whether this file has to be in memory as a whole because it is a list.
pub(crate) fn is_list(path: &[u8], size: u64) -> bool {
    size <= LARGEST && PACKAGES.iter().any(|packages| (packages.claims)(path))
}

/// For the fuzz target: any bytes as a list of every kind.
pub(crate) fn fuzz(bytes: &[u8]) {
    for packages in PACKAGES {
        (packages.read)(b"var/lib/x", bytes, &mut |_, _| ());
    }
    rpm::fuzz(bytes);
}

impl Shipped {
    /// Takes a file in, if it is a list.
    pub(crate) fn take(&mut self, path: &[u8], body: &[u8]) {
        for packages in PACKAGES.iter().filter(|p| (p.claims)(path)) {
            (packages.read)(path, body, &mut |file, sum| {
                self.files.insert(Trail::of(file).own(), (packages.name, sum));
            });
        }
    }

    /// Every file, with the name of its manager; to be kept for another run.
    pub(crate) fn files(&self) -> impl Iterator<Item = (u64, &'static str, Sum)> {
        self.files.iter().map(|(path, (manager, sum))| (*path, *manager, *sum))
    }

    /// What was kept.
    pub(crate) fn of(files: impl IntoIterator<Item = (u64, String, Sum)>) -> Option<Self> {
        let manager = |name: &str| PACKAGES.iter().map(|p| p.name).find(|known| *known == name);
        let files = files.into_iter().map(|(path, name, sum)| Some((path, (manager(&name)?, sum))));
        Some(Self { files: files.collect::<Option<_>>()? })
    }

    /// Which package manager says that this path has this content.
    pub(crate) fn by(&self, path: &Trail, sums: &Sums) -> Option<&'static str> {
        self.files.get(&path.own()).filter(|(_, stated)| sums.agree(*stated)).map(|(name, _)| *name)
    }
}

/// Everything up to and with the last slash.
fn directory(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    path.get(..end).unwrap_or_default()
}

fn ends_with(path: &[u8], suffix: &str) -> bool {
    path.ends_with(suffix.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_not_what_was_shipped() {
        let mut shipped = Shipped::default();
        let list = format!("{}  usr/bin/tool\n", hex(&Sums::of(b"as shipped").md5));
        shipped.take(b"var/lib/dpkg/info/tool.md5sums", list.as_bytes());
        assert_eq!(shipped.by(&Trail::of(b"usr/bin/tool"), &Sums::of(b"as shipped")), Some("dpkg"));
        assert_eq!(shipped.by(&Trail::of(b"usr/bin/tool"), &Sums::of(b"changed")), None);
        assert_eq!(shipped.by(&Trail::of(b"usr/bin/other"), &Sums::of(b"as shipped")), None);
    }
}
