//! Credentials for a registry, as `docker login` (`config.json`) and `podman login` (`auth.json`) keep them.
//!
//! Sources: docker/cli `cli/config/configfile`, containers-auth.json(5).

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::Value;

use super::helper;
use crate::Reference;
use crate::store::CredentialSources;

/// Docker Hub's key in the files of `docker login`.
const HUB_KEY: &str = "https://index.docker.io/v1/";
/// The user name under which credential helpers give out identity tokens.
const TOKEN_USER: &str = "<token>";
/// The largest file of credentials that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Who asks. It cannot be shown.
pub(super) struct Credential {
    pub(super) kind: Login,
    /// The file that holds it or names its keeper.
    pub(super) file: PathBuf,
}

/// The forms of a credential.
pub(super) enum Login {
    /// User and password.
    Password { user: String, password: String },
    /// A token that buys tokens.
    Identity(String),
}

/// The credential for a registry, of the first file that knows one.
///
/// # Errors
/// When a file cannot be understood or a helper fails: going on without would look as if nobody had logged in.
pub(super) fn find(reference: &Reference, from: &CredentialSources) -> Result<Option<Credential>, String> {
    for file in &from.files {
        let Some(config) = read(file)? else { continue };
        if let Some(login) = login(&config, reference, from).map_err(|why| at(file, &why))? {
            return Ok(Some(Credential { kind: login, file: file.clone() }));
        }
    }
    Ok(None)
}

/// What credential helpers gave out, or why they did not.
#[derive(Default)]
pub struct Held {
    /// Servers, each with its secret.
    pub secrets: Vec<(String, String)>,
    /// What could not be asked for: no text here holds a secret.
    pub faults: Vec<String>,
}

/// The secrets that the helpers named in a configuration of Docker hold (`credsStore`, `credHelpers`).
#[must_use]
pub fn held(config: &Value, programs: &[PathBuf]) -> Held {
    let mut held = Held::default();
    let store = config.get("credsStore").and_then(Value::as_str).filter(|name| !name.is_empty());
    let mut asked: Vec<(&str, String)> = Vec::new();
    if let Some(name) = store {
        match helper::list(name, programs) {
            Ok(servers) => asked.extend(servers.into_iter().map(|server| (name, server))),
            Err(why) => held.faults.push(why),
        }
    }
    for (server, name) in config.get("credHelpers").and_then(Value::as_object).into_iter().flatten() {
        asked.extend(name.as_str().map(|name| (name, server.clone())));
    }
    for (name, server) in asked {
        match helper::ask(name, &server, programs) {
            Ok(Some((_, secret))) => held.secrets.push((server, secret)),
            Ok(None) => {}
            Err(why) => held.faults.push(format!("{why}, asked for {server}")),
        }
    }
    held
}

fn read(file: &Path) -> Result<Option<Value>, String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).and_then(|f| f.take(MAX_FILE).read_to_end(&mut bytes));
    match opened {
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(e) => Err(at(file, &e.to_string())),
        Ok(_) if bytes.iter().all(u8::is_ascii_whitespace) => Ok(None),
        Ok(_) => match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Some(value)),
            Err(e) => Err(at(file, &format!("it is no JSON at line {}", e.line()))),
        },
    }
}

fn at(file: &Path, why: &str) -> String {
    format!("cannot read the credentials in {}: {why}", file.display())
}

fn login(config: &Value, reference: &Reference, from: &CredentialSources) -> Result<Option<Login>, String> {
    let keys = keys(reference);
    let named = keys.iter().find_map(|key| config.get("credHelpers")?.get(key)?.as_str());
    if let Some(helper) = named {
        return ask(helper, reference, from);
    }
    let store = config.get("credsStore").and_then(Value::as_str).filter(|name| !name.is_empty());
    if let Some(helper) = store
        && let Some(login) = ask(helper, reference, from)?
    {
        return Ok(Some(login));
    }
    let auths = config.get("auths").and_then(Value::as_object);
    let entry = keys.iter().find_map(|key| auths?.iter().find(|(name, _)| same(name, key)));
    entry.map_or(Ok(None), |(_, entry)| stored(entry))
}

fn ask(name: &str, reference: &Reference, from: &CredentialSources) -> Result<Option<Login>, String> {
    let server = if reference.host() == "docker.io" { HUB_KEY } else { reference.host() };
    let Some((user, secret)) = helper::ask(name, server, &from.programs)? else { return Ok(None) };
    Ok(match user.as_str() {
        TOKEN_USER => Some(Login::Identity(secret)),
        _ => Some(Login::Password { user, password: secret }),
    })
}

/// What an entry of `auths` says; an empty one only notes that a helper knows more.
fn stored(entry: &Value) -> Result<Option<Login>, String> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Ok(Some(Login::Identity(token.to_owned())));
    }
    let Some(auth) = text("auth") else {
        let plain = text("username").zip(text("password"));
        return Ok(
            plain.map(|(user, password)| Login::Password { user: user.into(), password: password.into() })
        );
    };
    match user_and_password(auth) {
        Some((user, password)) => Ok(Some(Login::Password { user, password })),
        None => Err("an entry of `auths` is not base64 of user and password".to_owned()),
    }
}

/// What the `auth` of an entry of `auths` holds: user and password in base64, some of it written without its padding or with a
/// zero byte at its end.
#[must_use]
pub fn user_and_password(auth: &str) -> Option<(String, String)> {
    let auth = auth.trim();
    let decoded = STANDARD.decode(auth).or_else(|_| STANDARD_NO_PAD.decode(auth)).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.trim_end_matches('\0').split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The keys under which a registry may be kept, the most particular first: podman keeps logins of repositories too.
fn keys(reference: &Reference) -> Vec<String> {
    let mut keys = Vec::new();
    let mut name = reference.name();
    while name.contains('/') {
        keys.push(name.clone());
        name.truncate(name.rfind('/').unwrap_or_default());
    }
    keys.push(name);
    if reference.host() == "docker.io" {
        keys.extend([HUB_KEY.to_owned(), "index.docker.io".to_owned(), "registry-1.docker.io".to_owned()]);
    }
    keys
}

/// Whether a key of a file means this one: older files hold addresses instead of hosts.
fn same(stored: &str, key: &str) -> bool {
    let bare = |text: &str| {
        let text = text.strip_prefix("https://").or(text.strip_prefix("http://")).unwrap_or(text);
        let text = text.trim_end_matches('/');
        text.strip_suffix("/v1").or(text.strip_suffix("/v2")).unwrap_or(text).to_owned()
    };
    stored == key || bare(stored) == bare(key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn login_of(config: &Value, name: &str) -> Option<String> {
        let reference = Reference::parse(name).unwrap();
        match login(config, &reference, &CredentialSources::default()).unwrap()? {
            Login::Password { user, password } => Some(format!("{user}/{password}")),
            Login::Identity(token) => Some(format!("token {token}")),
        }
    }

    fn auth(user: &str) -> Value {
        json!({ "auth": STANDARD.encode(format!("{user}:word:{user}")) })
    }

    #[test]
    fn a_registry_is_found_by_its_host_old_or_new() {
        let config = json!({"auths": {
            "https://index.docker.io/v1/": auth("hub"), "ghcr.io": auth("hubber"),
            "https://old.example/v1/": auth("old"), "127.0.0.1:5000": {"username": "a", "password": "b"},
            "token.example": {"identitytoken": "t", "auth": STANDARD.encode("x:")}, "empty.example": {},
        }});
        assert_eq!(login_of(&config, "alpine").as_deref(), Some("hub/word:hub"));
        assert_eq!(login_of(&config, "ghcr.io/x/y").as_deref(), Some("hubber/word:hubber"));
        assert_eq!(login_of(&config, "old.example/x").as_deref(), Some("old/word:old"));
        assert_eq!(login_of(&config, "127.0.0.1:5000/x").as_deref(), Some("a/b"));
        assert_eq!(login_of(&config, "token.example/x").as_deref(), Some("token t"));
        assert_eq!(login_of(&config, "empty.example/x"), None);
        assert_eq!(login_of(&config, "quay.io/x"), None);
    }

    #[test]
    fn the_login_of_a_repository_goes_before_that_of_its_registry() {
        let config = json!({"auths": {"quay.io": auth("all"), "quay.io/org/app": auth("one"), "quay.io/org": auth("org")}});
        assert_eq!(login_of(&config, "quay.io/org/app:1").as_deref(), Some("one/word:one"));
        assert_eq!(login_of(&config, "quay.io/org/other").as_deref(), Some("org/word:org"));
        assert_eq!(login_of(&config, "quay.io/else/app").as_deref(), Some("all/word:all"));
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.json");
        let sources = |text: &str| {
            std::fs::write(&file, text).unwrap();
            CredentialSources { files: vec![dir.path().join("none"), file.clone()], programs: Vec::new() }
        };
        let reference = Reference::parse("ghcr.io/x").unwrap();
        assert!(find(&reference, &sources("")).unwrap().is_none());
        assert!(find(&reference, &sources("{nonsense")).is_err());
        assert!(find(&reference, &sources(r#"{"auths":{"ghcr.io":{"auth":"%%"}}}"#)).is_err());
        assert!(find(&reference, &sources(r#"{"credsStore":"no-such-helper"}"#)).is_err());
    }
}
