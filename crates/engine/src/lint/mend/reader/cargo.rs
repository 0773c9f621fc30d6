//! Cargo reads `credentials.toml` in its home.
//!
//! Source: doc.rust-lang.org/cargo, "Configuration", credentials.

use super::{Hands, Reader};

pub(super) static READER: Reader =
    Reader { id: "cargo", files: &["credentials.toml"], programs: &["cargo"], hands: Hands::File };
