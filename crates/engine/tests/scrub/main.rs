//! A scrub takes out what leaks and harms nothing else.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a scrub that cannot run fails the test")]

#[path = "../common/mod.rs"]
mod common;

mod attached;
mod choice;
mod file_systems;
mod law;
mod masked;
mod places;
mod random;
mod readings;
mod shapes;
mod support;
