//! A scrub takes out what leaks and harms nothing else.

#[path = "../common/mod.rs"]
mod common;

mod attached;
mod choice;
mod file_systems;
mod law;
mod places;
mod random;
mod support;
