//! Reads the values that the user wants looked for: from the environment, from files, from Docker's configuration.
//! They are handed to the engine and neither printed nor written.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args as Arguments;
use serde_json::Value;
use tightlip_engine::policy::KnownSources;
use tightlip_engine::{HeldCredentials, KnownValue, held_credentials};
use zeroize::Zeroizing;

use crate::sources;

/// Where known values come from.
#[derive(Debug, Default, Arguments)]
pub(crate) struct Known {
    /// Look for the value of this environment variable, in every encoding (repeatable)
    #[arg(long, value_name = "NAME")]
    known_env: Vec<String>,
    /// Look for the values in this file: .env, JSON, a private key, or one value a line (repeatable)
    #[arg(long, value_name = "FILE")]
    known_file: Vec<PathBuf>,
    /// Look for the passwords and tokens in Docker's config.json and Podman's auth.json, and in the credential helpers
    /// that they name
    #[arg(long)]
    known_docker_config: bool,
}

/// What a policy names, and where its relative paths begin.
pub(crate) struct PolicySource<'p> {
    /// The sources.
    pub(crate) known: &'p KnownSources,
    /// The folder of the policy.
    pub(crate) folder: &'p Path,
}

/// A value and what it is called.
type Named = (String, Zeroizing<Vec<u8>>);

impl Known {
    /// The sources that a policy names. It holds for many machines: what is not there on this one is told, and stops
    /// nothing.
    pub(crate) fn of_policy(files: &[PolicySource<'_>]) -> (Vec<KnownValue>, Vec<String>) {
        let (mut values, mut notes) = (Vec::new(), Vec::new());
        for PolicySource { known, folder } in files {
            for name in known.env.iter().filter(|name| std::env::var_os(name).is_none()) {
                notes.push(format!("the variable {name} is not set here: its value is not looked for"));
            }
            let sources = Self {
                known_env: known
                    .env
                    .iter()
                    .filter(|name| std::env::var_os(name).is_some())
                    .cloned()
                    .collect(),
                known_file: known.files.iter().map(|file| folder.join(file)).collect(),
                known_docker_config: known.docker_config,
            };
            for one in sources.one_by_one() {
                match one.read() {
                    Ok((found, refused)) => {
                        values.extend(found);
                        notes.extend(refused);
                    }
                    Err(error) => notes.push(format!("{error:#}")),
                }
            }
        }
        (values, notes)
    }

    /// Each source by itself, so that one that fails keeps no other from being read.
    fn one_by_one(&self) -> Vec<Self> {
        let env = self.known_env.iter().map(|name| Self { known_env: vec![name.clone()], ..Self::default() });
        let file =
            self.known_file.iter().map(|path| Self { known_file: vec![path.clone()], ..Self::default() });
        let docker = self.known_docker_config.then(|| Self { known_docker_config: true, ..Self::default() });
        env.chain(file).chain(docker).collect()
    }

    /// The values, and for each that cannot be looked for a line that says why.
    pub(crate) fn read(&self) -> Result<(Vec<KnownValue>, Vec<String>)> {
        let mut values = Vec::new();
        for name in &self.known_env {
            let Some(value) = std::env::var_os(name) else {
                bail!("there is no environment variable {name}")
            };
            let value = Zeroizing::new(value.into_encoded_bytes());
            // Asked for by name: a scan that does not look for it would promise too much.
            values.push(KnownValue::new(name, value)?);
        }
        let mut refused = Vec::new();
        let mut take = |(name, value): Named| match KnownValue::new(&name, value) {
            Ok(value) => values.push(value),
            Err(why) => refused.push(why.to_string()),
        };
        for path in &self.known_file {
            let bytes = Zeroizing::new(read(path)?);
            from_file(&path.display().to_string(), &bytes).into_iter().for_each(&mut take);
        }
        let mut notes = Vec::new();
        if self.known_docker_config {
            let programs = sources::programs();
            for path in logins()? {
                let text = Zeroizing::new(read(&path)?);
                let config = LoginFile { path: &path, text: &text, programs: &programs };
                from_logins(&config, &mut notes)?.into_iter().for_each(&mut take);
            }
        }
        refused.extend(notes);
        Ok((values, refused))
    }
}

/// The passwords and tokens that stand in the files of Docker and Podman themselves. Credential helpers are not asked: they
/// may ask the user.
pub(crate) fn written_logins() -> Vec<KnownValue> {
    let values = |path: PathBuf| {
        let text = Zeroizing::new(read(&path).ok()?);
        from_logins(&LoginFile { path: &path, text: &text, programs: &[] }, &mut Vec::new()).ok()
    };
    // Most people have none.
    let files = logins().unwrap_or_default();
    let named = files.into_iter().filter_map(values).flatten();
    named.filter_map(|(name, value)| KnownValue::new(&name, value).ok()).collect()
}

/// The files that are there.
fn logins() -> Result<Vec<PathBuf>> {
    let places = sources::logins();
    let there: Vec<PathBuf> = places.iter().filter(|path| path.is_file()).cloned().collect();
    if there.is_empty() {
        let places: Vec<_> = places.iter().map(|path| path.display().to_string()).collect();
        bail!("nobody is logged in here: there is none of {}", places.join(", "));
    }
    Ok(there)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The values of a file, whose form is recognised.
fn from_file(file: &str, bytes: &[u8]) -> Vec<Named> {
    let text = bytes.trim_ascii();
    if text.starts_with(b"-----BEGIN ") {
        return vec![(file.to_owned(), Zeroizing::new(text.to_vec()))];
    }
    let opens = text.starts_with(b"{") || text.starts_with(b"[");
    if let Some(json) = opens.then(|| serde_json::from_slice(text).ok()).flatten() {
        let mut values = Vec::new();
        leaves(&json, file, &mut values);
        return values;
    }
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).collect();
    let mut spoken = lines.iter().filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let variables = spoken.all(|line| variable(line).is_some() || is_unset(line));
    let whole = |index: usize, line: &[u8]| (format!("{file}:{}", index + 1), Zeroizing::new(line.to_vec()));
    let named = |(index, line): (usize, &&[u8])| match variables {
        true if line.starts_with(b"#") || is_unset(line) => None,
        true => variable(line),
        false => (!line.is_empty()).then(|| whole(index, line)),
    };
    lines.iter().enumerate().filter_map(named).collect()
}

/// `NAME=` in capitals: a variable without a value. In small letters it may be a token that ends as base64 does, and
/// must not be taken for a name, because names are printed.
fn is_unset(line: &[u8]) -> bool {
    let name = line.strip_prefix(b"export ").unwrap_or(line).strip_suffix(b"=");
    let capital = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    name.is_some_and(|name| name.contains(&b'_') && name.iter().all(capital))
}

/// `NAME=value`, with `export` before it and quotes around it if need be.
fn variable(line: &[u8]) -> Option<Named> {
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start();
    let equals = line.iter().position(|b| *b == b'=')?;
    let name = std::str::from_utf8(line.get(..equals)?.trim_ascii_end()).ok()?;
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let letter = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let value = line.get(equals + 1..)?.trim_ascii();
    let quoted = |quote: u8| value.strip_prefix(&[quote]).and_then(|rest| rest.strip_suffix(&[quote]));
    let value = quoted(b'"').or_else(|| quoted(b'\'')).unwrap_or(value);
    let padding = value.iter().all(|b| *b == b'=');
    (letter && !padding && name.bytes().all(word)).then(|| (name.to_owned(), Zeroizing::new(value.to_vec())))
}

/// Every string below, each under the last name above it.
fn leaves(value: &Value, name: &str, out: &mut Vec<Named>) {
    match value {
        Value::String(text) => out.push((name.to_owned(), Zeroizing::new(text.clone().into_bytes()))),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, name, out)),
        Value::Object(members) => members.iter().for_each(|(name, value)| leaves(value, name, out)),
        _ => {}
    }
}

/// Where Docker keeps its configuration.
pub(crate) fn docker_config() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("DOCKER_CONFIG").or_else(|| set("HOME").map(|home| home.join(".docker")));
    Ok(folder.context("neither DOCKER_CONFIG nor HOME is set")?.join("config.json"))
}

/// Docker's configuration or Podman's, which has the same form, and where the programs lie that it names.
struct LoginFile<'c> {
    path: &'c Path,
    text: &'c [u8],
    programs: &'c [PathBuf],
}

/// Passwords and tokens of every registry. Source: docker/cli `cli/config/configfile`.
fn from_logins(from: &LoginFile<'_>, notes: &mut Vec<String>) -> Result<Vec<Named>> {
    // The error of the parser would quote the text.
    let Ok(config) = serde_json::from_slice::<Value>(from.text) else {
        bail!("{} is not JSON", from.path.display())
    };
    let mut values = Vec::new();
    for (host, entry) in config.get("auths").and_then(Value::as_object).into_iter().flatten() {
        for key in ["password", "identitytoken", "registrytoken"] {
            if let Some(value) = entry.get(key).and_then(Value::as_str) {
                values.push((format!("{key} of {host}"), Zeroizing::new(value.as_bytes().to_vec())));
            }
        }
        let auth = entry.get("auth").and_then(Value::as_str).and_then(|auth| STANDARD.decode(auth).ok());
        let auth = Zeroizing::new(auth.unwrap_or_default());
        if let Some(colon) = auth.iter().position(|b| *b == b':') {
            let password = auth.get(colon + 1..).unwrap_or_default();
            values.push((format!("password of {host}"), Zeroizing::new(password.to_vec())));
        }
    }
    values.extend(proxy_passwords(&config));
    let HeldCredentials { secrets, faults } = held_credentials(&config, from.programs);
    for (server, secret) in secrets {
        values.push((format!("password of {server}"), Zeroizing::new(secret.into_bytes())));
    }
    let place = from.path.display();
    notes.extend(faults.iter().map(|why| format!("not all that {place} names is looked for: {why}")));
    Ok(values)
}

/// Passwords in the addresses of proxies, which a build gets as arguments. Source: docker/cli `configfile.ProxyConfig`.
fn proxy_passwords(config: &Value) -> Vec<Named> {
    let hosts = config.get("proxies").and_then(Value::as_object).into_iter().flatten();
    let urls = hosts
        .flat_map(|(_, entry)| entry.as_object().into_iter().flatten())
        .filter_map(|(_, url)| url.as_str());
    let password = |url: &str| {
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next()?;
        let (_, password) = authority.rsplit_once('@')?.0.split_once(':')?;
        Some(("password of a proxy".to_owned(), Zeroizing::new(password.as_bytes().to_vec())))
    };
    urls.filter_map(password).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_of_proxies_stand_in_their_addresses() {
        let config = serde_json::json!({"proxies": {"default": {
            "httpProxy": "http://me:hunter2hunter@proxy:1", "httpsProxy": "http://proxy:1", "noProxy": "a,b",
        }}});
        let found = proxy_passwords(&config);
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|(_, value)| value.as_slice()), Some(&b"hunter2hunter"[..]));
    }

    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let owned = |(name, value): Named| (name, String::from_utf8(value.to_vec()).unwrap());
        from_file("f", text.as_bytes()).into_iter().map(owned).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_form_of_a_file_is_recognised() {
        let env = "# a\nA=one\nexport B=\"two words\"\n\nC='x=y'\n";
        assert_eq!(values(env), pairs(&[("A", "one"), ("B", "two words"), ("C", "x=y")]));
        let json = r#"{"db": {"password": "one", "port": 1}, "keys": ["two", "three"]}"#;
        assert_eq!(values(json), pairs(&[("password", "one"), ("keys", "two"), ("keys", "three")]));
        assert_eq!(values("first value\nsecond\n"), pairs(&[("f:1", "first value"), ("f:2", "second")]));
        assert_eq!(values("A=one\nB_C=\n"), pairs(&[("A", "one")]));
        assert_eq!(
            values("c2VjcmV0dmFsdWU=\nAAAA==\n"),
            pairs(&[("f:1", "c2VjcmV0dmFsdWU="), ("f:2", "AAAA==")])
        );
        assert_eq!(values("-----BEGIN X-----\na\n").len(), 1);
    }

    #[test]
    fn docker_keeps_passwords_in_base64() {
        let auth = STANDARD.encode("user:pass:word");
        let config = format!(
            r#"{{"auths": {{"r.example": {{"auth": "{auth}"}}, "s": {{"identitytoken": "token"}}}}, "credsStore": "desktop"}}"#
        );
        let mut notes = Vec::new();
        let read = |text: &[u8], notes: &mut Vec<String>| {
            from_logins(&LoginFile { path: Path::new("c.json"), text, programs: &[] }, notes)
        };
        let found = read(config.as_bytes(), &mut notes).unwrap();
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        assert_eq!(found, [("password of r.example", &b"pass:word"[..]), ("identitytoken of s", b"token")]);
        assert!(notes[0].contains("docker-credential-desktop") && notes.len() == 1, "{notes:?}");
        assert!(read(b"{secret", &mut notes).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn credential_helpers_are_asked_for_all_that_they_hold() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let helper = "#!/bin/sh\nread server\n[ $1 = list ] && echo '{\"a.example\":\"me\"}' || \
            printf '{\"Username\":\"me\",\"Secret\":\"word of %s\"}' $server\n";
        for name in ["docker-credential-store", "docker-credential-one"] {
            std::fs::write(folder.path().join(name), helper).unwrap();
            let all = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder.path().join(name), all).unwrap();
        }
        let text = br#"{"credsStore": "store", "credHelpers": {"b.example": "one", "c.example": "none"}}"#;
        let mut notes = Vec::new();
        let programs = [folder.path().to_owned()];
        let config = LoginFile { path: Path::new("c.json"), text, programs: &programs };
        let found = from_logins(&config, &mut notes).unwrap();
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let expected = [
            ("password of a.example", &b"word of a.example"[..]),
            ("password of b.example", b"word of b.example"),
        ];
        assert_eq!(found, expected);
        assert!(notes.len() == 1 && notes[0].contains("c.example"), "{notes:?}");
    }
}
