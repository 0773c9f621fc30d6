//! The repositories of a namespace, by the interface that a provider has for that: where a registry keeps its list to
//! itself, or has too many for one.

mod asker;
mod docker_hub;
mod door;
mod github;
mod gitlab;
mod harbor;
mod quay;

use std::collections::BTreeSet;

use super::RegistryError;
use super::http::Client;
use asker::Asker;
use door::Door;

/// An interface that lists the repositories of a namespace.
pub struct NamespaceApi {
    /// Its word.
    pub name: &'static str,
    /// What a namespace is called there.
    pub summary: &'static str,
    /// Public registries of this kind, each with the address of its interface. They have too many repositories for one
    /// list.
    hosts: &'static [(&'static str, &'static str)],
    /// Where the interface of a registry is that shows itself as one of this kind.
    base: fn(&Door) -> Option<String>,
    list: fn(&mut Asker<'_>, &str, &mut Namespace) -> Result<(), RegistryError>,
}

/// All of them.
pub static NAMESPACE_APIS: &[&NamespaceApi] =
    &[&docker_hub::API, &github::API, &gitlab::API, &harbor::API, &quay::API];

/// The interface that is to be asked, and where it is if not where it usually is.
#[derive(Clone)]
pub struct ListBy {
    api: &'static NamespaceApi,
    base: Option<String>,
}

/// What was listed of a namespace.
#[derive(Clone, Debug, Default)]
pub struct Namespace {
    /// Repositories, as images name them.
    pub repositories: BTreeSet<String>,
    /// Why there may be more than these.
    pub unseen: Vec<String>,
}

impl std::fmt::Debug for ListBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListBy").field("api", &self.api.name).field("base", &self.base).finish()
    }
}

impl ListBy {
    /// Reads `NAME` or `NAME=ADDRESS`. None if there is no such interface.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, base) = match text.split_once('=') {
            Some((name, base)) => (name, Some(base.trim_end_matches('/').to_owned())),
            None => (text, None),
        };
        let api = NAMESPACE_APIS.iter().find(|api| api.name == name)?;
        Some(Self { api, base })
    }

    /// The interface of a public registry that everybody knows.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        let of_api = |api: &&'static NamespaceApi| {
            let (_, base) = api.hosts.iter().find(|(known, _)| *known == host)?;
            Some(Self { api, base: Some((*base).to_owned()) })
        };
        NAMESPACE_APIS.iter().find_map(of_api)
    }

    /// The interface of a registry, by how it asks for a login.
    fn of_door(door: &Door) -> Option<Self> {
        let of_api = |api: &&'static NamespaceApi| Some(Self { api, base: Some((api.base)(door)?) });
        NAMESPACE_APIS.iter().find_map(of_api)
    }

    /// Its word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.api.name
    }
}

/// The interface that fits a registry: the one that is named, else the one it is known for.
pub(super) fn fitting(client: &Client, named: Option<&ListBy>) -> Result<Option<ListBy>, RegistryError> {
    match named {
        Some(ListBy { base: Some(_), .. }) => return Ok(named.cloned()),
        None if ListBy::of_host(client.reference().host()).is_some() => {
            return Ok(ListBy::of_host(client.reference().host()));
        }
        _ => {}
    }
    let door = Door::of(client)?;
    Ok(match named {
        None => ListBy::of_door(&door),
        Some(ListBy { api, .. }) => {
            let of_host = api.hosts.iter().find(|(host, _)| *host == door.host()).map(|(_, base)| *base);
            let base = of_host.map(str::to_owned).or_else(|| (api.base)(&door));
            Some(ListBy { api, base: Some(base.unwrap_or_else(|| client.base().origin())) })
        }
    })
}

/// Lists what is below a name. What was listed before something went wrong is in `found`.
pub(super) fn list(
    client: &Client,
    by: &ListBy,
    below: &str,
    found: &mut Namespace,
) -> Result<(), RegistryError> {
    let base = by.base.clone().unwrap_or_else(|| client.base().origin());
    let mut asker = Asker::new(client, &base, below)?;
    (by.api.list)(&mut asker, below, found)
}

/// The first part of a name: the namespace, where those have no parts.
fn first(below: &str) -> &str {
    below.split('/').next().unwrap_or(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_named_with_or_without_its_address() {
        let quay = ListBy::parse("quay=https://quay.internal/").unwrap();
        assert_eq!((quay.name(), quay.base.as_deref()), ("quay", Some("https://quay.internal")));
        assert!(ListBy::parse("harbor").is_some_and(|by| by.base.is_none()));
        assert!(ListBy::parse("artifactory").is_none());
    }

    #[test]
    fn a_registry_is_known_by_its_name_or_by_how_it_asks_for_a_login() {
        let by_host = |host| ListBy::of_host(host).map(|by| (by.name(), by.base.unwrap_or_default()));
        assert_eq!(by_host("docker.io"), Some(("docker-hub", "https://hub.docker.com".to_owned())));
        assert_eq!(by_host("r.example"), None);
        let door = |realm: &str, service: &str| Door::showing("r.example", realm, service);
        let by_door = |door: Door| ListBy::of_door(&door).map(|by| (by.name(), by.base.unwrap_or_default()));
        let gitlab = door("https://gitlab.example:8443/jwt/auth", "container_registry");
        assert_eq!(by_door(gitlab), Some(("gitlab", "https://gitlab.example:8443".to_owned())));
        let harbor = door("https://harbor.example/service/token", "harbor-registry");
        assert_eq!(by_door(harbor), Some(("harbor", "https://harbor.example".to_owned())));
        let quay = door("https://r.example/v2/auth", "r.example");
        assert_eq!(by_door(quay), Some(("quay", "https://r.example".to_owned())));
        assert_eq!(by_door(door("https://r.example/token", "registry")), None);
    }
}
