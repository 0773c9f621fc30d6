//! A registry in this process: serves bundles under names, asks for logins, lists referrers, counts what was read,
//! and fails as it is told to.
//!
//! ```
//! use tightlip_testkit::{Bundle, Habits, ImageBuilder, Registry};
//!
//! let registry = Registry::start(Habits::default());
//! registry.push("app", "1", &Bundle::of(ImageBuilder::new().file("a", "b").build()));
//! assert!(registry.name("app:1").ends_with("/app:1"));
//! ```

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Bundle;
use crate::builder::digest;
use crate::faults::{At, Fault, Faults, Wrong, spoil};
use crate::habits::{Habits, Lists, Login, Ranges, Referrers};
use crate::http::{Reply, Request, Server};
use crate::tls;

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `Range`.
    pub range: Option<String>,
    /// The status of the answer.
    pub status: u16,
}

/// A running registry. It ends when this is dropped.
pub struct Registry {
    server: Server,
    shared: Arc<Shared>,
}

/// A second host that holds the same blobs and asks for no login, as content delivery networks do.
pub struct Elsewhere {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Default)]
struct Shared {
    habits: Habits,
    content: Mutex<Content>,
    asked: Mutex<Vec<Asked>>,
    faults: Faults,
    tokens: Mutex<HashSet<String>>,
    issued: AtomicUsize,
}

#[derive(Default)]
struct Content {
    manifests: BTreeMap<(String, String), Vec<u8>>,
    tags: BTreeMap<(String, String), String>,
    blobs: BTreeMap<String, Vec<u8>>,
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

impl Registry {
    /// Starts a registry without an image.
    #[must_use]
    pub fn start(habits: Habits) -> Self {
        let shared = Arc::new(Shared { habits, ..Shared::default() });
        let own = Arc::clone(&shared);
        Self { server: Server::start(Arc::new(move |request| own.answer(request))), shared }
    }

    /// Starts a registry that speaks TLS alone. Gives the certificate of its authority in PEM.
    #[must_use]
    pub fn start_tls(habits: Habits) -> (Self, String) {
        let shared = Arc::new(Shared { habits, ..Shared::default() });
        let own = Arc::clone(&shared);
        let (config, authority) = tls::authority();
        let handler = Arc::new(move |request: &Request| own.answer(request));
        (Self { server: Server::start_with(handler, Some(config)), shared }, authority)
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> String {
        self.server.address.to_string()
    }

    /// The full name of an image in it.
    #[must_use]
    pub fn name(&self, name: &str) -> String {
        format!("{}/{name}", self.host())
    }

    /// Stores everything of a bundle; the tag is that of its index. Gives the digest of the index.
    pub fn push(&self, repository: &str, tag: &str, bundle: &Bundle) -> String {
        let mut index = Vec::new();
        for (path, bytes) in bundle.oci_files() {
            match path.as_str() {
                "index.json" => index = bytes,
                "oci-layout" => {}
                _ if is_manifest(&bytes) => drop(self.push_manifest(repository, None, bytes)),
                _ => drop(self.push_blob(bytes)),
            }
        }
        self.push_manifest(repository, Some(tag), index)
    }

    /// Stores a manifest or index, perhaps under a tag. Gives its digest.
    pub fn push_manifest(&self, repository: &str, tag: Option<&str>, bytes: Vec<u8>) -> String {
        let digest = digest(&bytes);
        let mut content = self.shared.content();
        content.manifests.insert((repository.to_owned(), digest.clone()), bytes);
        if let Some(tag) = tag {
            content.tags.insert((repository.to_owned(), tag.to_owned()), digest.clone());
        }
        digest
    }

    /// Stores a blob. Gives its digest.
    pub fn push_blob(&self, bytes: Vec<u8>) -> String {
        let digest = digest(&bytes);
        self.shared.content().blobs.insert(digest.clone(), bytes);
        digest
    }

    /// Takes a manifest away, and the tags that name it.
    pub fn forget(&self, repository: &str, digest: &str) {
        let mut content = self.shared.content();
        content.manifests.remove(&(repository.to_owned(), digest.to_owned()));
        content.tags.retain(|(name, _), named| name != repository || named != digest);
    }

    /// Takes a repository away, with all that is in it.
    pub fn forget_all(&self, repository: &str) {
        let mut content = self.shared.content();
        content.manifests.retain(|(name, _), _| name != repository);
        content.tags.retain(|(name, _), _| name != repository);
    }

    /// The digests of all blobs.
    #[must_use]
    pub fn blobs(&self) -> Vec<String> {
        self.shared.content().blobs.keys().cloned().collect()
    }

    /// Takes a blob away.
    pub fn lose(&self, digest: &str) {
        self.shared.content().blobs.remove(digest);
    }

    /// Stores an artifact of one layer and gives the manifest: under its digest, with a `subject` if one is named.
    pub fn artifact(&self, repository: &str, subject: Option<&str>, layer: (&str, &[u8])) -> Vec<u8> {
        let config = self.push_blob(b"{}".to_vec());
        let (media_type, bytes) = layer;
        let blob = self.push_blob(bytes.to_vec());
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.test.report",
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": config, "size": 2},
            "layers": [{"mediaType": media_type, "digest": blob, "size": bytes.len()}],
        });
        if let Some(subject) = subject {
            manifest["subject"] = json!({"mediaType": INDEX, "digest": subject, "size": 2});
        }
        let bytes = serde_json::to_vec(&manifest).unwrap();
        self.push_manifest(repository, None, bytes.clone());
        bytes
    }

    /// Lets something go wrong from now on.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often a blob or manifest was asked for.
    #[must_use]
    pub fn reads(&self, digest: &str) -> usize {
        let read = |asked: &&Asked| asked.path.ends_with(digest) && !asked.path.contains("/referrers/");
        self.asked().iter().filter(read).count()
    }

    /// Starts a second host with the blobs of this registry.
    #[must_use]
    pub fn elsewhere(&self) -> Elsewhere {
        let (shared, asked) = (Arc::clone(&self.shared), Arc::new(Mutex::default()));
        let log = Arc::clone(&asked);
        let answer = move |request: &Request| {
            let reply = shared.blob(request, last(&request.path));
            note(&log, request, reply.status);
            reply
        };
        Elsewhere { server: Server::start(Arc::new(answer)), asked }
    }
}

impl Elsewhere {
    /// `http://host:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tokens(&self) -> MutexGuard<'_, HashSet<String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request) -> Reply {
        let wrong = self.faults.next(|at| is_at(at, &request.path));
        if wrong == Some(Wrong::Expired) {
            self.tokens().clear();
        }
        let mut reply = match self.refusal(request) {
            Some(refusal) => refusal,
            None => self.content_of(request),
        };
        if let Some(wrong) = wrong.filter(|_| reply.status != 401) {
            reply = spoil(reply, &wrong, &request.path);
        }
        note(&self.asked, request, reply.status);
        reply
    }

    fn content_of(&self, request: &Request) -> Reply {
        if request.path == "/token" {
            return self.token(request);
        }
        let Some(rest) = request.path.strip_prefix("/v2/") else { return error(404, "UNSUPPORTED") };
        if rest.is_empty() {
            return Reply::new(200, "application/json", "{}");
        }
        if rest == "_catalog" {
            return self.repositories(request);
        }
        let parts: Vec<&str> = rest.rsplitn(3, '/').collect();
        if request.method == "POST" || request.method == "PUT" {
            return self.take(request, rest);
        }
        match parts.as_slice() {
            ["list", "tags", name] => self.tags(request, name),
            [wanted, "manifests", name] => self.manifest(name, wanted),
            [wanted, "blobs", _] => self.blob(request, wanted),
            [wanted, "referrers", name] => self.list(request, name, wanted),
            _ => error(404, "UNSUPPORTED"),
        }
    }

    /// Why the request is not answered, if so.
    fn refusal(&self, request: &Request) -> Option<Reply> {
        if request.path == "/token" {
            return None;
        }
        let given = request.header("authorization").unwrap_or_default();
        let host = request.header("host").unwrap_or_default();
        let challenge = match &self.habits.login {
            Login::Open => return None,
            Login::Basic(user, password) if given == basic(user, password) => return None,
            Login::Basic(..) => "Basic realm=\"test\"".to_owned(),
            _ if given.strip_prefix("Bearer ").is_some_and(|token| self.tokens().contains(token)) => {
                return None;
            }
            // A realm without a scheme is at the registry itself.
            _ => format!("Bearer realm=\"//{host}/token\",service=\"test\",scope=\"repository:x:pull\""),
        };
        Some(error(401, "UNAUTHORIZED").header("WWW-Authenticate", challenge))
    }

    fn token(&self, request: &Request) -> Reply {
        let given = request.header("authorization").unwrap_or_default();
        let good = match &self.habits.login {
            Login::TokenFor(user, password) => given == basic(user, password),
            Login::TokenOf(identity) => {
                request.method == "POST"
                    && request.text().contains("grant_type=refresh_token")
                    && request.text().contains(&format!("refresh_token={identity}"))
            }
            _ => request.query.contains("scope="),
        };
        if !good {
            return error(401, "UNAUTHORIZED");
        }
        let token = format!("t{}", self.issued.fetch_add(1, Ordering::Relaxed));
        self.tokens().insert(token.clone());
        Reply::new(200, "application/json", json!({ "access_token": token, "expires_in": 60 }).to_string())
    }

    fn manifest(&self, name: &str, wanted: &str) -> Reply {
        let content = self.content();
        let key = |text: &str| (name.to_owned(), text.to_owned());
        let digest = content.tags.get(&key(wanted)).cloned().unwrap_or_else(|| wanted.to_owned());
        match content.manifests.get(&key(&digest)) {
            Some(bytes) => {
                Reply::new(200, &media_type(bytes), bytes.clone()).header("Docker-Content-Digest", digest)
            }
            None if content.manifests.keys().any(|(repository, _)| repository == name) => {
                error(404, "MANIFEST_UNKNOWN")
            }
            None => error(404, "NAME_UNKNOWN"),
        }
    }

    fn blob(&self, request: &Request, wanted: &str) -> Reply {
        let content = self.content();
        let Some(bytes) = content.blobs.get(wanted) else { return error(404, "BLOB_UNKNOWN") };
        let range = request.header("range").filter(|_| self.habits.ranges == Ranges::Given);
        let range = range.and_then(|text| text.strip_prefix("bytes=")?.split_once('-'));
        let whole = || Reply::new(200, "application/octet-stream", bytes.clone());
        let Some((first, last)) = range else { return whole() };
        let first: usize = first.parse().unwrap_or(0);
        let end = last.parse().map_or(bytes.len(), |last: usize| (last + 1).min(bytes.len()));
        let Some(part) = bytes.get(first..end) else { return error(416, "RANGE") };
        let header = format!("bytes {first}-{}/{}", end.saturating_sub(1), bytes.len());
        Reply::new(206, "application/octet-stream", part).header("Content-Range", header)
    }

    /// The push half: uploads in one piece, and manifests.
    fn take(&self, request: &Request, rest: &str) -> Reply {
        let stored = |digest: &str| Reply::new(201, "text/plain", "").header("Docker-Content-Digest", digest);
        if let Some(name) = rest.strip_suffix("/blobs/uploads/") {
            let place = format!("/v2/{name}/blobs/uploads/one?_state=a%3Db");
            return Reply::new(202, "text/plain", "").header("Location", place);
        }
        let own = digest(&request.body);
        if rest.ends_with("/blobs/uploads/one") {
            let named = request.query.contains(&format!("digest={}", own.replace(':', "%3A")));
            if !named || !request.query.contains("_state=a%3Db") {
                return error(400, "DIGEST_INVALID");
            }
            self.content().blobs.insert(own.clone(), request.body.clone());
            return stored(&own);
        }
        let Some((name, wanted)) = rest.rsplit_once("/manifests/") else { return error(404, "UNSUPPORTED") };
        let mut content = self.content();
        content.manifests.insert((name.to_owned(), own.clone()), request.body.clone());
        if !wanted.starts_with("sha256:") {
            content.tags.insert((name.to_owned(), wanted.to_owned()), own.clone());
        } else if wanted != own {
            return error(400, "DIGEST_INVALID");
        }
        stored(&own)
    }

    fn repositories(&self, request: &Request) -> Reply {
        let Lists::Paged(page) = self.habits.lists else { return error(401, "UNAUTHORIZED") };
        let names: BTreeSet<String> = self.content().manifests.keys().map(|(name, _)| name.clone()).collect();
        listed(request, ("repositories", page), names)
    }

    fn tags(&self, request: &Request, name: &str) -> Reply {
        let page = if let Lists::Paged(page) = self.habits.lists { page } else { usize::MAX };
        let content = self.content();
        if !content.manifests.keys().any(|(repository, _)| repository == name) {
            return error(404, "NAME_UNKNOWN");
        }
        let own = content.tags.keys().filter(|(repository, _)| repository == name);
        listed(request, ("tags", page), own.map(|(_, tag)| tag.clone()).collect())
    }

    /// The referrers API, page by page.
    fn list(&self, request: &Request, name: &str, subject: &str) -> Reply {
        let Referrers::Listed(page) = self.habits.referrers else { return error(404, "UNSUPPORTED") };
        let content = self.content();
        let of_subject = |bytes: &&Vec<u8>| {
            let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
            value["subject"]["digest"] == subject
        };
        let own = content.manifests.iter().filter(|((repository, _), _)| repository == name);
        let all: Vec<&Vec<u8>> = own.map(|(_, bytes)| bytes).filter(of_subject).collect();
        let start: usize = request.query.strip_prefix("start=").and_then(|n| n.parse().ok()).unwrap_or(0);
        let entries: Vec<Value> = all.iter().skip(start).take(page).map(|bytes| describe(bytes)).collect();
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
        let reply = Reply::new(200, INDEX, index.to_string());
        if start + page >= all.len() {
            return reply;
        }
        reply.header("Link", format!("<{}?start={}>; rel=\"next\"", request.path, start + page))
    }
}

/// One page of a list, with the way to the next.
fn listed(request: &Request, (key, page): (&str, usize), names: BTreeSet<String>) -> Reply {
    let parameter = |name: &str| {
        request
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    };
    let page = parameter("n").and_then(|n| n.parse().ok()).unwrap_or(page).min(page);
    let last = parameter("last").unwrap_or_default();
    let rest: Vec<String> = names.into_iter().filter(|name| *name > last).collect();
    let shown: Vec<&String> = rest.iter().take(page).collect();
    let reply = Reply::new(200, "application/json", json!({ key: shown }).to_string());
    match shown.last() {
        Some(last) if rest.len() > page => {
            reply.header("Link", format!("<{}?last={last}&n={page}>; rel=\"next\"", request.path))
        }
        _ => reply,
    }
}

fn is_at(at: &At, path: &str) -> bool {
    match at {
        At::Manifests => path.contains("/manifests/"),
        At::Blobs => path.contains("/blobs/"),
        At::Digest(digest) => path.ends_with(digest.as_str()) && !path.contains("/referrers/"),
        At::Referrers => path.contains("/referrers/"),
        At::Tokens => path == "/token",
        At::Catalog => path.ends_with("/_catalog"),
        At::Lists => path.ends_with("/_catalog") || path.ends_with("/tags/list"),
    }
}

pub(crate) fn note(log: &Mutex<Vec<Asked>>, request: &Request, status: u16) {
    let header = |name: &str| request.header(name).map(str::to_owned);
    let (authorization, range) = (header("authorization"), header("range"));
    let method = request.method.clone();
    let asked = Asked { method, path: request.path.clone(), authorization, range, status };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
}

fn error(status: u16, code: &str) -> Reply {
    let body = json!({"errors": [{"code": code, "message": code.to_lowercase().replace('_', " ")}]});
    Reply::new(status, "application/json", body.to_string())
}

/// A descriptor of a manifest.
#[must_use]
pub fn describe(manifest: &[u8]) -> Value {
    json!({"mediaType": media_type(manifest), "digest": digest(manifest), "size": manifest.len()})
}

fn media_type(bytes: &[u8]) -> String {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    value["mediaType"].as_str().unwrap_or(MANIFEST).to_owned()
}

fn is_manifest(bytes: &[u8]) -> bool {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    value["manifests"].is_array() || (value["layers"].is_array() && value["records"].is_null())
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}
