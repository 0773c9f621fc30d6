//! SSH keys: an agent that the builder forwards signs with the key, which never enters the build.
//!
//! Source: docs.docker.com, "Build secrets", SSH mounts.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "ssh",
    files: &["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", "deploy_key", "deploy-key", "ssh_key", "ssh-key"],
    programs: &[
        "git",
        "ssh",
        "scp",
        "sftp",
        "rsync",
        "npm",
        "yarn",
        "pnpm",
        "bun",
        "go",
        "pip",
        "pip3",
        "poetry",
        "uv",
        "cargo",
        "composer",
        "bundle",
        "dep",
        "glide",
        "mix",
        "conan",
        "cmake",
        "ansible-galaxy",
        "terraform",
    ],
    hands: Hands::Agent,
};
