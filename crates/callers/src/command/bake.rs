//! `docker buildx bake`: what it sets on top of the files.

use super::{Positional, Syntax};
use crate::call::Tool;

pub(super) static BAKE: Syntax = Syntax {
    tool: Tool::Bake,
    programs: &["docker", "docker-buildx", "buildx", "depot"],
    subcommands: &[&["buildx", "bake"], &["bake"], &["buildx", "f"]],
    short: &[('f', "--file"), ('D', "")],
    valued: &[
        "--allow",
        "--builder",
        "--call",
        "--file",
        "--list",
        "--metadata-file",
        "--progress",
        "--project",
        "--provenance",
        "--sbom",
        "--set",
        "--token",
        "--var",
    ],
    switches: &[
        "--check",
        "--debug",
        "--help",
        "--list-targets",
        "--list-variables",
        "--load",
        "--no-cache",
        "--print",
        "--pull",
        "--push",
        "--save",
    ],
    positional: Positional::Names,
};
