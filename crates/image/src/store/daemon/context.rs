//! Which Docker is meant: `DOCKER_HOST`, else a context, else the usual socket.
//!
//! Source: docker/cli `cli/command/cli.go` (`resolveContextName`), `cli/context/store`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{DaemonOptions, DockerOptions, DockerTls};
use super::endpoint::{Endpoint, Said, Tls, Trust, parse};
use super::{DOCKER, DaemonError};
use crate::Digest;

/// Where Docker listens if nothing says otherwise.
const USUAL: &str = "/var/run/docker.sock";
/// The name of the context that is none.
const NONE: &str = "default";

/// Where Docker listens. A host that is named goes before a context, as it does for Docker's own command line.
pub(super) fn docker(options: &DaemonOptions) -> Result<Endpoint, DaemonError> {
    let docker = &options.docker;
    if let Some(host) = docker.host.as_deref().filter(|host| !host.is_empty()) {
        return parse(host, named_tls(docker), &said("DOCKER_HOST"));
    }
    match context(docker)? {
        Some(name) => read_context(docker, &name),
        None => Ok(Endpoint::Socket(PathBuf::from(USUAL))),
    }
}

/// What says where Docker listens.
pub(super) fn docker_by(options: &DaemonOptions) -> String {
    let docker = &options.docker;
    if docker.host.as_deref().is_some_and(|host| !host.is_empty()) {
        return "DOCKER_HOST".to_owned();
    }
    match context(docker) {
        Ok(Some(name)) => format!("the Docker context `{name}`"),
        Ok(None) => "the usual place".to_owned(),
        Err(_) => "Docker's configuration".to_owned(),
    }
}

fn said(variable: &str) -> Said<'_> {
    Said { engine: DOCKER.name, program: DOCKER.program, variable }
}

/// The certificates for a host that is named: without `DOCKER_CERT_PATH` they lie beside the configuration.
fn named_tls(docker: &DockerOptions) -> Option<Tls> {
    let trust = match docker.tls {
        DockerTls::Off => return None,
        DockerTls::Unverified => Trust::Anybody,
        DockerTls::Verified => Trust::Verified,
    };
    let folder = docker.certificates.as_ref().or(docker.config.as_ref());
    Some(folder.map(|folder| tls_in(folder, trust)).unwrap_or(Tls { trust, ..Tls::default() }))
}

fn tls_in(folder: &Path, trust: Trust) -> Tls {
    let file = |name: &str| Some(folder.join(name)).filter(|path| path.exists());
    Tls { ca: file("ca.pem"), certificate: file("cert.pem"), key: file("key.pem"), trust }
}

/// The context that is chosen, unless it is none.
fn context(docker: &DockerOptions) -> Result<Option<String>, DaemonError> {
    let chosen = match docker.context.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(name.to_owned()),
        None => current(docker)?,
    };
    Ok(chosen.filter(|name| name != NONE))
}

/// `currentContext` of `config.json`.
fn current(docker: &DockerOptions) -> Result<Option<String>, DaemonError> {
    let Some(path) = docker.config.as_ref().map(|folder| folder.join("config.json")) else { return Ok(None) };
    let Some(config) = read_json(&path)? else { return Ok(None) };
    let name = config.get("currentContext").and_then(Value::as_str).filter(|name| !name.is_empty());
    Ok(name.map(str::to_owned))
}

/// What a context says. Its folder is named by the digest of its name.
fn read_context(docker: &DockerOptions, name: &str) -> Result<Endpoint, DaemonError> {
    let unknown = || DaemonError::Setting(format!("there is no Docker context `{name}`"));
    let contexts = docker.config.as_ref().map(|folder| folder.join("contexts")).ok_or_else(unknown)?;
    let digest = Digest::of(name.as_bytes());
    let meta = contexts.join("meta").join(digest.hex()).join("meta.json");
    let value = read_json(&meta)?.ok_or_else(unknown)?;
    let endpoint = value.pointer("/Endpoints/docker").cloned().unwrap_or_default();
    let host = endpoint.get("Host").and_then(Value::as_str).unwrap_or_default();
    let anybody = endpoint.get("SkipTLSVerify").and_then(Value::as_bool) == Some(true);
    let trust = if anybody { Trust::Anybody } else { Trust::Verified };
    let folder = contexts.join("tls").join(digest.hex()).join("docker");
    let tls = (folder.is_dir() || anybody).then(|| tls_in(&folder, trust));
    parse(host, tls, &said(&format!("the host of the Docker context `{name}`")))
}

fn read_json(path: &Path) -> Result<Option<Value>, DaemonError> {
    let wrong = |why: &str| DaemonError::Setting(format!("cannot read {}: {why}", path.display()));
    let bytes = match fs::read(path) {
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        read => read.map_err(|e| wrong(&e.to_string()))?,
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| wrong(&format!("it is no JSON at line {}", e.line())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(docker: DockerOptions) -> String {
        let found = super::docker(&DaemonOptions { docker, ..DaemonOptions::default() });
        found.map_or_else(|error| error.to_string(), |endpoint| format!("{endpoint:?}"))
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A configuration with the contexts `far` (TLS) and `near`, which is the current one.
    fn config() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("config.json"), r#"{"currentContext": "near"}"#);
        for (name, host) in [("far", "tcp://far.example:2376"), ("near", "unix:///run/near.sock")] {
            let hex = Digest::of(name.as_bytes()).hex().to_owned();
            let meta = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#);
            write(&dir.path().join("contexts/meta").join(&hex).join("meta.json"), &meta);
            if name == "far" {
                write(&dir.path().join("contexts/tls").join(&hex).join("docker/ca.pem"), "x");
            }
        }
        dir
    }

    #[test]
    fn a_host_goes_before_a_context_and_a_context_before_the_usual_socket() {
        let dir = config();
        let config = Some(dir.path().to_owned());
        let docker = DockerOptions { config: config.clone(), ..DockerOptions::default() };
        assert!(name(docker.clone()).contains("/run/near.sock"));
        let far = name(DockerOptions { context: Some("far".into()), ..docker.clone() });
        assert!(
            far.contains("far.example:2376") && far.contains("ca.pem") && far.contains("Verified"),
            "{far}"
        );
        let host = Some("unix:///x.sock".to_owned());
        let both = DockerOptions { host, context: Some("far".into()), ..docker.clone() };
        assert!(name(both).contains("/x.sock"));
        let none = DockerOptions { context: Some("default".into()), ..docker.clone() };
        assert!(name(none).contains(USUAL));
        assert!(name(DockerOptions::default()).contains(USUAL));
        let wrong = DockerOptions { context: Some("none".into()), ..docker };
        assert_eq!(name(wrong), "there is no Docker context `none`");
    }

    #[test]
    fn a_host_speaks_tls_only_if_the_environment_says_so() {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("ca.pem"), "x");
        let host = Some("tcp://h".to_owned());
        let off = DockerOptions { host, certificates: Some(dir.path().into()), ..DockerOptions::default() };
        assert!(name(off.clone()).contains("h:2375"));
        let on = name(DockerOptions { tls: DockerTls::Verified, ..off.clone() });
        assert!(on.contains("h:2376") && on.contains("ca.pem") && on.contains("Verified"), "{on}");
        assert!(name(DockerOptions { tls: DockerTls::Unverified, ..off }).contains("Anybody"));
    }

    #[test]
    fn a_configuration_that_is_no_json_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("config.json"), "{secret");
        let docker = DockerOptions { config: Some(dir.path().into()), ..DockerOptions::default() };
        let said = name(docker);
        assert!(said.contains("config.json") && !said.contains("secret"), "{said}");
    }
}
