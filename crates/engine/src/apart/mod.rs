//! Reads images in parts: each blob by itself, by whoever gets to it, and the report later, from what was kept.
//!
//! What is kept of a blob is a pure function of its bytes, the rules and the limits. It holds no secret: values are
//! masked before it is written, and what masks them elsewhere is a `Shade` of them. Instructions and paths may
//! hold what nobody has recognised yet; so all of it is sealed with a key that comes from the identity key.
//!
//! A sweep asks [`Apart::look`] what an image still lacks, has it read with [`Apart::document`] and [`Apart::blob`], and
//! asks again; when nothing is lacking any more the answer is the report, which is that of a scan.

mod memory;
mod outline;
mod read;
mod recent;
mod seal;
mod settle;

use tightlip_detect::Rule;
use tightlip_image::{Digest, Problem};

use crate::identity::hex;
use crate::request::Request;
use crate::scan::ScanError;
use crate::shade::Lamp;
use crate::sighting::Eye;
use crate::tools::Tools;
use crate::vault::Vault;
use outline::Outline;
use recent::Recent;
use seal::Seal;
use settle::OpenPage;

pub use read::Taken;
pub use settle::{Look, Outlook};

/// The form of what is kept. Another one is another setting: what was kept before is read again.
const FORM: u32 = 2;

/// As many bytes of outlines are held open, and of what was seen in blobs.
const OUTLINES: usize = 8 << 20;
const PAGES: usize = 48 << 20;

/// What a blob is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A manifest or index.
    Manifest,
    /// A configuration.
    Config,
    /// A layer, or whatever its first bytes say.
    Piece,
    /// A statement about an image: provenance, SBOM.
    Statement,
    /// A part of a build record.
    Record,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Manifest, Self::Config, Self::Piece, Self::Statement, Self::Record];

    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Config => "config",
            Self::Piece => "piece",
            Self::Statement => "statement",
            Self::Record => "record",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == word)
    }
}

/// Which blobs are read first: those that are small and leak most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// Configurations and statements.
    Paper,
    /// What `COPY` and `ADD` brought in.
    Copied,
    /// All other layers.
    Rest,
}

/// A blob that an image lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which.
    pub digest: Digest,
    /// As what it is read.
    pub role: Role,
    /// What it is said to be.
    pub media_type: String,
    /// How many bytes it is said to have.
    pub size: u64,
    /// When it is read.
    pub rank: Rank,
}

/// What is kept of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What has to be known to describe the images that it belongs to, sealed.
    pub outline: Vec<u8>,
    /// What was seen in it, sealed.
    pub body: Vec<u8>,
}

/// What is known of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was read.
    Part(Part),
    /// The registry does not have it.
    Absent,
    /// It could not be read, and is not tried again.
    Failed(String),
}

/// Gives out what is known of blobs.
pub trait Parts: Sync {
    /// What is known of a blob that is read as this.
    fn part(&self, digest: &Digest, role: Role) -> Option<Known>;
}

/// An image in a registry: where its description begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Registry and repository.
    pub name: String,
    /// The name that people know it by.
    pub reference: String,
    /// Its index or manifest.
    pub digest: Digest,
    /// What is attached to it, and under which name.
    pub attached: Vec<(Digest, String)>,
    /// What went wrong while it was looked for.
    pub problems: Vec<Problem>,
    /// The address of its repository, where everybody may ask.
    pub address: Option<String>,
}

/// Everything that reading in parts needs. One for a whole sweep: a file that was read and holds nothing is not
/// searched again, in whatever layer it comes.
pub struct Apart {
    request: Request,
    tools: Tools,
    rules: Vec<&'static Rule>,
    lamp: Lamp,
    seal: Seal,
    setting: String,
    outlines: Recent<Outline>,
    pages: Recent<OpenPage>,
}

impl Apart {
    /// Prepares the search.
    ///
    /// # Errors
    /// When a rule is wrong.
    pub fn new(request: Request) -> Result<Self, ScanError> {
        let tools = Tools::new(&request)?;
        let key = &request.key;
        let mut known: Vec<_> =
            request.known.iter().map(|k| (k.name(), hex(&key.seal(k.expose())))).collect();
        known.sort_unstable();
        let (rules, version) = (tools.ruleset().digest(), env!("CARGO_PKG_VERSION"));
        let way =
            format!("{FORM}\0{version}\0{rules}\0{:?}\0{:?}\0{known:?}", request.limits, request.decode);
        let setting = hex(&key.seal(way.as_bytes())[..16]);
        let (lamp, seal) = (Lamp::new(key), Seal::new(key, &setting));
        let (outlines, pages) = (Recent::new(OUTLINES), Recent::new(PAGES));
        Ok(Self { rules: tools.rules().collect(), lamp, seal, setting, outlines, pages, tools, request })
    }

    /// What results depend on besides the bytes, as one word: the rules, the limits, the known values, the program
    /// and the key.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// The digest of the rules.
    #[must_use]
    pub fn ruleset(&self) -> &str {
        self.tools.ruleset().digest()
    }

    /// A name as it may be kept: repositories and tags can hold values too.
    ///
    /// # Errors
    /// When the mask cannot be prepared.
    pub fn name(&self, name: &str) -> Result<String, ScanError> {
        let vault = Vault::default();
        self.tools.scanner.bytes(
            tightlip_detect::Hint::Text,
            name.as_bytes(),
            &mut Eye::new(&self.request.key, &vault),
        );
        self.know(&vault);
        Ok(vault.mask()?.name(name))
    }

    /// Lets a vault mask the values that the user named.
    fn know(&self, vault: &Vault) {
        for known in &self.request.known {
            vault.keep(&self.request.key.identity(known.expose()), known.expose());
        }
    }
}
