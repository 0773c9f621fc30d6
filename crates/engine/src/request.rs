//! What a scan is asked to do, as one value.

use tightlip_detect::PackText;
use tightlip_detect::decode::Limits as DecodeLimits;
use tightlip_image::Limits;
use tightlip_image::model::DescribeLimits;
use tightlip_image::store::Options;

use crate::cache::Cache;
use crate::identity::IdentityKey;
use crate::known::KnownValue;

/// The most that one container may take in memory where its format cannot be read as a stream, in bytes. Each of the
/// threads may hold one, and all of it has to stay far below 256 MiB.
const HELD: u64 = 48 << 20;

/// A scan.
#[derive(Clone, Debug)]
pub struct Request {
    /// `scheme:rest`, or a path that is sniffed.
    pub target: String,
    /// The Dockerfile that the image was built from, to name its lines.
    pub dockerfile: Option<DockerfileText>,
    /// The base image, to tell its layers from the image's own. A label, never a reason to skip.
    pub base: Option<String>,
    /// Rule packs whose rules are searched for besides the built-in ones.
    pub rules: Vec<PackText>,
    /// How sources are opened: credentials, certificates, proxies, or no network at all.
    pub sources: Options,
    /// How many layers are read at once. Unless it is one, each is decompressed on one thread and looked through on another.
    pub jobs: usize,
    /// Values to look for besides what the rules know.
    pub known: Vec<KnownValue>,
    /// Results of earlier runs, to take instead of reading layers again.
    pub cache: Option<Cache>,
    /// The key of the identities.
    pub key: IdentityKey,
    /// The limits of layers.
    pub limits: Limits,
    /// The limits of containers inside files.
    pub decode: DecodeLimits,
    /// The limits of manifests, indexes and configurations.
    pub describe: DescribeLimits,
}

/// The limits of containers inside encoded stretches of texts that people read: logs, instructions.
pub(crate) const IN_TEXTS: DecodeLimits = DecodeLimits {
    decoded: 64 << 20,
    members: 10_000,
    depth: 4,
    ratio: 1_000,
    grace: 1 << 20,
    held: 16 << 20,
    remembered: 0,
};

/// A Dockerfile as text.
#[derive(Clone, Debug)]
pub struct DockerfileText {
    /// Its name for the report.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl Request {
    /// A scan of `target` with everything at its default.
    #[must_use]
    pub fn new(target: &str, key: IdentityKey) -> Self {
        Self {
            target: target.to_owned(),
            dockerfile: None,
            base: None,
            rules: Vec::new(),
            sources: Options::default(),
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            known: Vec::new(),
            cache: None,
            key,
            limits: Limits::default(),
            decode: DecodeLimits { held: HELD, ..DecodeLimits::default() },
            describe: DescribeLimits::default(),
        }
    }
}
