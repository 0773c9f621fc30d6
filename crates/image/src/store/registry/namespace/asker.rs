//! Asks an interface page by page, as who is logged in to the registry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::MAX_MANIFEST;
use super::super::address::Address;
use super::super::ask::{Along, Ask};
use super::super::attached::next_page;
use super::super::credentials::Login;
use super::super::error::RegistryError;
use super::super::http::{Answer, Client};

/// How many pages a namespace may have.
const MAX_PAGES: usize = 10_000;

/// Whoever asks.
pub(super) struct Asker<'a> {
    client: &'a Client,
    base: Address,
    /// What is listed, for messages.
    below: &'a str,
    authorization: Option<String>,
}

/// Where the next page is.
pub(super) enum Next {
    /// At this address.
    At(String),
    /// This was the last one.
    Nowhere,
}

impl<'a> Asker<'a> {
    pub(super) fn new(client: &'a Client, base: &str, below: &'a str) -> Result<Self, RegistryError> {
        let wrong = || RegistryError::Setting(format!("`{base}` is no address of an interface"));
        let base = Address::parse(&format!("{base}/")).ok_or_else(wrong)?;
        if !client.may_ask(&base) {
            let what = "does not speak TLS, and is not asked with a login".to_owned();
            return Err(RegistryError::Nonsense { url: base.to_string(), what });
        }
        Ok(Self { client, base, below, authorization: None })
    }

    /// User and password of whoever is logged in, if it is somebody with a password.
    pub(super) fn password(&self) -> Result<Option<(&'a str, &'a str)>, RegistryError> {
        Ok(match self.client.who()?.map(|who| &who.kind) {
            Some(Login::Password { user, password }) => Some((user.as_str(), password.as_str())),
            Some(Login::Identity(_)) | None => None,
        })
    }

    /// Whether anybody is logged in.
    pub(super) fn is_known(&self) -> Result<bool, RegistryError> {
        Ok(self.client.who()?.is_some())
    }

    /// Asks from now on with this token.
    pub(super) fn bearer(&mut self, token: &str) {
        // What cannot stand in a header would be an error of the transport that quotes it.
        if token.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.authorization = Some(format!("Bearer {token}"));
        }
    }

    /// Asks from now on with user and password.
    pub(super) fn basic(&mut self, (user, password): (&str, &str)) {
        self.authorization = Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
    }

    /// The interface wants a login that nobody has.
    pub(super) fn wants_a_login(&self, why: &str) -> RegistryError {
        let reference = self.client.reference();
        let name = format!("{}/{}", reference.host(), self.below);
        let host = reference.host().to_owned();
        RegistryError::Unauthorised { host, name, said: format!(": {why}"), refused: None }
    }

    /// Sends JSON, in which one value is secret, and gives the JSON that comes back.
    pub(super) fn post(&self, path: &str, body: &Value, secret: &str) -> Result<Value, RegistryError> {
        let ask = Ask::get(self.url(path)?).along(Along::Json { text: body.to_string(), secret });
        let answer = self.client.ask_anyone(&ask).map_err(|error| self.named(error))?;
        read(answer).map(|(value, _)| value)
    }

    /// Every page from this one on. `take` takes what is on it, and says where the next one is, unless a header does, or nothing
    /// where it is no such page.
    pub(super) fn pages(
        &self,
        path: &str,
        take: &mut dyn FnMut(&Value) -> Option<Next>,
    ) -> Result<(), RegistryError> {
        let mut url = self.url(path)?;
        for _ in 0..MAX_PAGES {
            let nonsense =
                |what: &str| RegistryError::Nonsense { url: url.to_string(), what: what.to_owned() };
            let ask = Ask::get(url.clone()).accept("application/json");
            let ask = ask.authorization(self.authorization.clone());
            let answer = self.client.ask_anyone(&ask).map_err(|error| self.named(error))?;
            let (value, link) = read(answer)?;
            let taken = take(&value).ok_or_else(|| nonsense("gave a list that is none"))?;
            let next = match (taken, link) {
                (Next::At(next), _) => next,
                (Next::Nowhere, Some(link)) => link,
                (Next::Nowhere, None) => return Ok(()),
            };
            let next = url.join(&next).filter(|next| next.same_origin(&url));
            let next = next.ok_or_else(|| nonsense("continues a list at another host"))?;
            if next.uri() == url.uri() {
                return Err(nonsense("has a list that leads back to itself"));
            }
            url = next;
        }
        let what = format!("has a list of more than {MAX_PAGES} pages");
        Err(RegistryError::Nonsense { url: url.to_string(), what })
    }

    fn url(&self, path: &str) -> Result<Address, RegistryError> {
        let wrong = || RegistryError::Setting(format!("{path} cannot be asked for"));
        self.base.below(path).ok_or_else(wrong)
    }

    /// The error with what was listed in it, in place of a repository.
    fn named(&self, error: RegistryError) -> RegistryError {
        let name = format!("{}/{}", self.client.reference().host(), self.below);
        match error {
            RegistryError::Unauthorised { host, said, refused, .. } => {
                RegistryError::Unauthorised { host, name, said, refused }
            }
            RegistryError::Denied { host, said, .. } => RegistryError::Denied { host, name, said },
            other => other,
        }
    }
}

/// The body, and the next page that a header names.
fn read(answer: Answer) -> Result<(Value, Option<String>), RegistryError> {
    let link = answer.header("link").and_then(next_page).map(str::to_owned);
    let url = answer.url.to_string();
    let value = serde_json::from_slice(&answer.read(MAX_MANIFEST)?);
    let nonsense = |_| RegistryError::Nonsense { url, what: "gave a list that is none".to_owned() };
    Ok((value.map_err(nonsense)?, link))
}

/// A name as one part of a path.
pub(super) fn escaped(name: &str) -> String {
    let mut text = String::new();
    name.bytes().for_each(|byte| super::super::address::push_escaped(&mut text, byte));
    text
}
