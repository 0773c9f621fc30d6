//! Images in a registry: they say what they say anywhere else, and what goes wrong on the way never makes them clean.

#[path = "../common/mod.rs"]
mod common;

mod attached;
mod faults;
mod login;
mod push;
mod story;
mod support;
mod tls;
