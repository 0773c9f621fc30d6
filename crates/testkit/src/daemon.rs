//! A daemon in this process, on a unix socket: as much of Docker and Podman as gives out images and containers.
//!
//! Sources: Docker Engine API; Podman's API, "libpod".

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::faults::{Wrong, spoil};
use crate::http::{Reply, Request, Server, SocketServer};
use crate::tls::{self, Papers};

/// Whose interface it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Docker's.
    Docker,
    /// Podman's own.
    Podman,
}

/// A container.
#[derive(Clone, Debug, Default)]
pub struct Inmate {
    /// What `inspect` shows.
    pub settings: Value,
    /// What it changed: `[{"Path": "/x", "Kind": 1}]`, or `null`.
    pub changes: Value,
    /// Its whole file system as an archive.
    pub export: Vec<u8>,
    /// What is there and in no archive, by path, with its mode as Go writes it.
    pub stats: BTreeMap<String, u64>,
}

/// What it holds.
#[derive(Debug, Default)]
struct Holds {
    images: BTreeMap<String, Vec<u8>>,
    info: Option<Value>,
    about: BTreeMap<String, Value>,
    inmates: BTreeMap<String, Inmate>,
    wrong: Option<Wrong>,
    asked: Vec<String>,
}

/// A daemon. It ends when this is dropped.
pub struct Daemon {
    holds: Arc<Mutex<Holds>>,
    server: SocketServer,
    _folder: TempDir,
}

impl Daemon {
    /// A daemon that holds nothing.
    #[must_use]
    pub fn start(dialect: Dialect) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let holds = Arc::new(Mutex::new(Holds::default()));
        let held = Arc::clone(&holds);
        let answer = move |request: &Request| {
            let mut holds = held.lock().unwrap_or_else(PoisonError::into_inner);
            holds.asked.push(format!("{} {}", request.method, request.path));
            reply(&holds, dialect, request)
        };
        let server = SocketServer::start(Arc::new(answer), &folder.path().join("daemon.sock"));
        Self { holds, server, _folder: folder }
    }

    fn change(self, change: impl FnOnce(&mut Holds)) -> Self {
        change(&mut self.holds.lock().unwrap_or_else(PoisonError::into_inner));
        self
    }

    /// Holds an image: an archive as this daemon writes it.
    #[must_use]
    pub fn image(self, name: &str, archive: Vec<u8>) -> Self {
        self.change(|holds| drop(holds.images.insert(name.to_owned(), archive)))
    }

    /// What it says about itself.
    #[must_use]
    pub fn info(self, said: Value) -> Self {
        self.change(|holds| holds.info = Some(said))
    }

    /// What `inspect` shows of an image.
    #[must_use]
    pub fn about(self, name: &str, said: Value) -> Self {
        self.change(|holds| drop(holds.about.insert(name.to_owned(), said)))
    }

    /// Holds a container.
    #[must_use]
    pub fn inmate(self, name: &str, inmate: Inmate) -> Self {
        self.change(|holds| drop(holds.inmates.insert(name.to_owned(), inmate)))
    }

    /// Lets every archive that it sends go wrong.
    #[must_use]
    pub fn wrong(self, wrong: Wrong) -> Self {
        self.change(|holds| holds.wrong = Some(wrong))
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.server.path.clone()
    }

    /// Where it listens, as an address.
    #[must_use]
    pub fn host(&self) -> String {
        format!("unix://{}", self.server.path.display())
    }

    /// What it was asked: `GET /images/app:1/get`.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }
}

/// A Docker on a port of the loopback interface, with TLS, that lets in only who has a certificate.
pub struct SecureDaemon(Server);

impl SecureDaemon {
    /// One that holds an image, and what it takes to be let in.
    #[must_use]
    pub fn start(name: &str, archive: Vec<u8>) -> (Self, Papers) {
        let (config, papers) = tls::mutual();
        let holds = Holds { images: [(name.to_owned(), archive)].into(), ..Holds::default() };
        let answer = move |request: &Request| reply(&holds, Dialect::Docker, request);
        (Self(Server::start_with(Arc::new(answer), Some(config))), papers)
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> String {
        self.0.address.to_string()
    }
}

fn reply(holds: &Holds, dialect: Dialect, request: &Request) -> Reply {
    let path = match dialect {
        Dialect::Docker => Some(request.path.as_str()),
        Dialect::Podman if request.path == "/libpod/_ping" => {
            return Reply::new(200, "text/plain", "OK").header("Libpod-Api-Version", "4.3.1");
        }
        Dialect::Podman => request.path.strip_prefix("/v4.3.1/libpod"),
    };
    if let Some(info) = holds.info.as_ref().filter(|_| path == Some("/info")) {
        return Reply::new(200, "application/json", info.to_string());
    }
    let answer = path.and_then(|path| {
        image(holds, path, request.query.as_str(), dialect).or_else(|| container(holds, path, request))
    });
    answer.unwrap_or_else(|| missing("page not found"))
}

fn missing(what: &str) -> Reply {
    Reply::new(404, "application/json", json!({ "message": what }).to_string())
}

fn image(holds: &Holds, path: &str, query: &str, dialect: Dialect) -> Option<Reply> {
    let name = path.strip_prefix("/images/")?;
    if let Some(said) = name.strip_suffix("/json").map(|name| holds.about.get(name)) {
        return Some(said.map_or_else(
            || missing("no such image"),
            |said| Reply::new(200, "application/json", said.to_string()),
        ));
    }
    let name = name.strip_suffix("/get")?;
    // Podman's other formats leave annotations out.
    if dialect == Dialect::Podman && query != "format=oci-archive" {
        return Some(missing("another format"));
    }
    Some(match holds.images.get(name) {
        Some(archive) => stream(holds, path, archive),
        None => missing(&format!("No such image: {name}")),
    })
}

fn stream(holds: &Holds, path: &str, archive: &[u8]) -> Reply {
    let reply = Reply::new(200, "application/x-tar", archive);
    match &holds.wrong {
        Some(wrong) => spoil(reply, wrong, path),
        None => reply,
    }
}

fn container(holds: &Holds, path: &str, request: &Request) -> Option<Reply> {
    let (name, what) = path.strip_prefix("/containers/")?.split_once('/')?;
    let Some(inmate) = holds.inmates.get(name) else {
        return Some(missing(&format!("No such container: {name}")));
    };
    let json = |value: &Value| Reply::new(200, "application/json", value.to_string());
    match what {
        "json" => Some(json(&inmate.settings)),
        "changes" => Some(json(&inmate.changes)),
        "export" => Some(stream(holds, path, &inmate.export)),
        "archive" => Some(stat(inmate, request.query.strip_prefix("path=").unwrap_or_default())),
        _ => None,
    }
}

fn stat(inmate: &Inmate, path: &str) -> Reply {
    use base64::Engine as _;
    let Some(mode) = inmate.stats.get(path) else { return missing("no such file") };
    let stat = json!({"name": path, "size": 0, "mode": mode}).to_string();
    let stat = base64::engine::general_purpose::STANDARD.encode(stat);
    Reply::new(200, "application/x-tar", "").header("X-Docker-Container-Path-Stat", stat)
}
