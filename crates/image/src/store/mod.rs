//! Where images lie: bytes by digest or name, never verified and never decompressed here.
//!
//! A source is one file that holds a [`Scheme`] (`oci:`, `docker-archive:` …), listed in [`SCHEMES`]; [`open()`]
//! takes what a person typed. Whoever reads the bytes verifies them, so that no source can forget to.

mod archive;
mod cache;
mod container;
mod daemon;
mod directory;
mod docker;
mod docker_archive;
pub mod health;
mod kept;
mod memory;
mod oci_archive;
mod oci_dir;
mod open;
mod options;
mod podman;
mod record;
mod registry;
mod throttle;

use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::{Digest, Problem};

pub(crate) use archive::Packing;
pub use archive::{Archive, Passing, Pipe, Show, unpacked};
pub use container::{Container, Inhabited, OWN_LAYER};
pub use daemon::{DaemonError, Silence};
pub use directory::Directory;
pub use docker::load;
pub use kept::Kept;
pub use memory::Memory;
pub use open::{Found, OpenError, Opened, SCHEMES, Scheme, Source, Stream, open};
pub use options::{
    CredentialSources, DaemonOptions, DaemonPatience, DockerOptions, DockerTls, Network, Options, Patience,
    PlainHttp, PodmanOptions, Proxies, RegistryOptions,
};
pub use registry::{
    Catalog, Held as HeldCredentials, ListBy, Listed, NAMESPACE_APIS, Namespace, NamespaceApi, Push,
    PushError, Pushed, Reach, Registry, RegistryError, Repository, Shelf, held as held_credentials,
    user_and_password,
};
pub use throttle::Throttle;

/// The largest entrance document that is read, in bytes.
const MAX_ENTRANCE: u64 = 16 << 20;

/// What names a blob in a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlobId {
    /// By content.
    Digest(Digest),
    /// By path: a member of an archive that is not content-addressed, with `/` between the parts.
    Name(String),
}

impl BlobId {
    /// The blob that lies at this path: `blobs/sha256/<hex>` is a digest, all else a name.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let digest = path.strip_prefix("blobs/").and_then(|rest| {
            let (algorithm, hex) = rest.split_once('/')?;
            Digest::parse(&format!("{algorithm}:{hex}")).ok()
        });
        digest.map_or_else(|| Self::Name(path.to_owned()), Self::Digest)
    }

    /// Where the blob lies in a layout.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Digest(digest) => format!("blobs/{}/{}", digest.algorithm().name(), digest.hex()),
            Self::Name(name) => name.clone(),
        }
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => digest.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl From<Digest> for BlobId {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

/// How a person gets at the raw bytes of a blob with public tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file of its own.
    File(PathBuf),
    /// The end of a file: `tail -c +<offset + 1> <path>`.
    End {
        /// The file.
        path: PathBuf,
        /// Where it begins, in bytes.
        offset: u64,
    },
    /// A member of a tar archive: `tar -xOf <archive> [--occurrence=<n>] <member>`.
    ArchiveMember {
        /// The archive.
        archive: PathBuf,
        /// The member's name exactly as the archive spells it.
        member: String,
        /// Which of several members of this name it is, from 1; none if it is the only one.
        occurrence: Option<usize>,
    },
    /// A member of an archive that a command writes: `<command> | tar -xO [--occurrence=<n>] <member>`.
    PipeMember {
        /// The command.
        command: String,
        /// The member's name exactly as the archive spells it.
        member: String,
        /// Which of several members of this name it is, from 1; none if it is the only one.
        occurrence: Option<usize>,
    },
    /// What a command prints.
    Output {
        /// The command.
        command: String,
    },
    /// A layer that a command makes anew, so that only the names in it are the same: `<command> | tar -xO <member>`.
    Export {
        /// The command.
        command: String,
    },
    /// A blob or manifest in a registry: `crane blob <reference>`, `crane manifest <reference>`.
    Registry {
        /// Registry, repository and digest.
        reference: String,
        /// Which of the two it is.
        shelf: Shelf,
        /// What the registry says that a manifest is.
        media_type: Option<String>,
        /// Its address, where everybody may ask without a login.
        url: Option<String>,
    },
}

/// What an entrance document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntranceKind {
    /// `oci-layout`: the version of the layout.
    Layout,
    /// `index.json` of an OCI layout.
    Index,
    /// `manifest.json` as `docker save` writes it.
    SaveManifest,
    /// `repositories` as `docker save` writes it.
    Repositories,
    /// The manifest or index itself, as a registry serves it under a name.
    Manifest,
    /// A manifest or index that a registry lists as attached to another one.
    Attached,
}

/// A document from which images start.
#[derive(Clone, Debug)]
pub struct EntranceDocument {
    /// What it is.
    pub kind: EntranceKind,
    /// What it is called in the store.
    pub name: String,
    /// What the store says that it is, if it says so.
    pub media_type: Option<String>,
    /// The names under which the store gives it out.
    pub references: Vec<String>,
    /// The document as stored.
    pub bytes: Vec<u8>,
}

/// All documents from which the images of a store start.
#[derive(Clone, Debug, Default)]
pub struct Entrance {
    /// The documents, in the order of [`EntranceKind`].
    pub documents: Vec<EntranceDocument>,
}

/// The files at the root of a layout or archive from which images start.
const ENTRANCES: &[(&str, EntranceKind)] = &[
    ("oci-layout", EntranceKind::Layout),
    ("index.json", EntranceKind::Index),
    ("manifest.json", EntranceKind::SaveManifest),
    ("repositories", EntranceKind::Repositories),
];

/// What a blob is as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The digest that its bytes have.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
}

/// A source of blobs.
pub trait Store: Send + Sync {
    /// The documents from which images start: small files, read whole.
    ///
    /// # Errors
    /// When one exists and cannot be read, or is larger than an entrance document can be.
    fn entrance(&self) -> Result<Entrance, StoreError>;

    /// The raw bytes of a blob, never verified, never decompressed.
    ///
    /// # Errors
    /// When the store does not hold the blob or cannot open it.
    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError>;

    /// The size of a blob in bytes, where the store knows it.
    fn size(&self, blob: &BlobId) -> Option<u64>;

    /// Whether the blob can be opened.
    fn holds(&self, blob: &BlobId) -> bool {
        self.size(blob).is_some()
    }

    /// Everything the store holds, so that blobs that no manifest reaches are read too.
    fn blobs(&self) -> Vec<BlobId>;

    /// The blob that this one stands for: the end of a chain of links, under the name that [`Store::blobs`] lists.
    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        self.holds(blob).then(|| blob.clone())
    }

    /// The first bytes of a blob, at most 512: enough to see what it is.
    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        self.open(blob).ok()?.take(512).read_to_end(&mut head).ok()?;
        Some(head)
    }

    /// Whether the blob comes from another machine, which gives it out by its digest. Whoever knows it from an earlier time
    /// need not fetch it again; what lies on this machine under a digest may be something else, and is read to be sure.
    fn is_remote(&self, _: &BlobId) -> bool {
        false
    }

    /// How a person gets at the raw bytes with public tools.
    fn locate(&self, blob: &BlobId) -> Option<Location>;

    /// What a document was when it was read as a whole and checked, where the store gives out only a part of it.
    fn whole(&self, _: &BlobId) -> Option<Whole> {
        None
    }

    /// What went wrong when the store was indexed: it holds less than it should.
    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }
}

/// A store could not give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such blob.
    #[error("{blob} is not in {store}")]
    Missing {
        /// The blob.
        blob: BlobId,
        /// The store, as a person knows it.
        store: String,
    },
    /// A read failed.
    #[error("cannot read {what}: {source}")]
    Read {
        /// A file, or a member of an archive.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// A document is larger than such a document can be.
    #[error("{what} has more than {limit} bytes, which no such document needs")]
    TooBig {
        /// The document.
        what: String,
        /// The limit, in bytes.
        limit: u64,
    },
}

/// The entrance documents among the files at the root of a store.
fn entrance_of(store: &dyn Store) -> Result<Entrance, StoreError> {
    let mut documents = Vec::new();
    for (name, kind) in ENTRANCES {
        let blob = BlobId::Name((*name).to_owned());
        if !store.holds(&blob) {
            continue;
        }
        let bytes = read_entrance(store, &blob)?;
        let (name, references) = ((*name).to_owned(), Vec::new());
        documents.push(EntranceDocument { kind: *kind, name, media_type: None, references, bytes });
    }
    Ok(Entrance { documents })
}

fn read_entrance(store: &dyn Store, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let read = store.open(blob)?.take(MAX_ENTRANCE + 1).read_to_end(&mut bytes);
    match read {
        Ok(n) if n as u64 > MAX_ENTRANCE => {
            Err(StoreError::TooBig { what: blob.to_string(), limit: MAX_ENTRANCE })
        }
        Ok(_) => Ok(bytes),
        // A cut document is still worth reading; the store's problems say that it was cut.
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(bytes),
        Err(source) => Err(StoreError::Read { what: blob.to_string(), source }),
    }
}
