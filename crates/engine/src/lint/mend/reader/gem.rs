//! RubyGems and Bundler read `~/.gem/credentials` and `.bundle/config`.
//!
//! Source: guides.rubygems.org, "Command Reference", signin.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "gem",
    files: &["credentials"],
    programs: &["gem", "bundle", "bundler"],
    hands: Hands::File,
};
