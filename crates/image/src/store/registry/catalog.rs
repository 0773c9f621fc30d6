//! A registry as a whole: which repositories it has, which tags they have, and what lies behind them.
//!
//! Source: OCI distribution specification v1.1, "Content Discovery"; distribution, `docs/spec/api`, "Catalog".

use std::io::Read;

use serde_json::Value;

use super::ask::{Along, Ask};
use super::attached::{list_referrers, next_page};
use super::blob::Blob;
use super::http::Client;
use super::names::names;
use super::namespace::{self, ListBy, Namespace};
use super::{MAX_MANIFEST, RegistryError, fetch_manifest};
use crate::store::{Network, Options};
use crate::{Digest, Reference};

/// How many names are asked for at once; registries give fewer if they like.
const PAGE: usize = 1_000;
/// How many pages a list may have.
const MAX_PAGES: usize = 1_000_000;

/// The list of a registry's repositories.
pub struct Catalog {
    client: Client,
}

/// One repository of a registry.
pub struct Repository {
    client: Client,
}

/// A manifest or index as a registry gave it out.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What the registry says that it is.
    pub media_type: Option<String>,
    /// What the registry says that its digest is.
    pub stated: Option<Digest>,
    /// The document.
    pub bytes: Vec<u8>,
}

fn client(reference: Reference, options: &Options) -> Result<Client, RegistryError> {
    if options.network == Network::Refused {
        return Err(RegistryError::Offline { name: reference.to_string() });
    }
    Client::new(reference, options.registry.clone())
}

impl Catalog {
    /// Finds out how the registry wants to be spoken to.
    ///
    /// # Errors
    /// When the network is not to be used, or it is no address.
    pub fn open(host: &str, options: &Options) -> Result<Self, RegistryError> {
        let wrong = |error| RegistryError::Setting(format!("{host} is no registry: {error}"));
        // The repository is never asked for.
        let reference = Reference::parse(&format!("{host}/every/repository")).map_err(wrong)?;
        Ok(Self { client: client(reference, options)? })
    }

    /// Tells every repository, page by page.
    ///
    /// # Errors
    /// When the registry does not tell: many keep the list to themselves.
    pub fn repositories(&self, tell: &mut dyn FnMut(Vec<String>)) -> Result<(), RegistryError> {
        let told = pages(&self.client, &format!("/v2/_catalog?n={PAGE}"), &mut |value| {
            names(value.get("repositories")).map(&mut *tell)
        });
        told.map_err(of_the_list)
    }

    /// Tells the repositories below a name by the interface that the provider has for that: the one that is named, else
    /// the one that the registry is known for. None if there is none. What was told before something went wrong is in
    /// `found`.
    ///
    /// # Errors
    /// When the interface does not tell, or wants a login.
    pub fn namespace(
        &self,
        below: &str,
        named: Option<&ListBy>,
        found: &mut Namespace,
    ) -> Result<Option<&'static str>, RegistryError> {
        let Some(by) = namespace::fitting(&self.client, named)? else { return Ok(None) };
        namespace::list(&self.client, &by, below, found)?;
        Ok(Some(by.name()))
    }

    /// Whether it is a public registry of which only namespaces can be listed.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        ListBy::of_host(self.client.reference().host()).is_some()
    }
}

impl Repository {
    /// A repository by the name of anything in it. Nothing is asked yet but how to ask.
    ///
    /// # Errors
    /// When the network is not to be used, or it is no address.
    pub fn open(reference: Reference, options: &Options) -> Result<Self, RegistryError> {
        Ok(Self { client: client(reference, options)? })
    }

    /// Registry and repository.
    #[must_use]
    pub fn name(&self) -> String {
        self.client.reference().name()
    }

    /// The address under which everybody may ask for its content, where nobody was asked for a login.
    #[must_use]
    pub fn open_address(&self) -> Option<String> {
        let url = self.client.url("").ok().filter(|_| self.client.is_open())?;
        Some(url.to_string())
    }

    /// All tags.
    ///
    /// # Errors
    /// When the registry does not tell.
    pub fn tags(&self) -> Result<Vec<String>, RegistryError> {
        let mut tags = Vec::new();
        let path = format!("/v2/{}/tags/list?n={PAGE}", self.client.reference().repository());
        pages(&self.client, &path, &mut |value| names(value.get("tags")).map(|page| tags.extend(page)))?;
        Ok(tags)
    }

    /// The digest behind a tag, without reading what it names. None if the registry does not say.
    ///
    /// # Errors
    /// When there is no such tag, or it cannot be asked.
    pub fn digest(&self, tag: &str) -> Result<Option<Digest>, RegistryError> {
        let url = self.client.url(&format!("manifests/{tag}"))?;
        let ask = Ask::get(url).accept(super::MANIFESTS).along(Along::Head);
        match self.client.ask(&ask) {
            Ok(answer) => {
                Ok(answer.header("docker-content-digest").and_then(|text| Digest::parse(text).ok()))
            }
            Err(error) if error.is_unsupported() && !error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A manifest or index by tag or digest.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn manifest(&self, wanted: &str) -> Result<Listed, RegistryError> {
        let served = fetch_manifest(&self.client, wanted)?;
        Ok(Listed { media_type: served.media_type, stated: served.stated, bytes: served.bytes.to_vec() })
    }

    /// What is attached to a manifest, by the referrers API; none if the registry does not have it.
    ///
    /// # Errors
    /// When it cannot be asked, or answers nonsense.
    pub fn referrers(&self, digest: &Digest) -> Result<Option<Vec<Digest>>, RegistryError> {
        match list_referrers(&self.client, digest) {
            Err(error) if error.is_unsupported() => Ok(None),
            other => other.map(Some),
        }
    }

    /// A blob as a stream.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    pub fn blob(&self, digest: &Digest) -> Result<Box<dyn Read + Send + '_>, RegistryError> {
        let blob = Blob::open(&self.client, self.client.url(&format!("blobs/{digest}"))?)?;
        Ok(Box::new(blob))
    }
}

/// What a registry says no to, by its name: there is no repository that it could be about.
fn of_the_list(error: RegistryError) -> RegistryError {
    let name = "its list of repositories".to_owned();
    match error {
        RegistryError::Unauthorised { host, said, refused, .. } => {
            RegistryError::Unauthorised { host, name, said, refused }
        }
        RegistryError::Denied { host, said, .. } => RegistryError::Denied { host, name, said },
        other => other,
    }
}

/// Every page of a list. `tell` takes what is on it, and says nothing where it is no such page.
fn pages(
    client: &Client,
    path: &str,
    tell: &mut dyn FnMut(&Value) -> Option<()>,
) -> Result<(), RegistryError> {
    let nonsense = |what: &str| RegistryError::Nonsense { url: path.to_owned(), what: what.to_owned() };
    let mut url = client.base().join(path).ok_or_else(|| nonsense("cannot be asked for"))?;
    for _ in 0..MAX_PAGES {
        let answer = client.ask(&Ask::get(url.clone()))?;
        let next = answer.header("link").and_then(next_page).map(str::to_owned);
        let body = answer.read(MAX_MANIFEST)?;
        let page: Option<Value> = serde_json::from_slice(&body).ok();
        page.and_then(|page| tell(&page)).ok_or_else(|| nonsense("gave a list that is none"))?;
        let Some(next) = next else { return Ok(()) };
        let next = url.join(&next).filter(|next| next.same_origin(&url));
        let next = next.ok_or_else(|| nonsense("continues a list at another host"))?;
        // A registry that ignores where to go on would be listed forever.
        if next.uri() == url.uri() {
            return Err(nonsense("has a list that leads back to itself"));
        }
        url = next;
    }
    Err(nonsense("has a list without an end"))
}
