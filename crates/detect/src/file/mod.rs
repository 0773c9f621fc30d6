//! Credential files by their format, one file each.

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[];
