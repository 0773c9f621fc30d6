//! The OCI layout that a builder wrote, and what is made of it without changing a byte of the image.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tightlip_image::Digest;
use tightlip_image::store::{BlobId, Directory, Store as _};

use super::GuardError;

/// The annotation under which containerd finds the name of an image. Source: containerd `images/annotations.go`.
const NAME: &str = "io.containerd.image.name";

/// The type of an index.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A layout with one image, or one index of images.
pub(crate) struct Layout {
    pub(crate) folder: PathBuf,
    pub(crate) store: Directory,
    pub(crate) digest: Digest,
    /// The descriptor of the image, without names.
    pub(crate) descriptor: Value,
}

impl Layout {
    pub(crate) fn open(folder: &Path) -> Result<Self, GuardError> {
        let wrong = |why: &str| GuardError::Result(why.to_owned());
        let store = Directory::open(folder).map_err(|error| GuardError::Result(error.to_string()))?;
        let index = blob(&store, &BlobId::Name("index.json".to_owned()))?;
        let index: Value = serde_json::from_slice(&index).map_err(|_| wrong("its index.json is no JSON"))?;
        let mut tops = index.get("manifests").and_then(Value::as_array).into_iter().flatten();
        let first = tops.next().ok_or_else(|| wrong("it holds no image"))?;
        let digest = |one: &Value| one.get("digest").and_then(Value::as_str).map(str::to_owned);
        if tops.any(|other| digest(other) != digest(first)) {
            return Err(wrong("it holds several images"));
        }
        let top = digest(first).and_then(|text| Digest::parse(&text).ok());
        let mut descriptor = first.clone();
        if let Some(members) = descriptor.as_object_mut() {
            members.remove("annotations");
        }
        let digest = top.ok_or_else(|| wrong("its index.json names no digest"))?;
        Ok(Self { folder: folder.to_owned(), store, digest, descriptor })
    }

    /// The layout as one archive, under these names.
    pub(crate) fn archive(&self, names: &[String], out: &mut dyn Write) -> io::Result<()> {
        let mut tar = tar::Builder::new(out);
        add(&mut tar, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        add(&mut tar, "index.json", self.index(names).to_string().as_bytes())?;
        if let Some(manifest) = self.save_manifest(names) {
            add(&mut tar, "manifest.json", manifest.to_string().as_bytes())?;
        }
        for blob in self.store.blobs() {
            let BlobId::Digest(digest) = &blob else { continue };
            let body = self.store.open(&blob).map_err(io::Error::other)?;
            let size = self.store.size(&blob).ok_or_else(|| io::Error::other(format!("{digest} is gone")))?;
            let mut header = header(size);
            tar.append_data(&mut header, blob.path(), body)?;
        }
        tar.finish()
    }

    fn index(&self, names: &[String]) -> Value {
        let named = |name: &String| {
            let mut one = self.descriptor.clone();
            let tag = name.rsplit_once(':').map_or("latest", |(_, tag)| tag);
            one["annotations"] = json!({ NAME: full_name(name), "org.opencontainers.image.ref.name": tag });
            one
        };
        let tops: Vec<Value> = match names.is_empty() {
            true => vec![self.descriptor.clone()],
            false => names.iter().map(named).collect(),
        };
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": tops})
    }

    /// What older engines read instead of the index: one image, for one platform.
    fn save_manifest(&self, names: &[String]) -> Option<Value> {
        let image = self.images().ok()?;
        let [(_, manifest)] = image.as_slice() else { return None };
        let path = |descriptor: &Value| {
            let digest = Digest::parse(descriptor.get("digest")?.as_str()?).ok()?;
            Some(BlobId::Digest(digest).path())
        };
        let layers: Option<Vec<String>> = manifest.get("layers")?.as_array()?.iter().map(path).collect();
        Some(json!([{"Config": path(manifest.get("config")?)?, "RepoTags": names, "Layers": layers?}]))
    }

    /// What an index around this image lists: the entries of the one that is there, or the image alone.
    pub(crate) fn entries(&self) -> Result<Vec<Value>, GuardError> {
        let bytes = blob(&self.store, &BlobId::Digest(self.digest.clone()))?;
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let listed = value.get("manifests").and_then(Value::as_array).cloned();
        Ok(listed.unwrap_or_else(|| vec![self.descriptor.clone()]))
    }

    /// The digests of the configurations of its images: what engines without layouts know them by.
    pub(crate) fn configs(&self) -> Result<Vec<String>, GuardError> {
        let config = |(_, manifest): (Digest, Value)| {
            manifest.pointer("/config/digest").and_then(Value::as_str).map(str::to_owned)
        };
        Ok(self.images()?.into_iter().filter_map(config).collect())
    }

    /// The manifests that are images: neither indexes nor attestations.
    pub(crate) fn images(&self) -> Result<Vec<(Digest, Value)>, GuardError> {
        let mut found = Vec::new();
        let mut open = vec![self.digest.clone()];
        while let Some(digest) = open.pop() {
            let bytes = blob(&self.store, &BlobId::Digest(digest.clone()))?;
            let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let Some(children) = value.get("manifests").and_then(Value::as_array) else {
                found.push((digest, value));
                continue;
            };
            let attestation = |one: &&Value| one.pointer("/annotations/vnd.docker.reference.type").is_none();
            let images = children.iter().filter(attestation).filter_map(|one| one.get("digest")?.as_str());
            open.extend(images.filter_map(|text| Digest::parse(text).ok()));
            // A circle of indexes is none that a builder writes.
            if found.len() + open.len() > 1000 {
                return Err(GuardError::Result("it holds too many images".to_owned()));
            }
        }
        Ok(found)
    }
}

/// A name as engines keep it. Source: distribution/reference, `ParseNormalizedNamed`.
pub(crate) fn full_name(name: &str) -> String {
    match tightlip_image::Reference::parse(name) {
        Ok(reference) => reference.to_string(),
        Err(_) => name.to_owned(),
    }
}

fn add(tar: &mut tar::Builder<&mut dyn Write>, name: &str, bytes: &[u8]) -> io::Result<()> {
    tar.append_data(&mut header(bytes.len() as u64), name, bytes)
}

fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    header.set_mode(0o644);
    header
}

fn blob(store: &Directory, blob: &BlobId) -> Result<Vec<u8>, GuardError> {
    use io::Read as _;
    let mut bytes = Vec::new();
    let read = store
        .open(blob)
        .map_err(io::Error::other)
        .and_then(|body| body.take(16 << 20).read_to_end(&mut bytes));
    read.map_err(|error| GuardError::Result(error.to_string()))?;
    Ok(bytes)
}
