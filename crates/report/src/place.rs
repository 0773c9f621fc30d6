//! Where bytes lie that somebody else can read.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that reports use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The kind of place that bytes were read from.
    Surface {
        /// The body of a file in a layer.
        File = "file",
        /// The name of an entry in a layer.
        FileName = "file-name",
        /// The target of a symbolic or hard link.
        LinkTarget = "link-target",
        /// An extended attribute.
        Xattr = "xattr",
        /// Another string of a tar header: user, group, PAX record, padding of a field.
        TarHeader = "tar-header",
        /// Bytes outside tar members: after the end, padding, gzip header fields, skippable frames.
        Slack = "slack",
        /// `config.Env`.
        Env = "env",
        /// `history[]`: instruction, comment, author.
        History = "history",
        /// `config.Labels`.
        Label = "label",
        /// `config.Cmd`.
        Cmd = "cmd",
        /// `config.Entrypoint`.
        Entrypoint = "entrypoint",
        /// `config.Healthcheck`.
        Healthcheck = "healthcheck",
        /// `config.OnBuild`.
        Onbuild = "onbuild",
        /// Any other string of the image configuration.
        Config = "config",
        /// Annotations of manifests, indexes and descriptors.
        Annotation = "annotation",
        /// Any other string of a manifest or index.
        Manifest = "manifest",
        /// In-toto statements: provenance, SBOM.
        Attestation = "attestation",
        /// An artifact attached to the image.
        Referrer = "referrer",
        /// A build cache manifest or its records.
        Cache = "cache",
        /// A build log.
        Log = "log",
        /// A build argument, by name and value.
        BuildArg = "build-arg",
        /// What `buildx --metadata-file` wrote.
        MetadataFile = "metadata-file",
        /// A build record or `.dockerbuild` bundle.
        BuildRecord = "build-record",
        /// A Dockerfile.
        Dockerfile = "dockerfile",
        /// The build context.
        Context = "context",
        /// A compose file.
        Compose = "compose",
        /// A bake file.
        Bake = "bake",
        /// A CI workflow.
        Workflow = "workflow",
        /// A script that builds.
        Script = "script",
    }
}

words! {
    /// Who sees the bytes without looking below the surface.
    Exposure {
        /// In the file system of a running container.
        Visible = "visible",
        /// A later layer deletes it; the earlier layer still has it.
        Deleted = "deleted",
        /// A later layer replaces it; the earlier layer still has it.
        Overwritten = "overwritten",
        /// A later layer marks a directory above it opaque; the earlier layer still has it.
        HiddenByOpaque = "hidden-by-opaque",
        /// Not in the file system at all: in what describes the image.
        Metadata = "metadata",
        /// Only where the build ran.
        BuildOnly = "build-only",
    }
}

/// A layer of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LayerRef {
    /// Position in the manifest, 0 is the lowest.
    pub index: usize,
    /// Digest of the blob as stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Digest of the uncompressed tar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<String>,
    /// Whether the layer comes from the base image, where that is known.
    #[serde(default)]
    pub base: bool,
}

/// Where exactly something lies. Empty fields are left out of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The kind of place.
    pub surface: Surface,
    /// `os/architecture[/variant]` of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The image of a multi-image target, by the name it is stored under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerRef>,
    /// The document (config, manifest, index, attestation) by digest or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Path in the layer, without a leading slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The chain inside nested containers, as in `app.jar!/config/db.properties`.
    pub member: Option<String>,
    /// JSON pointer into the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Offset in bytes from the start of the file or the string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in characters, from 1, where the line is text that people edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Who sees it.
    pub exposure: Exposure,
    /// The layer that hides it.
    pub hidden_by: Option<LayerRef>,
}

impl Place {
    /// A place that has no more than a kind and an exposure yet.
    #[must_use]
    pub fn new(surface: Surface, exposure: Exposure) -> Self {
        Self {
            surface,
            platform: None,
            image: None,
            layer: None,
            document: None,
            path: None,
            member: None,
            pointer: None,
            offset: None,
            line: None,
            column: None,
            exposure,
            hidden_by: None,
        }
    }
}
