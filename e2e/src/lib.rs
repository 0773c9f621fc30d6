//! What the end-to-end tests stand on: real builders and engines, and the built `tightlip` program.
//!
//! `cargo xtask components` sets the components up. A test that needs one asks for it and ends when it is
//! not there; such a test is counted as skipped, and with `CI=true` it fails instead.

mod buildah;
mod classic;
mod component;
mod docker;
mod locked;
mod podman;
mod program;
mod secret;
mod tmux;

pub use buildah::Buildah;
pub use component::{browser, busybox, ci_tools, clients, lend, neovim, registry, sarif_schema};
pub use docker::{Build, Container, Docker, Image};
pub use locked::LockedRegistry;
pub use podman::Podman;
pub use program::{Found, Scan, program, scan, scan_by, scan_with, tightlip};
pub use secret::github_token;
pub use tmux::Tmux;
