//! How a registry wants to know who asks: challenges (RFC 9110, section 11.6) and tokens (distribution
//! "Token Authentication Specification" and its OAuth2 form).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::address::Address;
use super::ask::{Ask, Form};
use super::credentials::{Credential, Login};
use super::error::RegistryError;
use super::http::Client;

/// The largest answer of a token service that is read, in bytes.
const MAX_TOKEN: u64 = 1 << 20;

/// What a registry asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User and password.
    Basic,
    /// A token of this service.
    Bearer {
        /// Where tokens are given out.
        realm: String,
        /// For what.
        service: Option<String>,
        /// With which rights.
        scope: Option<String>,
    },
}

impl Challenge {
    /// The challenge among the values of `WWW-Authenticate` that is understood, tokens first.
    pub(super) fn read<'h>(headers: impl Iterator<Item = &'h str>) -> Option<Self> {
        let mut basic = None;
        for (scheme, parameters) in headers.flat_map(schemes) {
            let get = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
            if scheme == "bearer"
                && let Some(realm) = get("realm")
            {
                return Some(Self::Bearer { realm, service: get("service"), scope: get("scope") });
            }
            if scheme == "basic" {
                basic = Some(Self::Basic);
            }
        }
        basic
    }
}

type Scheme = (String, Vec<(String, String)>);

/// The schemes of one header, in lower case, with their parameters.
fn schemes(header: &str) -> Vec<Scheme> {
    let mut found: Vec<Scheme> = Vec::new();
    for part in split_outside_quotes(header) {
        let part = part.trim();
        let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
        let parameter = if word.contains('=') {
            part
        } else {
            found.push((word.to_ascii_lowercase(), Vec::new()));
            rest.trim()
        };
        if let (Some((name, value)), Some((_, parameters))) = (parameter.split_once('='), found.last_mut()) {
            let value = value.trim().trim_matches('"').replace("\\\"", "\"");
            parameters.push((name.trim().to_ascii_lowercase(), value));
        }
    }
    found
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// The value of `Authorization` that answers a challenge; none if nobody is logged in and the registry wants a login.
pub(super) fn answer(
    client: &Client,
    challenge: &Challenge,
    who: Option<&Credential>,
) -> Result<Option<String>, RegistryError> {
    match (challenge, who.map(|who| &who.kind)) {
        (Challenge::Basic, Some(Login::Password { user, password })) => Ok(Some(basic(user, password))),
        (Challenge::Basic, _) => Ok(None),
        (Challenge::Bearer { realm, service, scope }, login) => {
            let realm = client.base().join(realm).filter(|realm| client.may_ask(realm));
            let Some(realm) = realm else {
                let what = "sends to a token service that does not speak TLS, or has no address".to_owned();
                return Err(RegistryError::Nonsense { url: client.base().to_string(), what });
            };
            let scope = scope.clone().unwrap_or_else(|| client.scope());
            let wanted = Wanted { realm, service: service.as_deref(), scope: &scope };
            token(client, &wanted, login).map(|token| Some(format!("Bearer {token}")))
        }
    }
}

struct Wanted<'w> {
    realm: Address,
    service: Option<&'w str>,
    scope: &'w str,
}

fn token(client: &Client, wanted: &Wanted<'_>, login: Option<&Login>) -> Result<String, RegistryError> {
    let mut pairs = vec![("scope", wanted.scope)];
    pairs.extend(wanted.service.map(|service| ("service", service)));
    let nonsense =
        |what: &str| RegistryError::Nonsense { url: wanted.realm.to_string(), what: what.to_owned() };
    let ask = if let Some(Login::Identity(token)) = login {
        let own = [("grant_type", "refresh_token"), ("client_id", "tightlip"), ("refresh_token", token)];
        pairs.extend(own);
        Ask::get(wanted.realm.clone()).form(Form::of(&pairs))
    } else {
        let url = wanted.realm.with_query(&pairs).ok_or_else(|| nonsense("is no address for tokens"))?;
        let authorization = match login {
            Some(Login::Password { user, password }) => Some(basic(user, password)),
            _ => None,
        };
        Ask::get(url).authorization(authorization)
    };
    let body = client.ask_anyone(&ask)?.read(MAX_TOKEN)?;
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    let token = ["token", "access_token"].iter().find_map(|key| value.get(*key)?.as_str());
    let visible = |token: &&str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    token.filter(visible).map(str::to_owned).ok_or_else(|| nonsense("gave no token"))
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[&str]) -> Option<Challenge> {
        Challenge::read(headers.iter().copied())
    }

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        let own = |text: &str| text.to_owned();
        Some(Challenge::Bearer { realm: own(realm), service: service.map(own), scope: scope.map(own) })
    }

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        let service = Some("registry.docker.io");
        let expected = bearer("https://auth.docker.io/token", service, Some("repository:a/b:pull,push"));
        assert_eq!(read(&[hub]), expected);
        assert_eq!(read(&["bearer realm=https://x/t"]), bearer("https://x/t", None, None));
        assert_eq!(read(&[r#"Basic realm="a, b""#]), Some(Challenge::Basic));
        assert_eq!(read(&["Basic"]), Some(Challenge::Basic));
        assert_eq!(read(&["Negotiate", r#"Digest realm="x""#]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_token_is_preferred_to_a_password() {
        let one = r#"Basic realm="a", Bearer realm="https://x/t", service="s""#;
        assert_eq!(read(&[one]), bearer("https://x/t", Some("s"), None));
        assert_eq!(
            read(&["Basic realm=a", r#"Bearer realm="https://x/t""#]),
            bearer("https://x/t", None, None)
        );
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_taken(text: String) {
            let _ = Challenge::read([text.as_str()].into_iter());
        }
    }
}
