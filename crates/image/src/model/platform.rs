//! What an image runs on.

use std::fmt;

use serde_json::Value;

/// Operating system and processor, as the OCI image specification names them (`image-index.md`, `platform`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Platform {
    /// `linux`, `windows` …
    pub os: String,
    /// `amd64`, `arm64` …
    pub architecture: String,
    /// `v8` …
    pub variant: Option<String>,
    /// The version of the operating system, as Windows images need it.
    pub os_version: Option<String>,
}

impl Platform {
    /// The platform of a descriptor or of an image configuration.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |key| value.get(key)?.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        Some(Self {
            os: text("os")?,
            architecture: text("architecture")?,
            variant: text("variant"),
            os_version: text("os.version"),
        })
    }

    /// `unknown/unknown`, which BuildKit gives to attestations.
    pub(super) fn is_unknown(&self) -> bool {
        self.os == "unknown" && self.architecture == "unknown"
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}
