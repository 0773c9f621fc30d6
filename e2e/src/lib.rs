//! What the end-to-end tests stand on: real builders and engines, and the built `tightlip` program.
//!
//! `cargo xtask components` sets the components up. A test that needs one asks for it and ends when it is
//! not there; such a test is counted as skipped, and with `CI=true` it fails instead.

mod abreast;
mod buildah;
mod classic;
mod component;
mod docker;
pub mod files;
mod guard;
pub mod idioms;
mod locked;
mod logged;
mod own_registry;
mod podman;
mod program;
mod proof;
mod remote;
mod secret;
mod tmux;

pub use abreast::abreast;
pub use buildah::Buildah;
pub use component::{browser, busybox, ci_tools, clients, crane, lend, neovim, registry, sarif_schema};
pub use docker::{Build, Container, Docker, Image};
pub use guard::{Told, holds, soon, told};
pub use locked::LockedRegistry;
pub use logged::LoggedRegistry;
pub use podman::Podman;
pub use program::{
    Found, Scan, Scrubbed, program, scan, scan_by, scan_with, scrub, scrub_by, scrubbing, tightlip,
};
pub use proof::{Proof, Secret, prove};
pub use remote::Remote;
pub use secret::github_token;
pub use tmux::Tmux;
