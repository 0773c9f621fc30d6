//! Results that are files and no image (`--output DIR`, `type=local`, `type=tar`): made in the private folder, scanned
//! there, and only then put where they belong.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::layout::INDEX;
use super::{GuardError, disk};
use crate::builder::{Folder, field};

/// Where files go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// Into a directory.
    Folder(PathBuf),
    /// Into an archive.
    Archive(PathBuf),
}

impl Files {
    /// What the builder is told.
    pub(crate) fn output(&self, folder: &Folder) -> std::ffi::OsString {
        let mut value = std::ffi::OsString::from(match self {
            Self::Folder(_) => "type=local,",
            Self::Archive(_) => "type=tar,",
        });
        value.push(field("dest", self.place(folder).as_os_str()));
        value
    }

    fn place(&self, folder: &Folder) -> PathBuf {
        match self {
            Self::Folder(_) => folder.path("files"),
            Self::Archive(_) => folder.path("files.tar"),
        }
    }

    /// How and where the result is scanned. An archive is read as the one layer of an image, so that names, headers and
    /// what lies between the members are read too.
    pub(crate) fn to_scan(&self, folder: &Folder) -> Result<(&'static str, PathBuf), GuardError> {
        let place = self.place(folder);
        match self {
            Self::Folder(_) => Ok(("rootfs", place)),
            Self::Archive(_) => {
                let image = folder.path("image");
                around(&place, &image).map_err(|source| GuardError::Write { path: image.clone(), source })?;
                Ok(("oci", image))
            }
        }
    }

    /// Puts them where they belong, and says so.
    pub(crate) fn deliver(&self, folder: &Folder) -> Result<String, GuardError> {
        let from = self.place(folder);
        let (to, done) = match self {
            Self::Folder(to) => (to, disk::merge_folder(&from, to)),
            Self::Archive(to) => (to, disk::write(to, &mut |out| disk::copy_into(&from, out))),
        };
        done.map_err(|source| GuardError::Write { path: to.clone(), source })?;
        Ok(format!("wrote {}", to.display()))
    }
}

/// Makes a layout whose only layer is this archive.
fn around(archive: &Path, layout: &Path) -> io::Result<()> {
    const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let (layer, size) = disk::link_blob(archive, layout)?;
    let blob = |media_type: &str, document: serde_json::Value| -> io::Result<serde_json::Value> {
        let bytes = document.to_string();
        let digest = disk::write_blob(layout, bytes.as_bytes())?;
        Ok(json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() }))
    };
    let config = json!({ "os": "", "architecture": "", "rootfs": { "type": "layers", "diff_ids": [layer] } });
    let config = blob(CONFIG, config)?;
    let layers = json!([{ "mediaType": LAYER, "digest": layer, "size": size }]);
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
    let manifest = blob(MANIFEST, manifest)?;
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest] }).to_string();
    disk::write(&layout.join("oci-layout"), &mut |out| out.write_all(br#"{"imageLayoutVersion":"1.0.0"}"#))?;
    disk::write(&layout.join("index.json"), &mut |out| out.write_all(index.as_bytes()))
}
