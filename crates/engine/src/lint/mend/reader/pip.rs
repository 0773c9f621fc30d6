//! pip reads `/etc/pip.conf`, `~/.pip/pip.conf` and `~/.config/pip/pip.conf`.
//!
//! Source: pip.pypa.io, "Configuration".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "pip",
    files: &["pip.conf"],
    programs: &["pip", "pip3", "pipenv", "python", "python3", "pip-compile", "tox"],
    hands: Hands::File,
};
