//! `.netrc` is read by curl, Git, wget, Go, pip, Poetry, uv and others.
//!
//! Source: everything.curl.dev, ".netrc"; go.dev, "Go Modules Reference", authentication.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "netrc",
    files: &[".netrc", "_netrc", "netrc"],
    programs: &[
        "curl", "git", "wget", "go", "pip", "pip3", "poetry", "uv", "pipenv", "python", "python3", "npm",
        "yarn", "pnpm", "bundle", "composer", "bazel", "cmake", "conda", "mamba",
    ],
    hands: Hands::File,
};
