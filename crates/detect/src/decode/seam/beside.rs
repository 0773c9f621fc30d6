//! What one file says for another that lies beside it: the columns of a database for its log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decode::sqlite::Layout;

/// As much is kept of all databases of a layer, in entries and bytes of names. Never a gap: without it rows have no names.
const MOST: usize = 16 << 20;

/// What the files of one layer said so far, by their paths.
#[derive(Default)]
pub(crate) struct Beside(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    layouts: HashMap<String, Arc<Layout>>,
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
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Beside")
    }
}
