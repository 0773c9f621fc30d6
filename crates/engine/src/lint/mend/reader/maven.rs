//! Maven reads `~/.m2/settings.xml` and `settings-security.xml` beside it.
//!
//! Source: maven.apache.org, "Settings Reference".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "maven",
    files: &["settings.xml", "settings-security.xml"],
    programs: &["mvn", "mvnw", "mvnd"],
    hands: Hands::File,
};
