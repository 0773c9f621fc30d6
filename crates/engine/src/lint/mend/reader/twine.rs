//! Twine, Flit and setuptools read `~/.pypirc`.
//!
//! Source: packaging.python.org, "The .pypirc file".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "twine",
    files: &[".pypirc"],
    programs: &["twine", "flit", "python", "python3"],
    hands: Hands::File,
};
