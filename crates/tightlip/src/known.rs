//! Reads the values that the user wants looked for: from the environment, from files, from Docker's configuration.
//! They are handed to the engine and neither printed nor written.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args as Arguments;
use serde_json::Value;
use tightlip_engine::policy::KnownSources;
use tightlip_engine::{
    HeldCredentials, KnownValue, Reading, Source, Understood, held_credentials, passwords_in_addresses,
    user_and_password,
};
use zeroize::Zeroizing;

use crate::sources;

/// So many values that are not looked for are named.
const NAMED: usize = 8;

/// Where known values come from.
#[derive(Debug, Default, Arguments)]
pub(crate) struct Known {
    /// Look for the value of this environment variable, in every encoding (repeatable)
    #[arg(long, value_name = "NAME")]
    known_env: Vec<String>,
    /// Look for the values in this file: .env, JSON, YAML, INI, XML, .netrc, a private key and other files of credentials,
    /// or one value a line (repeatable)
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
        if self.known_docker_config && values.len() == self.known_env.len() && !refused.is_empty() {
            bail!(
                "no login can be looked for: {}\nLog in again, or leave --known-docker-config out",
                refused.join("; ")
            )
        }
        if !self.known_file.is_empty() {
            let reading = Reading::new(&[])?;
            for path in &self.known_file {
                values.extend(from_file(&reading, path, &mut refused)?);
            }
        }
        Ok((values, refused))
    }
}

/// The values of a file, whose form is recognised. That there are none is never passed over.
fn from_file(reading: &Reading, path: &Path, notes: &mut Vec<String>) -> Result<Vec<KnownValue>> {
    let (bytes, name) = (Zeroizing::new(read(path)?), path.display().to_string());
    let Understood { values, passed, broken } = reading.values(Source::File(&name), &bytes);
    if values.is_empty() && passed.is_empty() {
        bail!("there is no value in {name} that could be looked for\nName a file that holds one");
    }
    if broken {
        notes.push(format!("{name} is no JSON to its end: what was understood of it is looked for"));
    }
    if !passed.is_empty() {
        let (names, more) = passed.split_at(passed.len().min(NAMED));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let why = "they stand everywhere, or are no secrets by their names";
        let names = format!("the values of {}{more}", names.join(", "));
        if values.is_empty() {
            bail!(
                "there is no value in {name} that could be looked for: {names}: {why}\nName a file that holds one"
            );
        }
        notes.push(format!("of {name} {names} are not looked for: {why}"));
    }
    Ok(values)
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
    let (mut values, mut unread) = (Vec::new(), Vec::new());
    for (host, entry) in config.get("auths").and_then(Value::as_object).into_iter().flatten() {
        for key in ["password", "identitytoken", "registrytoken"] {
            if let Some(value) = entry.get(key).and_then(Value::as_str) {
                values.push((format!("{key} of {host}"), Zeroizing::new(value.as_bytes().to_vec())));
            }
        }
        let auth = entry.get("auth").and_then(Value::as_str).filter(|auth| !auth.is_empty());
        match auth.map(user_and_password) {
            Some(Some((_, password))) => {
                values.push((format!("password of {host}"), Zeroizing::new(password.into_bytes())));
            }
            Some(None) => unread.push(format!("the login of {host} is not base64 of user and password")),
            None => {}
        }
    }
    values.extend(proxy_passwords(&config));
    values.extend(headers(&config));
    let HeldCredentials { secrets, faults } = held_credentials(&config, from.programs);
    for (server, secret) in secrets {
        values.push((format!("password of {server}"), Zeroizing::new(secret.into_bytes())));
    }
    let place = from.path.display();
    notes.extend(
        unread.iter().chain(&faults).map(|why| format!("not all that {place} names is looked for: {why}")),
    );
    Ok(values)
}

/// What is sent to every registry, but for the name of the program. Source: docker/cli `configfile.HTTPHeaders`.
fn headers(config: &Value) -> Vec<Named> {
    let all = config.get("HttpHeaders").and_then(Value::as_object).into_iter().flatten();
    let sent = all.filter(|(name, _)| !name.eq_ignore_ascii_case("User-Agent"));
    let value = |(name, value): (&String, &Value)| {
        let value = value.as_str()?;
        // `Bearer …`
        let value = value.split_once(' ').map_or(value, |(_, credentials)| credentials.trim());
        Some((format!("the header {name}"), Zeroizing::new(value.as_bytes().to_vec())))
    };
    sent.filter_map(value).collect()
}

/// Passwords in the addresses of proxies, which a build gets as arguments. Source: docker/cli `configfile.ProxyConfig`.
fn proxy_passwords(config: &Value) -> Vec<Named> {
    let hosts = config.get("proxies").and_then(Value::as_object).into_iter().flatten();
    let urls = hosts
        .flat_map(|(_, entry)| entry.as_object().into_iter().flatten())
        .filter_map(|(_, url)| url.as_str());
    let whole = |url: &str| if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let passwords = urls.flat_map(|url| passwords_in_addresses(&whole(url)));
    passwords.map(|password| ("password of a proxy".to_owned(), password)).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn passwords_of_proxies_stand_in_their_addresses() {
        let config = serde_json::json!({"proxies": {"default": {
            "httpProxy": "http://me:hunter2hunter@proxy:1", "httpsProxy": "http://proxy:1", "noProxy": "a,b",
        }}});
        let found = proxy_passwords(&config);
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|(_, value)| value.as_slice()), Some(&b"hunter2hunter"[..]));
        let config = serde_json::json!({"proxies": {"default": {"httpProxy": "me:hunter%402@proxy:1"}}});
        let found = proxy_passwords(&config);
        assert!(found.iter().any(|(_, value)| value.as_slice() == b"hunter@2"), "as it is meant");
    }

    #[test]
    fn a_file_without_values_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Known { known_file: vec![path.clone()], ..Known::default() }.read()
        };
        for nothing in ["", "\u{feff}\n", "# a comment\n\n"] {
            assert!(
                read(nothing).unwrap_err().to_string().starts_with("there is no value in "),
                "{nothing:?}"
            );
        }
        let error = read("PORT=8080\n").unwrap_err().to_string();
        assert!(error.contains("values of PORT: they stand everywhere"), "{error}");
        let (values, notes) = read("PORT=8080\nA_PASSWORD=hunter22\n").unwrap();
        assert!(values.len() == 1 && notes[0].contains("values of PORT are not looked for"), "{notes:?}");
        let (values, notes) = read("A_PASSWORD=hunter22 # prod\n").unwrap();
        assert_eq!((values[0].name(), notes.len()), ("A_PASSWORD", 0));
        assert_eq!(read("{\"password\": \"hunter22\",}").unwrap().1.len(), 1);
    }

    #[test]
    fn headers_for_registries_are_looked_for() {
        let config = serde_json::json!({"HttpHeaders": {
            "User-Agent": "Docker-Client/28.5", "Authorization": "Bearer hunter22", "X-Meta": "maple-7431",
        }});
        let found = headers(&config);
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        assert_eq!(
            found,
            [("the header Authorization", &b"hunter22"[..]), ("the header X-Meta", b"maple-7431")]
        );
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

    #[test]
    fn logins_without_padding_are_read_and_what_is_none_is_told() {
        let auth = STANDARD.encode("me:pass-word-7");
        let config = format!(
            r#"{{"auths": {{"r.example": {{"auth": "{}"}}, "s.example": {{"auth": "!"}}}}}}"#,
            auth.trim_end_matches('=')
        );
        assert!(auth.ends_with('='));
        let mut notes = Vec::new();
        let from = LoginFile { path: Path::new("c.json"), text: config.as_bytes(), programs: &[] };
        let found = from_logins(&from, &mut notes).unwrap();
        assert_eq!(found.first().map(|(_, value)| value.as_slice()), Some(&b"pass-word-7"[..]));
        assert!(notes.len() == 1 && notes[0].contains("s.example"), "{notes:?}");
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
