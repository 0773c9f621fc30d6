//! Where a daemon listens: a socket on this machine, or a host with or without TLS.

use std::path::PathBuf;

use super::super::DaemonOptions;
use super::{DaemonError, PODMAN};

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A socket on this machine.
    Socket(PathBuf),
    /// `host:port`, perhaps with a path behind it.
    Host { address: String, tls: Option<Tls> },
}

/// How a host proves who it is, and we who we are. Files that are not there are done without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tls {
    /// The only authority that is believed; the system's if there is none.
    pub(super) ca: Option<PathBuf>,
    /// Our certificate.
    pub(super) certificate: Option<PathBuf>,
    /// Its key.
    pub(super) key: Option<PathBuf>,
    /// Whether anybody is believed.
    pub(super) trust: Trust,
}

/// Who is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Trust {
    /// Who has a certificate of the authority.
    #[default]
    Verified,
    /// Everybody: the user said so.
    Anybody,
}

impl Endpoint {
    /// What a person knows it by. A password in the address is not shown.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Socket(path) => format!("unix://{}", path.display()),
            Self::Host { address, .. } => format!("tcp://{address}"),
        }
    }

    /// Whether it is on this machine.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Host { address, .. } => {
                let host = host_of(address);
                host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        }
    }
}

fn host_of(address: &str) -> &str {
    let authority = address.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

/// Reads `unix://PATH`, `tcp://HOST[:PORT]` and the like.
pub(super) fn parse(text: &str, tls: Option<Tls>, from: &Said<'_>) -> Result<Endpoint, DaemonError> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(DaemonError::Setting(format!("{} is no address: it has no `://`", from.variable)));
    };
    // The word before the `@` may hold a password.
    let bare = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    match scheme {
        "unix" if !rest.is_empty() => Ok(Endpoint::Socket(PathBuf::from(rest))),
        "tcp" | "http" | "https" if !bare.is_empty() => {
            let tls = if scheme == "https" { Some(tls.unwrap_or_default()) } else { tls };
            Ok(Endpoint::Host { address: with_port(bare, tls.as_ref()), tls })
        }
        "ssh" | "npipe" | "fd" => Err(DaemonError::Transport {
            engine: from.engine,
            program: from.program,
            at: format!("{scheme}://{bare}"),
            scheme: scheme.to_owned(),
        }),
        _ => Err(DaemonError::Setting(format!("{} is no address of {}", from.variable, from.engine))),
    }
}

/// Who says an address.
pub(super) struct Said<'s> {
    pub(super) engine: &'static str,
    pub(super) program: &'static str,
    /// The variable or context that holds it.
    pub(super) variable: &'s str,
}

/// Docker's ports are 2375 without and 2376 with TLS.
fn with_port(address: &str, tls: Option<&Tls>) -> String {
    let address = address.trim_end_matches('/');
    let (authority, path) = match address.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (address, String::new()),
    };
    let has_port =
        authority.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let usual = if tls.is_some() { ":2376" } else { ":2375" };
    let port = if has_port { "" } else { usual };
    format!("{authority}{port}{path}")
}

/// Podman's socket: the one that is named, or the user's own before that of the machine.
pub(super) fn podman(options: &DaemonOptions) -> Result<Endpoint, DaemonError> {
    let podman = &options.podman;
    if let Some(host) = podman.host.as_deref().filter(|host| !host.is_empty()) {
        let from = Said { engine: PODMAN.name, program: PODMAN.program, variable: "CONTAINER_HOST" };
        return parse(host, None, &from);
    }
    let there = podman.sockets.iter().find(|socket| socket.exists()).or_else(|| podman.sockets.last());
    let nowhere = || DaemonError::Setting("nothing says where Podman's socket is".to_owned());
    there.cloned().map(Endpoint::Socket).ok_or_else(nowhere)
}

/// What says where Podman listens.
pub(super) fn podman_by(options: &DaemonOptions) -> String {
    let named = options.podman.host.as_deref().is_some_and(|host| !host.is_empty());
    if named { "CONTAINER_HOST" } else { "the usual place" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, tls: Option<Tls>) -> Result<String, DaemonError> {
        let from = Said { engine: "Docker", program: "docker", variable: "DOCKER_HOST" };
        parse(text, tls, &from).map(|endpoint| format!("{} {}", endpoint.name(), endpoint.is_local()))
    }

    #[test]
    fn addresses_are_read_as_docker_reads_them() {
        let tls = || Some(Tls::default());
        assert_eq!(read("unix:///var/run/docker.sock", None).unwrap(), "unix:///var/run/docker.sock true");
        assert_eq!(read("tcp://10.0.0.1", None).unwrap(), "tcp://10.0.0.1:2375 false");
        assert_eq!(read("tcp://docker.example", tls()).unwrap(), "tcp://docker.example:2376 false");
        assert_eq!(read("tcp://[::1]:99/", None).unwrap(), "tcp://[::1]:99 true");
        assert_eq!(read("tcp://[::1]", None).unwrap(), "tcp://[::1]:2375 true");
        assert_eq!(read("https://localhost:1/a", None).unwrap(), "tcp://localhost:1/a true");
    }

    #[test]
    fn what_is_not_spoken_is_refused_by_name_and_without_a_password() {
        let error = read("ssh://me:word@far.example", None).unwrap_err();
        assert_eq!(error.to_string(), "Docker is at ssh://far.example, and tightlip does not speak ssh");
        assert!(error.help().contains("docker save NAME | tightlip scan -"));
        assert!(read("npipe:////./pipe/docker_engine", None).unwrap_err().help().contains("docker save"));
        for text in ["", "/var/run/docker.sock", "gopher://x", "tcp://", "unix://"] {
            assert!(matches!(read(text, None), Err(DaemonError::Setting(_))), "{text}");
        }
    }

    #[test]
    fn podman_listens_where_it_is_said_or_where_a_socket_is() {
        let dir = tempfile::tempdir().unwrap();
        let (own, machine) = (dir.path().join("own.sock"), dir.path().join("machine.sock"));
        let mut options = DaemonOptions::default();
        assert!(podman(&options).is_err());
        options.podman.sockets = vec![own.clone(), machine.clone()];
        assert_eq!(podman(&options).unwrap(), Endpoint::Socket(machine));
        std::fs::write(&own, "").unwrap();
        assert_eq!(podman(&options).unwrap(), Endpoint::Socket(own));
        options.podman.host = Some("tcp://h:1".to_owned());
        assert_eq!(podman(&options).unwrap().name(), "tcp://h:1");
    }
}
