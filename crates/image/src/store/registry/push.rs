//! Puts an image into a registry byte for byte: blobs first, then manifests from the inside out, the tag last.
//!
//! Source: OCI distribution specification v1.1, "Push". Nothing is read twice that the registry has already, and
//! until the last manifest is there the tag is what it was.

use std::collections::HashSet;
use std::io;
use std::rc::Rc;

use serde_json::Value;

use super::ask::{Along, Ask, Payload};
use super::http::{Answer, Client};
use super::{MAX_MANIFEST, RegistryError};
use crate::store::{BlobId, Network, Options, Store, StoreError};
use crate::{Digest, Reference};

/// How many indexes may lie inside each other.
const NESTING: usize = 16;
/// The type of a manifest that names none.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// An image could not be put into a registry.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The registry did not take it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is no image.
    #[error("{digest} is no manifest: {why}")]
    NoManifest {
        /// What was named.
        digest: Digest,
        /// What is wrong with it.
        why: String,
    },
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Blobs and manifests that were sent.
    pub sent: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Blobs that the registry had already.
    pub had: u64,
}

/// A registry that takes images.
pub struct Push {
    client: Client,
}

impl Push {
    /// Finds out how the registry of this reference wants to be spoken to. Nothing is sent yet.
    ///
    /// # Errors
    /// When the network is not to be used, or the address is none.
    pub fn new(reference: Reference, options: &Options) -> Result<Self, RegistryError> {
        if options.network == Network::Refused {
            return Err(RegistryError::Offline { name: reference.to_string() });
        }
        Ok(Self { client: Client::new(reference, options.registry.clone())? })
    }

    /// Sends a manifest or index of the store with everything that it names, and gives it the tag of the reference.
    ///
    /// # Errors
    /// When something cannot be read or is not taken. The tag is then what it was.
    pub fn image(&self, store: &dyn Store, top: &Digest) -> Result<Pushed, PushError> {
        let mut work = Work { push: self, store, seen: HashSet::new(), pushed: Pushed::default() };
        let manifest = work.manifest(top, 0)?;
        let wanted = self.client.reference().wanted();
        if wanted != top.to_string() {
            work.put(&wanted, &manifest)?;
        }
        Ok(work.pushed)
    }

    fn has(&self, digest: &Digest) -> Result<bool, RegistryError> {
        let ask = Ask::get(self.client.url(&format!("blobs/{digest}"))?).along(Along::Head);
        match self.client.ask(&ask) {
            Ok(_) => Ok(true),
            Err(RegistryError::Answer { status: 404, .. } | RegistryError::NoRepository { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends a blob in one piece, to where the registry says.
    fn send(&self, digest: &Digest, payload: Payload<'_>) -> Result<(), RegistryError> {
        let open = self.client.ask(&Ask::get(self.client.url("blobs/uploads/")?).along(Along::Post))?;
        let place =
            open.header("location").and_then(|to| open.url.join(to)).filter(|to| self.client.may_ask(to));
        let place = place.and_then(|place| place.with_query(&[("digest", &digest.to_string())]));
        let nowhere = || nonsense(&open, "does not say where a blob is to go");
        let ask = Ask::get(place.ok_or_else(nowhere)?).along(Along::Put(Rc::new(payload)));
        self.client.ask(&ask).map(drop)
    }
}

fn nonsense(answer: &Answer, what: &str) -> RegistryError {
    RegistryError::Nonsense { url: answer.url.to_string(), what: what.to_owned() }
}

/// A manifest as it lies in the store.
struct Manifest {
    digest: Digest,
    media_type: String,
    bytes: Vec<u8>,
}

/// An image on its way.
struct Work<'w> {
    push: &'w Push,
    store: &'w dyn Store,
    seen: HashSet<Digest>,
    pushed: Pushed,
}

impl Work<'_> {
    /// Sends what a manifest names, then the manifest itself, under its digest.
    fn manifest(&mut self, digest: &Digest, depth: usize) -> Result<Manifest, PushError> {
        let wrong = |why: &str| PushError::NoManifest { digest: digest.clone(), why: why.to_owned() };
        let bytes = self.read(digest)?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| wrong("not JSON"))?;
        if depth > NESTING {
            return Err(wrong("indexes lie too deep inside each other"));
        }
        let named = |list: &str| value.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        for child in named("manifests") {
            self.manifest(
                &digest_of(&child).ok_or_else(|| wrong("it names something without a digest"))?,
                depth + 1,
            )?;
        }
        for blob in value.get("config").cloned().into_iter().chain(named("layers")) {
            self.blob(&blob, &digest_of(&blob).ok_or_else(|| wrong("it names something without a digest"))?)?;
        }
        let own = if value.get("manifests").is_some() { INDEX } else { MANIFEST };
        let media_type = value.get("mediaType").and_then(Value::as_str).unwrap_or(own).to_owned();
        let manifest = Manifest { digest: digest.clone(), media_type, bytes };
        if self.seen.insert(digest.clone()) {
            self.put(&digest.to_string(), &manifest)?;
        }
        Ok(manifest)
    }

    fn put(&mut self, name: &str, manifest: &Manifest) -> Result<(), PushError> {
        let payload = Payload {
            media_type: &manifest.media_type,
            length: manifest.bytes.len() as u64,
            open: Box::new(|| Ok(Box::new(manifest.bytes.as_slice()))),
        };
        let client = &self.push.client;
        let ask = Ask::get(client.url(&format!("manifests/{name}"))?).along(Along::Put(Rc::new(payload)));
        let answer = client.ask(&ask)?;
        let told = answer.header("docker-content-digest").and_then(|text| Digest::parse(text).ok());
        if told.is_some_and(|told| told.algorithm() == manifest.digest.algorithm() && told != manifest.digest)
        {
            return Err(nonsense(&answer, "stored other bytes than those that were sent").into());
        }
        self.pushed.sent += 1;
        self.pushed.bytes += manifest.bytes.len() as u64;
        Ok(())
    }

    fn blob(&mut self, descriptor: &Value, digest: &Digest) -> Result<(), PushError> {
        if !self.seen.insert(digest.clone()) {
            return Ok(());
        }
        let id = BlobId::Digest(digest.clone());
        // A layer that lies elsewhere is not in the store, and stays where it is.
        let elsewhere = descriptor.get("urls").and_then(Value::as_array).is_some_and(|urls| !urls.is_empty());
        if elsewhere && !self.store.holds(&id) {
            return Ok(());
        }
        if self.push.has(digest)? {
            self.pushed.had += 1;
            return Ok(());
        }
        let stated = descriptor.get("size").and_then(Value::as_u64);
        let missing = || StoreError::Missing { blob: id.clone(), store: "the image".to_owned() };
        let length = self.store.size(&id).or(stated).ok_or_else(missing)?;
        let store = self.store;
        let open = || store.open(&id).map(|body| body as Box<dyn io::Read>).map_err(io::Error::other);
        let payload = Payload { media_type: "application/octet-stream", length, open: Box::new(open) };
        self.push.send(digest, payload)?;
        self.pushed.sent += 1;
        self.pushed.bytes += length;
        Ok(())
    }

    fn read(&self, digest: &Digest) -> Result<Vec<u8>, PushError> {
        use std::io::Read as _;
        let wrong = |why: String| PushError::NoManifest { digest: digest.clone(), why };
        let mut bytes = Vec::new();
        let body = self.store.open(&BlobId::Digest(digest.clone()))?;
        body.take(MAX_MANIFEST + 1).read_to_end(&mut bytes).map_err(|e| wrong(e.to_string()))?;
        if bytes.len() as u64 > MAX_MANIFEST {
            return Err(wrong(format!("it has more than {MAX_MANIFEST} bytes")));
        }
        // What was looked through is what is sent: the store does not verify.
        if !digest.matches(&bytes) {
            return Err(wrong("its bytes are others".to_owned()));
        }
        Ok(bytes)
    }
}

fn digest_of(descriptor: &Value) -> Option<Digest> {
    Digest::parse(descriptor.get("digest")?.as_str()?).ok()
}
