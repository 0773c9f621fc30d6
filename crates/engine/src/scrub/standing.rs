//! What taking an entry away would do to the file systems that have it.

use std::sync::Arc;

use tightlip_image::LayerNames;
use tightlip_image::store::BlobId;

/// The layers of every image, the lowest first, with their names.
#[derive(Debug, Default)]
pub(crate) struct Stacks(pub(crate) Vec<Vec<(BlobId, Arc<LayerNames>)>>);

/// Whether an entry can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody misses it.
    Free,
    /// A lower layer has something at its path, which would show again.
    Hides,
    /// Its layer has something at its path before it, which would count again.
    Repeats,
    /// A hard link is another name of it.
    Linked,
}

impl Stacks {
    /// What taking this path out of this layer would do.
    pub(crate) fn standing(&self, blob: &BlobId, path: &[u8]) -> Standing {
        let mut standing = Standing::Free;
        for stack in &self.0 {
            for (at, _) in stack.iter().enumerate().filter(|(_, (layer, _))| layer == blob) {
                let (lower, upper) = stack.split_at_checked(at).unwrap_or_default();
                if upper.iter().any(|(_, names)| names.links(path)) {
                    return Standing::Linked;
                }
                if lower.iter().any(|(_, names)| names.has(path)) {
                    standing = Standing::Hides;
                }
            }
        }
        standing
    }

    /// The positions of a layer in the images that have it.
    pub(crate) fn positions(&self, blob: &BlobId) -> Vec<usize> {
        let of = |stack: &Vec<(BlobId, Arc<LayerNames>)>| {
            stack
                .iter()
                .enumerate()
                .filter(|(_, (layer, _))| layer == blob)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        let mut positions: Vec<usize> = self.0.iter().flat_map(of).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}
