//! Rails opens `config/credentials.yml.enc` with `config/master.key`.
//!
//! Source: guides.rubyonrails.org, "Securing Rails Applications", custom credentials.

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "rails",
    files: &["master.key"],
    programs: &["rails", "rake", "bundle", "ruby"],
    hands: Hands::File,
};
