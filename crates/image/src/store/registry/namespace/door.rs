//! What a registry shows of itself to whoever has not logged in: by that its kind is known.

use super::super::RegistryError;
use super::super::address::Address;
use super::super::auth::Challenge;
use super::super::http::Client;

/// How a registry asks for a login.
pub(super) struct Door {
    host: String,
    realm: Option<Address>,
    service: String,
}

impl Door {
    /// Knocks.
    pub(super) fn of(client: &Client) -> Result<Self, RegistryError> {
        let host = client.reference().host().to_owned();
        let (realm, service) = match client.challenge()? {
            Some(Challenge::Bearer { realm, service, .. }) => (client.base().join(&realm), service),
            _ => (None, None),
        };
        Ok(Self { host, realm, service: service.unwrap_or_default() })
    }

    #[cfg(test)]
    pub(super) fn showing(host: &str, realm: &str, service: &str) -> Self {
        Self { host: host.to_owned(), realm: Address::parse(realm), service: service.to_owned() }
    }

    /// `host[:port]` of the registry.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// For whom its tokens are.
    pub(super) fn service(&self) -> &str {
        &self.service
    }

    /// Where its tokens are given out: scheme, host and port.
    pub(super) fn origin(&self) -> Option<String> {
        self.realm.as_ref().map(Address::origin)
    }

    /// The path under which they are.
    pub(super) fn path(&self) -> &str {
        self.realm.as_ref().map(Address::path).unwrap_or_default()
    }
}
