//! Whole sweeps of a registry in this process.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a sweep that cannot run fails the test")]

mod answers;
mod attached;
#[path = "../../../engine/tests/common/mod.rs"]
mod common;
mod desk;
mod faults;
mod lists;
mod namespaces;
mod once;
mod policies;
mod random;
mod same;
mod secrets;
