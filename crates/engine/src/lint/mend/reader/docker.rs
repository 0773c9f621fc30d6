//! Docker, Skopeo, crane and ORAS read `~/.docker/config.json`.
//!
//! Source: docs.docker.com, "docker login", credential stores.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "docker",
    files: &["config.json", ".dockercfg"],
    programs: &["docker", "skopeo", "crane", "oras", "buildah", "podman", "cosign", "helm"],
    hands: Hands::File,
};
