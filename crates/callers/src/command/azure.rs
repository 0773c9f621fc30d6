//! `az acr build`: builds in Azure Container Registry.

use super::{Positional, Syntax};
use crate::call::Tool;

pub(super) static AZURE: Syntax = Syntax {
    tool: Tool::AzureRegistry,
    programs: &["az"],
    subcommands: &[&["acr", "build"]],
    short: &[
        ('f', "--file"),
        ('t', "--image"),
        ('r', "--registry"),
        ('g', "--resource-group"),
        ('o', "--format"),
    ],
    valued: &[
        "--agent-pool",
        "--auth-mode",
        "--build-arg",
        "--file",
        "--format",
        "--image",
        "--log-template",
        "--platform",
        "--query",
        "--registry",
        "--resource-group",
        "--secret-build-arg",
        "--source-acr-auth-id",
        "--subscription",
        "--target",
        "--timeout",
    ],
    switches: &[
        "--debug",
        "--help",
        "--no-format",
        "--no-logs",
        "--no-push",
        "--no-wait",
        "--only-show-errors",
        "--verbose",
    ],
    positional: Positional::Context,
};
