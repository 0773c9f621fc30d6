//! Sketches a small image in memory, as `docker save` would write it: for examples, and to show what leaks where no
//! builder is at hand.

use serde_json::{Value, json};

use crate::Digest;

/// A small image, step by step. The same steps give the same bytes.
///
/// ```
/// use tightlip_image::Sketch;
/// use tightlip_image::store::{Archive, Store};
///
/// let bytes = Sketch::new("app:1").file("COPY readme /", "readme", b"hello\n").archive();
/// assert!(Archive::from_bytes(bytes)?.has("manifest.json"));
/// # Ok::<(), tightlip_image::store::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sketch {
    name: String,
    layers: Vec<Vec<u8>>,
    history: Vec<Value>,
}

impl Sketch {
    /// An image of this name without layers.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), layers: Vec::new(), history: Vec::new() }
    }

    /// An instruction that writes a file.
    #[must_use]
    pub fn file(self, instruction: &str, path: &str, body: &[u8]) -> Self {
        self.layer(instruction, &[(path, body)])
    }

    /// An instruction that deletes a file of the layers below.
    #[must_use]
    pub fn delete(self, instruction: &str, path: &str) -> Self {
        let mark = match path.rsplit_once('/') {
            Some((directory, name)) => format!("{directory}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.layer(instruction, &[(&mark, b"")])
    }

    /// An instruction that makes no layer.
    #[must_use]
    pub fn note(mut self, instruction: &str) -> Self {
        self.history.push(json!({ "created_by": instruction, "empty_layer": true }));
        self
    }

    /// An instruction that makes a layer with these files.
    #[must_use]
    pub fn layer(mut self, instruction: &str, files: &[(&str, &[u8])]) -> Self {
        self.history.push(json!({ "created_by": instruction }));
        self.layers.push(tar(files.iter().copied()));
        self
    }

    /// The image as an archive that is an OCI layout and what `docker load` reads.
    #[must_use]
    pub fn archive(&self) -> Vec<u8> {
        let diff_ids: Vec<String> = self.layers.iter().map(|layer| Digest::of(layer).to_string()).collect();
        let config = json!({
            "os": "linux", "architecture": "amd64", "config": {},
            "rootfs": { "type": "layers", "diff_ids": diff_ids }, "history": self.history,
        });
        let config = config.to_string().into_bytes();
        let layers: Vec<Value> = self.layers.iter().map(|layer| descriptor(LAYER, layer)).collect();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIG, &config), "layers": layers,
        });
        let manifest = manifest.to_string().into_bytes();
        let mut entry = descriptor(MANIFEST, &manifest);
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("annotations".to_owned(), json!({ "io.containerd.image.name": self.name }));
        }
        let index = json!({ "schemaVersion": 2, "manifests": [entry] }).to_string();
        let paths: Vec<String> = self.layers.iter().map(|layer| path(layer)).collect();
        let saved =
            json!([{ "Config": path(&config), "RepoTags": [self.name], "Layers": paths }]).to_string();
        let blobs = self.layers.iter().chain([&config, &manifest]).map(|blob| (path(blob), blob.as_slice()));
        let blobs: Vec<(String, &[u8])> = blobs.collect();
        let files = blobs.iter().map(|(path, bytes)| (path.as_str(), *bytes));
        tar(files.chain([
            ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#.as_slice()),
            ("index.json", index.as_bytes()),
            ("manifest.json", saved.as_bytes()),
        ]))
    }
}

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": Digest::of(bytes).to_string(), "size": bytes.len() })
}

fn path(bytes: &[u8]) -> String {
    crate::store::BlobId::from(Digest::of(bytes)).path()
}

/// A tar archive of these files. Writing into memory does not fail; what tar cannot name is left out.
fn tar<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let _ = archive.append_data(&mut header, path, bytes);
    }
    archive.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Selection, describe};
    use crate::store::{Archive, Store};

    #[test]
    fn a_sketch_is_described_without_a_problem() {
        let sketch = Sketch::new("docker.io/library/app:1")
            .note("ARG A=b")
            .file("COPY a /etc/a", "etc/a", b"x")
            .delete("RUN rm /etc/a", "etc/a")
            .delete("RUN rm /b", "b");
        let archive = Archive::from_bytes(sketch.archive()).unwrap();
        let description = describe(&archive, &Selection::default(), &Default::default()).unwrap();
        assert!(description.problems.is_empty() && description.loose.is_empty(), "{description:?}");
        let [image] = description.images.as_slice() else { panic!("{description:?}") };
        assert_eq!(
            (image.layers.len(), image.references.as_slice()),
            (3, &["docker.io/library/app:1".to_owned()][..])
        );
        assert!(image.layers.iter().all(|layer| layer.diff_id.is_some() && archive.holds(&layer.blob)));
        assert_eq!(sketch.archive(), sketch.clone().archive());
    }
}
