//! What one file says for another that lies beside it: the columns of a database for its log, what a tree of git calls the objects
//! in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decode::git_pack::names::{Id, Names};
use crate::decode::sqlite::Layout;

/// As much is kept of all databases of a layer, and of each of its repositories, in entries and bytes of names. Never a gap:
/// without it rows and blobs have no names.
const MOST: usize = 16 << 20;
/// So many repositories of a layer are known.
const REPOSITORIES: usize = 64;

/// What the files of one layer said so far, by their paths.
#[derive(Default)]
pub(crate) struct Beside(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    layouts: HashMap<String, Arc<Layout>>,
    repositories: HashMap<String, Names>,
    weight: usize,
}

impl Beside {
    /// Keeps the layout of the database at a path, if there is room.
    pub(crate) fn keep(&self, path: String, layout: Layout) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let weight = kept.weight.saturating_add(layout.weight()).saturating_add(path.len());
        if weight <= MOST {
            kept.weight = weight;
            kept.layouts.insert(path, Arc::new(layout));
        }
    }

    /// The layout of the database at a path.
    pub(crate) fn layout(&self, path: &str) -> Option<Arc<Layout>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).layouts.get(path).cloned()
    }

    /// Keeps what a tree says, of the repository whose objects lie in a folder.
    pub(crate) fn learn(&self, objects: &str, tree: Id, content: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.repositories.len() < REPOSITORIES || kept.repositories.contains_key(objects) {
            // What there is no room for has no name.
            let _ = kept.repositories.entry(objects.to_owned()).or_default().learn(tree, content, MOST);
        }
    }

    /// The path of an object of the repository whose objects lie in a folder.
    pub(crate) fn path(&self, objects: &str, object: &Id) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.repositories.get(objects)?.path(object)
    }
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Beside")
    }
}
