//! The `store` helper of Git reads `~/.git-credentials`; whatever fetches with Git does so through it.
//!
//! Source: git-scm.com, git-credential-store(1).

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "git",
    files: &[".git-credentials"],
    programs: &[
        "git", "go", "npm", "yarn", "pnpm", "pip", "pip3", "poetry", "uv", "cargo", "composer", "bundle",
    ],
    hands: Hands::File,
};
