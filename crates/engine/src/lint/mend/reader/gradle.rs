//! Gradle reads `gradle.properties` in its home and beside the build.
//!
//! Source: docs.gradle.org, "Build Environment".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "gradle",
    files: &["gradle.properties"],
    programs: &["gradle", "gradlew"],
    hands: Hands::File,
};
