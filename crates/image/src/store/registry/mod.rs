//! `registry:HOST/NAME[:TAG|@DIGEST]`: an image in a registry, with everything that is attached to it.
//!
//! Speaks the pull half of the OCI distribution specification (v1.1), which all registries speak.

mod address;
mod ask;
mod at_once;
mod attached;
mod auth;
mod blob;
mod catalog;
mod credentials;
mod discreet;
mod error;
mod helper;
mod http;
mod known;
mod names;
mod namespace;
mod pause;
mod proxy;
mod push;
mod reach;
mod steady;
mod trust;

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::ask::Ask;
use self::at_once::at_once;
use self::attached::Attached;
use self::blob::Blob;
use self::http::Client;
use self::known::{Known, Look, Served};
use super::open::{Found, OpenError, Scheme, Source};
use super::{
    BlobId, Entrance, EntranceDocument, EntranceKind, Location, Network, Options, RegistryOptions, Store,
    StoreError,
};
use crate::model::Selection;
use crate::{Digest, Problem, Reference};

pub use catalog::{Catalog, Listed, Repository};
pub use credentials::{Held, held, user_and_password};
pub(in crate::store) use discreet::Sent;
pub(in crate::store) use error::said;
pub use error::{Reach, RegistryError};
pub(in crate::store) use helper::list as helper_servers;
pub use namespace::{ListBy, NAMESPACE_APIS, Namespace, NamespaceApi};
pub use push::{Push, PushError, Pushed};
pub(in crate::store) use trust::{certificates, private_key, system_authorities, system_roots};

/// An image in a registry.
pub(super) static SCHEME: Scheme = Scheme {
    name: "registry",
    summary: "an image in a registry: registry:HOST/NAME[:TAG|@DIGEST]",
    open,
    sniff: |_: &Found| None,
};

/// Under which path a registry gives out a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// `/manifests/`.
    Manifests,
    /// `/blobs/`.
    Blobs,
}

/// The largest manifest that is read, in bytes: registries take 4 MiB.
const MAX_MANIFEST: u64 = 16 << 20;
/// Up to this size a blob is fetched whole where only its head is asked for: one question instead of two.
const SMALL: u64 = 64 << 10;
/// As much of all small blobs as is kept, in bytes.
const MAX_KEPT: u64 = 32 << 20;
/// How many questions that are going to come are asked together with one that came.
const AHEAD: usize = 64;
/// As much of a blob as shows what it is.
const HEAD: u64 = 512;
/// The manifests that are understood. The last one lets registries give out what they cannot name.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.artifact.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v1+prettyjws, */*;q=0.1";

fn open(rest: &str, options: &Options) -> Result<Source, OpenError> {
    let reference =
        Reference::parse(rest).map_err(|error| OpenError::NotAReference { text: rest.to_owned(), error })?;
    source(reference, options)
}

/// The source of a reference.
pub(super) fn source(reference: Reference, options: &Options) -> Result<Source, OpenError> {
    if options.network == Network::Refused {
        return Err(RegistryError::Offline { name: reference.to_string() }.into());
    }
    let registry = Registry::open(reference, &options.registry)?;
    Ok(Source::of(registry, Selection::default()))
}

/// An image in a registry, and what is attached to it. Nothing is fetched twice that is small.
pub struct Registry {
    client: Client,
    top: Arc<Served>,
    known: Mutex<Known>,
    attached: Mutex<Option<Attached>>,
}

impl Registry {
    /// Asks the registry for the index or manifest that the reference names.
    ///
    /// # Errors
    /// When it cannot be reached, wants a login, or has no such thing.
    pub fn open(reference: Reference, options: &RegistryOptions) -> Result<Self, RegistryError> {
        let client = Client::new(reference, options.clone())?;
        let wanted = client.reference().wanted();
        let mut top = fetch_manifest(&client, &wanted)?;
        let mut known = Known::default();
        known.check(&top);
        if let Some(digest) = client.reference().digest().filter(|digest| !digest.matches(&top.bytes)) {
            top = top.named(digest.clone());
            known.check(&top);
        }
        let top = Arc::new(top);
        known.serve(Arc::clone(&top));
        Ok(Self { client, top, known: Mutex::new(known), attached: Mutex::default() })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A manifest by its digest, fetched once, together with others that are going to be asked for.
    fn manifest(&self, digest: &Digest) -> Result<Arc<Served>, RegistryError> {
        if let Some(served) = self.known().served(digest) {
            return Ok(served);
        }
        let others = self.known().unfetched(AHEAD);
        if others.len() > 1 && others.contains(digest) {
            // What fails is asked for again, by whoever can tell.
            at_once(&others, |other| self.fetch_named(other).is_ok());
        }
        // Not in the `match`: the lock would be held while fetching.
        let served = self.known().served(digest);
        match served {
            Some(served) => Ok(served),
            None => self.fetch_named(digest),
        }
    }

    fn fetch_named(&self, digest: &Digest) -> Result<Arc<Served>, RegistryError> {
        let served = Arc::new(fetch_manifest(&self.client, &digest.to_string())?.named(digest.clone()));
        self.known().serve(Arc::clone(&served));
        Ok(served)
    }

    /// A blob as a stream. What no document describes may be a manifest.
    fn blob(&self, digest: &Digest) -> Result<Box<dyn Read + Send + '_>, RegistryError> {
        if let Some(bytes) = self.known().small(digest) {
            return Ok(known::reader(bytes));
        }
        let shelf = self.known().shelf(digest);
        let opened = Blob::open(&self.client, self.client.url(&format!("blobs/{digest}"))?);
        match opened {
            Ok(blob) => Ok(Box::new(blob)),
            Err(error) if error.is_missing() && shelf.is_none() => {
                self.manifest(digest).map(|served| served.reader()).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// Looks at a blob, and at others that are going to be looked at.
    fn look(&self, digest: &Digest) -> Look {
        if let Some(look) = self.known().look(digest) {
            return look;
        }
        let mut wanted = self.known().unseen(AHEAD);
        if !wanted.contains(digest) {
            wanted.push(digest.clone());
        }
        at_once(&wanted, |blob| {
            let look = self.fetch_look(blob);
            self.known().keep_look(blob, look);
        });
        self.known().look(digest).unwrap_or(Look::Failed)
    }

    fn fetch_look(&self, digest: &Digest) -> Look {
        let small = self.known().size(digest).is_some_and(|size| size <= SMALL);
        let looked = if small { self.fetch_small(digest) } else { self.fetch_head(digest) };
        match looked {
            Ok(head) => Look::Head(head),
            Err(error) if error.is_missing() => Look::Absent,
            Err(_) => Look::Failed,
        }
    }

    fn fetch_small(&self, digest: &Digest) -> Result<Arc<[u8]>, RegistryError> {
        let mut bytes = Vec::new();
        let read = self.blob(digest)?.take(SMALL + 1).read_to_end(&mut bytes);
        let whole = read.is_ok() && bytes.len() as u64 <= SMALL;
        let head = bytes.get(..bytes.len().min(512)).unwrap_or_default().into();
        if whole {
            self.known().keep_small(digest, bytes.into());
        }
        Ok(head)
    }

    fn fetch_head(&self, digest: &Digest) -> Result<Arc<[u8]>, RegistryError> {
        let ask =
            Ask::get(self.client.url(&format!("blobs/{digest}"))?).range(format!("bytes=0-{}", HEAD - 1));
        let shelf = self.known().shelf(digest);
        let answer = match self.client.ask(&ask) {
            Err(error) if error.is_missing() && shelf.is_none() => {
                let bytes = &self.manifest(digest).map_err(|_| error)?.bytes;
                return Ok(bytes.get(..bytes.len().min(512)).unwrap_or_default().into());
            }
            other => other?,
        };
        let size = match answer.status {
            206 => answer.header("content-range").and_then(total),
            _ => answer.length(),
        };
        self.known().learn_size(digest, size);
        let mut head = Vec::new();
        // A head that breaks off shows as much as it shows; reading the blob tells what is wrong.
        let _ = answer.stream().take(HEAD).read_to_end(&mut head);
        Ok(head.into())
    }
}

/// The length of the whole, by `bytes 0-511/1000`.
fn total(header: &str) -> Option<u64> {
    header.rsplit_once('/')?.1.trim().parse().ok()
}

fn fetch_manifest(client: &Client, wanted: &str) -> Result<Served, RegistryError> {
    let ask = Ask::get(client.url(&format!("manifests/{wanted}"))?).accept(MANIFESTS);
    let mut tries = 0;
    loop {
        let answer = client.ask(&ask).map_err(|error| no_manifest(client, wanted, error))?;
        let media_type = answer.header("content-type").map(|text| text.trim().to_owned());
        let stated = answer.header("docker-content-digest").and_then(|text| Digest::parse(text).ok());
        match answer.read(MAX_MANIFEST) {
            Ok(bytes) => return Ok(Served { stated, ..Served::new(bytes, media_type) }),
            Err(error) if error.may_pass() && tries < client.patience().retries => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

fn no_manifest(client: &Client, wanted: &str, error: RegistryError) -> RegistryError {
    match error {
        RegistryError::Answer { status: 404, said, .. } => {
            RegistryError::NoManifest { name: client.reference().name(), wanted: wanted.to_owned(), said }
        }
        other => other,
    }
}

impl Store for Registry {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        let document = |served: &Served, kind, names: Vec<String>| EntranceDocument {
            kind,
            name: served.digest.to_string(),
            media_type: served.media_type.clone(),
            references: names,
            bytes: served.bytes.to_vec(),
        };
        let own = document(&self.top, EntranceKind::Manifest, vec![self.client.reference().to_string()]);
        let mut documents = vec![own];
        let mut attached = self.attached.lock().unwrap_or_else(PoisonError::into_inner);
        let found = attached.get_or_insert_with(|| attached::find(self));
        for (served, names) in found.iter() {
            documents.push(document(served, EntranceKind::Attached, names.clone()));
        }
        Ok(Entrance { documents })
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        let missing = || StoreError::Missing { blob: blob.clone(), store: self.client.reference().name() };
        let BlobId::Digest(digest) = blob else { return Err(missing()) };
        let shelf = self.known().shelf(digest);
        let opened = match shelf {
            Some(Shelf::Manifests) => self.manifest(digest).map(|served| served.reader()),
            _ => self.blob(digest),
        };
        opened.map_err(|error| match error {
            error if error.is_missing() => missing(),
            error => StoreError::Read { what: blob.to_string(), source: io::Error::other(error) },
        })
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        let BlobId::Digest(digest) = blob else { return None };
        self.known().size(digest)
    }

    fn holds(&self, blob: &BlobId) -> bool {
        let BlobId::Digest(digest) = blob else { return false };
        let shelf = self.known().shelf(digest);
        match shelf {
            Some(Shelf::Manifests) => {
                self.manifest(digest).map_or_else(|error| !error.is_missing(), |_| true)
            }
            // Whatever else goes wrong is told when the blob is opened.
            _ => !matches!(self.look(digest), Look::Absent),
        }
    }

    fn blobs(&self) -> Vec<BlobId> {
        self.known().documents()
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        let BlobId::Digest(digest) = blob else { return None };
        let shelf = self.known().shelf(digest);
        match shelf {
            Some(Shelf::Manifests) => {
                let bytes = &self.manifest(digest).ok()?.bytes;
                bytes.get(..bytes.len().min(512)).map(<[u8]>::to_vec)
            }
            _ => match self.look(digest) {
                Look::Head(head) => Some(head.to_vec()),
                Look::Absent | Look::Failed => None,
            },
        }
    }

    fn is_remote(&self, _: &BlobId) -> bool {
        true
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        let BlobId::Digest(digest) = blob else { return None };
        let manifest = self.known().served(digest);
        let folder = if manifest.is_some() { "manifests" } else { "blobs" };
        let url = self.client.url(&format!("{folder}/{digest}")).ok().filter(|_| self.client.is_open());
        Some(Location::Registry {
            reference: format!("{}@{digest}", self.client.reference().name()),
            shelf: if manifest.is_some() { Shelf::Manifests } else { Shelf::Blobs },
            media_type: manifest.and_then(|served| served.media_type.clone()),
            url: url.map(|url| url.to_string()),
        })
    }

    fn problems(&self) -> Vec<Problem> {
        self.known().problems.clone()
    }
}
