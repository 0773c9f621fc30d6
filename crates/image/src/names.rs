//! What the layers above do to a path: labels (visible, deleted, overwritten), never a reason not to read.
//!
//! The rules are those of OCI image-spec `layer.md` ("Applying Changesets"), as the runtimes apply them: a whiteout
//! hides what layers below have at its path and under it, never what its own layer has, wherever it stands.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::tar::{Entry, EntryKind, normalise};

/// Whether somebody who runs the image sees a path, or only somebody who unpacks its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is in the file system of a container.
    Visible,
    /// A whiteout of the path or of a directory above it.
    Deleted {
        /// The lowest layer that hides it.
        by: usize,
    },
    /// Something else lies at its path, or no directory lies above it any more.
    Overwritten {
        /// The lowest layer that hides it.
        by: usize,
    },
    /// A directory above it was made opaque.
    HiddenByOpaque {
        /// The lowest layer that hides it.
        by: usize,
    },
}

impl Fate {
    /// The layer that hides the path, counted from 0 at the bottom.
    pub fn by(self) -> Option<usize> {
        match self {
            Fate::Visible => None,
            Fate::Deleted { by } | Fate::Overwritten { by } | Fate::HiddenByOpaque { by } => Some(by),
        }
    }
}

/// The names of one layer, small enough to keep: eight bytes for each.
///
/// A name is kept as its 64-bit hash. Two names with one hash would make a wrong label, nothing else.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LayerNames {
    /// Everything that is no directory.
    files: Set,
    directories: Set,
    /// Paths that whiteouts hide.
    whiteouts: Set,
    /// Directories that are opaque.
    opaque: Set,
    /// Hard links: hash of the target, trail of the link.
    links: Vec<(u64, Trail)>,
    /// How many of them are sorted.
    #[serde(default)]
    links_sorted: usize,
}

/// A path as far as labels need it: the hashes of the directories above it, the root first, and its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trail(Vec<u64>);

impl Trail {
    /// The trail of a path as a layer spells it.
    #[must_use]
    pub fn of(path: &[u8]) -> Trail {
        Trail::resolved(&resolve(&normalise(path)))
    }

    fn resolved(path: &[u8]) -> Trail {
        Trail(ancestors(path).chain([path]).map(hash).collect())
    }

    /// The hash of the path itself: its name where the text is not kept.
    #[must_use]
    pub fn own(&self) -> u64 {
        self.0.last().copied().unwrap_or_default()
    }

    fn above(&self) -> &[u64] {
        self.0.split_last().map_or(&[], |(_, above)| above)
    }
}

impl LayerNames {
    /// Takes in the next entry of the layer.
    pub fn add(&mut self, entry: &Entry) {
        let path = resolve(&entry.path);
        match &entry.kind {
            EntryKind::Whiteout { hides } => self.whiteouts.add(hash(&resolve(hides))),
            EntryKind::Opaque { directory } => self.opaque.add(hash(&resolve(directory))),
            EntryKind::Directory => self.directories.add(hash(&path)),
            // A global header has a name, but is nothing in the file system.
            EntryKind::Other(b'g') => {}
            EntryKind::HardLink => {
                self.files.add(hash(&path));
                let target = resolve(&normalise(entry.link.as_deref().unwrap_or_default()));
                self.links.push((hash(&target), Trail::resolved(&path)));
            }
            _ => self.files.add(hash(&path)),
        }
    }

    /// Makes looking names up fast; for when the layer is over.
    pub fn seal(&mut self) {
        for set in [&mut self.files, &mut self.directories, &mut self.whiteouts, &mut self.opaque] {
            set.seal();
        }
        self.links.sort_unstable();
        self.links.dedup();
        self.links.shrink_to_fit();
        self.links_sorted = self.links.len();
    }

    /// Whether an entry other than a whiteout has this path.
    pub fn has(&self, path: &[u8]) -> bool {
        let path = hash(&resolve(&normalise(path)));
        self.files.contains(path) || self.directories.contains(path)
    }

    /// Whether a hard link of the layer points at this path.
    pub fn links(&self, path: &[u8]) -> bool {
        self.links_to(hash(&resolve(&normalise(path)))).next().is_some()
    }

    fn links_to(&self, target: u64) -> impl Iterator<Item = &Trail> {
        let (sorted, rest) = self.links.split_at_checked(self.links_sorted).unwrap_or_default();
        let first = sorted.partition_point(|(hash, _)| *hash < target);
        let of_it = sorted.iter().skip(first).take_while(move |(hash, _)| *hash == target);
        of_it.chain(rest.iter().filter(move |(hash, _)| *hash == target)).map(|(_, link)| link)
    }
}

/// The names of all layers of one image, the lowest first.
#[derive(Clone, Debug, Default)]
pub struct Stack(Vec<Arc<LayerNames>>);

impl Stack {
    /// A stack of layers, the lowest first. Layers may be shared with other stacks.
    pub fn new(layers: Vec<Arc<LayerNames>>) -> Stack {
        Stack(layers)
    }

    /// What becomes of `path` as layer number `layer` (from 0 at the bottom) has it.
    ///
    /// A file with several names is visible as long as one of them is. If one layer has a path twice, both have
    /// the same fate.
    pub fn fate(&self, layer: usize, path: &[u8]) -> Fate {
        self.fate_of(layer, &Trail::of(path))
    }

    /// The same for a path of which only the trail is known.
    pub fn fate_of(&self, layer: usize, trail: &Trail) -> Fate {
        let fate = self.of_name(layer, trail);
        match fate.by() {
            Some(by) if self.is_linked(layer, trail, by) => Fate::Visible,
            _ => fate,
        }
    }

    /// The fate of one name, whatever other names its file has.
    fn of_name(&self, layer: usize, trail: &Trail) -> Fate {
        let (above, own) = (trail.above(), trail.own());
        let directory = self
            .0
            .get(layer)
            .is_some_and(|names| names.directories.contains(own) && !names.files.contains(own));
        for (by, names) in self.0.iter().enumerate().skip(layer.saturating_add(1)) {
            let under = |set: &Set| above.iter().any(|directory| set.contains(*directory));
            if names.whiteouts.contains(own) || under(&names.whiteouts) {
                return Fate::Deleted { by };
            }
            if under(&names.opaque) {
                return Fate::HiddenByOpaque { by };
            }
            let replaced = names.files.contains(own) || (!directory && names.directories.contains(own));
            if replaced || under(&names.files) {
                return Fate::Overwritten { by };
            }
        }
        Fate::Visible
    }

    /// Whether the file at a path that layer `by` hides has another name that is visible.
    fn is_linked(&self, layer: usize, trail: &Trail, by: usize) -> bool {
        let mut names = vec![(layer, trail.own(), by)];
        let mut seen = HashSet::new();
        while let Some((layer, target, by)) = names.pop() {
            for (index, upper) in self.0.iter().enumerate().take(by.saturating_add(1)).skip(layer) {
                // A link in the layer that put a new file there is a link to the new file.
                if index > layer && index == by && upper.files.contains(target) {
                    continue;
                }
                for link in upper.links_to(target) {
                    let Some(by) = self.of_name(index, link).by() else { return true };
                    let link = link.own();
                    if seen.insert((index, link)) {
                        names.push((index, link, by));
                    }
                }
            }
        }
        false
    }
}

/// Hashes, looked up by bisection once they are sorted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Set {
    hashes: Vec<u64>,
    sorted: usize,
}

impl Set {
    fn add(&mut self, hash: u64) {
        self.hashes.push(hash);
    }

    fn seal(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        self.hashes.shrink_to_fit();
        self.sorted = self.hashes.len();
    }

    fn contains(&self, hash: u64) -> bool {
        let (sorted, rest) = self.hashes.split_at_checked(self.sorted).unwrap_or_default();
        sorted.binary_search(&hash).is_ok() || rest.contains(&hash)
    }
}

/// A normalised path without `..`: the runtimes resolve it by the letters, and stop at the root.
fn resolve(path: &[u8]) -> Vec<u8> {
    if !path.split(|byte| *byte == b'/').any(|part| part == b"..") {
        return path.to_vec();
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        if part == b".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join(&b'/')
}

/// The directories above a path, the root included.
fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    let root = (!path.is_empty()).then_some(b"".as_slice());
    root.into_iter().chain(slashes.filter_map(|(at, _)| path.get(..at)))
}

fn hash(path: &[u8]) -> u64 {
    SipHasher13::new().hash(path)
}

#[cfg(test)]
mod tests;
