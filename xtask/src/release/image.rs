//! What the container image is built of: its Dockerfile, certificates, and the program of each platform.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Release;
use super::target::Target;
use crate::shell::root;

/// Where systems keep the certificates that they trust.
const CERTIFICATES: &[&str] = &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// Adds the program of one platform to the folder that the image is built from.
pub(super) fn add(release: &Release, target: &Target, built: &Path) -> Result<()> {
    let folder = release.folder.join("image");
    let platform = folder.join("linux").join(target.debian);
    fs::create_dir_all(&platform)?;
    fs::copy(built, platform.join("tightlip"))?;
    fs::copy(root().join("packaging/image/Dockerfile"), folder.join("Dockerfile"))
        .context("cannot copy the Dockerfile of the image")?;
    let certificates = CERTIFICATES.iter().find(|path| Path::new(path).exists());
    let certificates = certificates.context("no certificates on this machine: install ca-certificates")?;
    fs::copy(certificates, folder.join("ca-certificates.crt")).context("cannot copy the certificates")?;
    Ok(())
}
