//! `buildctl build`: arguments are options of the frontend.

use super::{Positional, Syntax};
use crate::call::Tool;

pub(super) static BUILDCTL: Syntax = Syntax {
    tool: Tool::Buildctl,
    programs: &["buildctl", "buildctl-daemonless.sh"],
    subcommands: &[&["build"], &["b"]],
    short: &[('o', "--output")],
    valued: &[
        "--allow",
        "--build-arg",
        "--export-cache",
        "--frontend",
        "--import-cache",
        "--local",
        "--metadata-file",
        "--oci-layout",
        "--opt",
        "--output",
        "--progress",
        "--ref-file",
        "--secret",
        "--source-policy-file",
        "--ssh",
        "--trace",
        "--registry-auth-tlscontext",
        "--debug-json-cache-metrics",
    ],
    switches: &["--no-cache", "--help"],
    positional: Positional::Names,
};
