//! Entry points for fuzzing the store and the model: they take any bytes, and must neither panic nor run away.

use crate::model::{DescribeLimits, Description, Selection, describe};
use crate::store::{Archive, BlobId, Memory, Store};

/// An archive of any kind.
pub fn archive(bytes: &[u8]) {
    if let Ok(archive) = Archive::from_bytes(bytes) {
        look(&archive);
        for blob in archive.blobs() {
            let _ = (archive.size(&blob), archive.resolve(&blob), archive.head(&blob), archive.locate(&blob));
        }
    }
}

/// A manifest, an index, or a `manifest.json`.
pub fn manifest(bytes: &[u8]) {
    for name in ["index.json", "manifest.json", "repositories"] {
        let mut store = Memory::new();
        store.put(BlobId::Name(name.to_owned()), bytes);
        store.add(bytes);
        look(&store);
    }
    let mut store = Memory::new();
    store.serve("fuzz:1", bytes);
    look(&store);
}

/// An image configuration.
pub fn config(bytes: &[u8]) {
    let mut store = Memory::new();
    let config = store.add(bytes);
    let size = bytes.len();
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"digest":"{config}","size":{size}}},"layers":[{{"digest":"{config}"}}]}}"#
    );
    store.serve("fuzz:1", manifest);
    look(&store);
}

fn look(store: &dyn Store) -> Option<Description> {
    describe(store, &Selection::default(), &DescribeLimits::default()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            super::archive(&bytes);
            super::manifest(&bytes);
            super::config(&bytes);
        }

        #[test]
        fn any_json_is_taken(text in r#"\{"(manifests|layers|fsLayers|config|blobs|history|rootfs|subject)":(\[?[{]?"(digest|mediaType|blobSum|data|urls)":("x"|1|null|\[\])[}]?\]?|[0-9]|\[\{\}\]|\{\})\}"#) {
            super::manifest(text.as_bytes());
            super::config(text.as_bytes());
        }
    }
}
