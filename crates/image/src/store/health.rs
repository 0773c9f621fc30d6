//! Whether what stores need is in order: daemons, credential helpers, certificates. For a check-up; nothing is scanned.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::daemon::{DOCKER, Daemon, Engine, PODMAN};
use super::registry::{self, certificates, helper_servers};
use super::{DaemonError, Options};

/// A daemon, and what it answered.
#[derive(Debug)]
pub struct DaemonHealth {
    /// `Docker` or `Podman`.
    pub engine: &'static str,
    /// What led to it: a variable, a context, the usual place.
    pub found_by: String,
    /// Where it listens, if that could be told.
    pub at: Option<String>,
    /// What it says about itself.
    pub answer: Result<DaemonFacts, DaemonError>,
}

/// What a daemon says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DaemonFacts {
    /// Its version.
    pub version: String,
    /// `os/architecture`.
    pub platform: String,
    /// What keeps its images.
    pub driver: String,
    /// Whether containerd keeps them, with indexes and attestations.
    pub containerd: bool,
}

/// A credential helper, and the servers that it knows a login for.
#[derive(Debug)]
pub struct HelperHealth {
    /// `docker-credential-NAME`.
    pub program: String,
    /// The servers, or why it cannot be asked. Never a value.
    pub servers: Result<Vec<String>, String>,
}

/// Whose certificates are believed.
#[derive(Debug, Default)]
pub struct TrustHealth {
    /// How many authorities the system names; Mozilla's are used if none.
    pub system: usize,
    /// The registries that have certificates of their own, and those that cannot be used.
    pub registries: Vec<(String, Result<usize, String>)>,
}

/// Asks Docker and Podman how they are.
#[must_use]
pub fn daemons(options: &Options) -> Vec<DaemonHealth> {
    [(&DOCKER, docker_facts as fn(&Value) -> DaemonFacts), (&PODMAN, podman_facts)]
        .map(|(engine, facts)| daemon(engine, facts, options))
        .into()
}

/// Asks Docker how it is.
#[must_use]
pub fn docker(options: &Options) -> DaemonHealth {
    daemon(&DOCKER, docker_facts, options)
}

/// Whether there is a socket where Docker is, or a host is named. Nobody is asked: that could take long.
#[must_use]
pub fn docker_may_answer(options: &Options) -> bool {
    let at = DOCKER.whereabouts(&options.daemons).1;
    at.is_some_and(|at| at.strip_prefix("unix://").is_none_or(|path| Path::new(path).exists()))
}

fn daemon(engine: &'static Engine, facts: fn(&Value) -> DaemonFacts, options: &Options) -> DaemonHealth {
    let answer = Daemon::reach(engine, options).and_then(|daemon| daemon.json("/info"));
    let answer = answer.map(|bytes| facts(&serde_json::from_slice(&bytes).unwrap_or_default()));
    let (found_by, at) = engine.whereabouts(&options.daemons);
    DaemonHealth { engine: engine.name, found_by, at, answer }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Source: Docker Engine API, "Get system information".
fn docker_facts(info: &Value) -> DaemonFacts {
    let status = info.get("DriverStatus").and_then(Value::as_array).into_iter().flatten();
    let containerd = |pair: &Value| text(pair, "/1").starts_with("io.containerd.snapshotter");
    DaemonFacts {
        version: text(info, "/ServerVersion"),
        platform: format!("{}/{}", text(info, "/OSType"), text(info, "/Architecture")),
        driver: text(info, "/Driver"),
        containerd: status.into_iter().any(containerd),
    }
}

/// Source: Podman's API, "libpod", "Get info".
fn podman_facts(info: &Value) -> DaemonFacts {
    DaemonFacts {
        version: text(info, "/version/Version"),
        platform: format!("{}/{}", text(info, "/host/os"), text(info, "/host/arch")),
        driver: text(info, "/store/graphDriverName"),
        containerd: false,
    }
}

/// Asks the credential helpers that a configuration of Docker names which servers they know.
#[must_use]
pub fn helpers(config: &Value, programs: &[PathBuf]) -> Vec<HelperHealth> {
    let store = config.get("credsStore").and_then(Value::as_str).filter(|name| !name.is_empty());
    let of_servers = config.get("credHelpers").and_then(Value::as_object).into_iter().flatten();
    let mut names: Vec<&str> =
        store.into_iter().chain(of_servers.filter_map(|(_, name)| name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    let ask = |name: &&str| HelperHealth {
        program: format!("docker-credential-{name}"),
        servers: helper_servers(name, programs),
    };
    names.iter().map(ask).collect()
}

/// Looks at the certificates of the system and in the folders of registries.
#[must_use]
pub fn trust(options: &Options) -> TrustHealth {
    let folders = &options.registry.certificates;
    let listed = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut registries: Vec<_> = listed.filter_map(|host| of_registry(&host.path())).collect();
    registries.sort();
    let own = options
        .registry
        .ca
        .as_ref()
        .map(|path| (path.display().to_string(), certificates(path).map(|c| c.len())));
    registries.extend(own);
    TrustHealth { system: registry::system_authorities(), registries }
}

/// The authorities in the folder of a registry, `host[:port]`.
fn of_registry(folder: &Path) -> Option<(String, Result<usize, String>)> {
    let host = folder.file_name()?.to_str()?.to_owned();
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|file| file.path());
    let authorities = files.filter(|path| path.extension().is_some_and(|end| end == "crt"));
    let counts: Result<Vec<usize>, String> =
        authorities.map(|path| certificates(&path).map(|c| c.len())).collect();
    Some((host, counts.map(|counts| counts.iter().sum())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_store_of_docker_is_told_from_its_driver() {
        let status = json!([["driver-type", "io.containerd.snapshotter.v1"]]);
        let new = json!({"ServerVersion": "28.5", "OSType": "linux", "Architecture": "x86_64", "Driver": "overlayfs", "DriverStatus": status});
        let facts = docker_facts(&new);
        assert_eq!(
            (facts.version.as_str(), facts.platform.as_str(), facts.containerd),
            ("28.5", "linux/x86_64", true)
        );
        let old = json!({"Driver": "overlay2", "DriverStatus": [["Backing Filesystem", "extfs"]]});
        assert!(!docker_facts(&old).containerd);
        assert!(!docker_facts(&json!({})).containerd);
    }

    #[test]
    fn helpers_are_asked_once_each_and_a_missing_one_is_told() {
        let config = json!({"credsStore": "none-such", "credHelpers": {"a.example": "none-such", "b.example": "other"}});
        let told = helpers(&config, &[]);
        assert_eq!(told.len(), 2);
        assert!(told[0].servers.as_ref().unwrap_err().contains("no program docker-credential-none-such"));
    }

    #[test]
    fn certificates_of_registries_are_counted_and_broken_ones_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("r.example:5000")).unwrap();
        std::fs::write(dir.path().join("r.example:5000/ca.crt"), "none").unwrap();
        let mut options = Options::default();
        options.registry.certificates = vec![dir.path().join("none"), dir.path().to_owned()];
        let told = trust(&options);
        assert_eq!(told.registries.len(), 1);
        assert!(told.registries[0].0 == "r.example:5000" && told.registries[0].1.is_err());
    }

    #[test]
    fn a_daemon_that_is_not_there_is_told_with_where_it_was_looked_for() {
        let mut options = Options::default();
        options.daemons.docker.host = Some("unix:///nowhere/docker.sock".to_owned());
        let told = daemons(&options);
        let docker = told.iter().find(|daemon| daemon.engine == "Docker").unwrap();
        assert_eq!(
            (docker.found_by.as_str(), docker.at.as_deref()),
            ("DOCKER_HOST", Some("unix:///nowhere/docker.sock"))
        );
        assert!(matches!(docker.answer, Err(DaemonError::Unreachable { .. })));
    }
}
