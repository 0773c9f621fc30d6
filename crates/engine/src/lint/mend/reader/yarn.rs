//! Yarn reads `.yarnrc` and `.yarnrc.yml` beside `package.json` and in the directories above.
//!
//! Source: yarnpkg.com, "Settings (.yarnrc.yml)".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "yarn",
    files: &[".yarnrc", ".yarnrc.yml"],
    programs: &["yarn", "yarnpkg"],
    hands: Hands::File,
};
