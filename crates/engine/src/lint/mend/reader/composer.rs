//! Composer reads `auth.json` beside `composer.json` and in its home.
//!
//! Source: getcomposer.org, "Authentication for privately hosted packages".

use super::{Hands, Reader};

pub(super) static READER: Reader =
    Reader { id: "composer", files: &["auth.json"], programs: &["composer", "php"], hands: Hands::File };
