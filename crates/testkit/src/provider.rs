//! The interfaces by which providers list the repositories of a namespace, in this process, with the shapes that they
//! document: pages, logins, limits.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::faults::{At, Fault, Faults, spoil};
use crate::http::{Reply, Request, Server};
use crate::registry::{Asked, note};

/// Whose interface it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `hub.docker.com`.
    DockerHub,
    /// `api.github.com`; namespaces that begin with `user` are users, others organisations.
    GitHub,
    /// GitLab; names of two parts are projects, of one part groups.
    GitLab,
    /// Harbor.
    Harbor,
    /// Quay.
    Quay,
}

/// How many names are on a page, whatever is asked for.
const PAGE: usize = 2;

/// A running interface. It ends when this is dropped.
pub struct Provider {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    shape: Shape,
    /// Full names; those that begin with `!` are seen by who is logged in only.
    names: Vec<String>,
    /// User and password.
    login: (String, String),
    faults: Faults,
    asked: Mutex<Vec<Asked>>,
}

impl Provider {
    /// Starts an interface with these repositories. A name behind a `!` is private.
    #[must_use]
    pub fn start(shape: Shape, names: &[&str], login: (&str, &str)) -> Self {
        let shared = Arc::new(Shared {
            shape,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            login: (login.0.to_owned(), login.1.to_owned()),
            faults: Faults::default(),
            asked: Mutex::default(),
        });
        let own = Arc::clone(&shared);
        Self { server: Server::start(Arc::new(move |request| own.answer(request))), shared }
    }

    /// `http://host:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Lets something go wrong with its lists from now on.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn answer(&self, request: &Request) -> Reply {
        let token = request.path.ends_with("/auth/token");
        let wrong = self.faults.next(|at| match at {
            At::Lists => !token,
            At::Tokens => token,
            _ => false,
        });
        let mut reply = match self.shape {
            Shape::DockerHub => self.docker_hub(request),
            Shape::GitHub => self.github(request),
            Shape::GitLab => self.gitlab(request),
            Shape::Harbor => self.harbor(request),
            Shape::Quay => self.quay(request),
        };
        if let Some(wrong) = wrong {
            reply = spoil(reply, &wrong, &request.path);
        }
        note(&self.asked, request, reply.status);
        reply
    }

    fn docker_hub(&self, request: &Request) -> Reply {
        if request.path == "/v2/auth/token" {
            let body: Value = serde_json::from_str(&request.text()).unwrap_or_default();
            let (user, password) = &self.login;
            let good = request.method == "POST"
                && request.header("content-type") == Some("application/json")
                && body == json!({"identifier": user, "secret": password});
            return if good { told(json!({"access_token": "hub-token"})) } else { refused(401) };
        }
        let Some(known) = self.knows(request, "Bearer hub-token") else { return refused(401) };
        let Some(namespace) = between(&request.path, "/v2/namespaces/", "/repositories") else {
            return refused(404);
        };
        let page = self.page(request, known, &format!("{namespace}/"));
        let results: Vec<Value> = page
            .names
            .iter()
            .map(|name| json!({"name": last(name), "namespace": namespace, "is_private": false}))
            .collect();
        let host = request.header("host").unwrap_or_default();
        let next = page
            .more
            .then(|| format!("http://{host}{}?page={}&page_size=100", request.path, page.number + 1));
        told(json!({"count": page.all, "next": next, "previous": null, "results": results}))
    }

    fn github(&self, request: &Request) -> Reply {
        // Nobody sees packages without a token.
        let token = format!("Bearer {}", self.login.1);
        if request.header("authorization") != Some(&token) {
            return refused(401);
        }
        let (kind, rest) = request.path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let owner = rest.strip_suffix("/packages").unwrap_or_default();
        if (kind == "users") != owner.starts_with("user") || !request.query.contains("package_type=container")
        {
            return refused(404);
        }
        let prefix = format!("{}/", owner.to_lowercase());
        let page = self.page(request, Seen::All, &prefix);
        let items = page
            .names
            .iter()
            .map(|name| json!({"name": name.strip_prefix(&prefix), "package_type": "container"}));
        page.linked(request, items.collect())
    }

    fn gitlab(&self, request: &Request) -> Reply {
        let token = format!("Bearer {}", self.login.1);
        let Some(known) = self.knows(request, &token) else { return refused(401) };
        let path = request
            .path
            .strip_prefix("/api/v4/")
            .and_then(|path| path.strip_suffix("/registry/repositories"));
        let Some((kind, id)) = path.and_then(|path| path.split_once('/')) else { return refused(404) };
        let id = id.replace("%2F", "/");
        let parts = id.split('/').count();
        if (kind == "groups") != (parts == 1) || parts > 2 {
            return refused(404);
        }
        let page = self.page(request, known, &id);
        let item = |name: &String| json!({"id": 1, "name": "", "path": name, "location": format!("registry.example/{name}")});
        page.linked(request, page.names.iter().map(item).collect())
    }

    fn harbor(&self, request: &Request) -> Reply {
        let (user, password) = &self.login;
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let Some(known) = self.knows(request, &basic) else { return refused(401) };
        let Some(project) = between(&request.path, "/api/v2.0/projects/", "/repositories") else {
            return refused(404);
        };
        let page = self.page(request, known, &format!("{project}/"));
        page.linked(
            request,
            page.names.iter().map(|name| json!({"name": name, "artifact_count": 1})).collect(),
        )
    }

    fn quay(&self, request: &Request) -> Reply {
        let token = format!("Bearer {}", self.login.1);
        let Some(known) = self.knows(request, &token) else { return refused(401) };
        let Some(namespace) =
            parameter(request, "namespace").filter(|_| request.path == "/api/v1/repository")
        else {
            return refused(404);
        };
        let number =
            parameter(request, "next_page").map_or("page=1".to_owned(), |token| token.replace("%3D", "="));
        let mut asked = request.clone();
        asked.query = number;
        let page = self.page(&asked, known, &format!("{namespace}/"));
        let item = |name: &String| json!({"namespace": namespace, "name": last(name), "kind": "image", "is_public": true});
        let mut items: Vec<Value> = page.names.iter().map(item).collect();
        items.push(json!({"namespace": namespace, "name": "chart", "kind": "application"}));
        let mut body = json!({"repositories": items});
        if page.more {
            body["next_page"] = json!(format!("page={}", page.number + 1));
        }
        told(body)
    }

    /// What whoever asks may see; none if the login is wrong.
    fn knows(&self, request: &Request, good: &str) -> Option<Seen> {
        match request.header("authorization") {
            None => Some(Seen::Public),
            Some(given) => (given == good).then_some(Seen::All),
        }
    }

    fn page(&self, request: &Request, seen: Seen, prefix: &str) -> Page {
        let public = self.names.iter().filter(|name| !name.starts_with('!'));
        let private =
            self.names.iter().filter_map(|name| name.strip_prefix('!')).filter(|_| seen == Seen::All);
        let all: Vec<String> = public
            .map(String::as_str)
            .chain(private)
            .filter(|name| name.starts_with(prefix))
            .map(str::to_owned)
            .collect();
        let number = parameter(request, "page").and_then(|text| text.parse().ok()).unwrap_or(1_usize);
        let names: Vec<String> = all.iter().skip((number - 1) * PAGE).take(PAGE).cloned().collect();
        let more = number * PAGE < all.len();
        Page { names, number, all: all.len(), more }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Public,
    All,
}

struct Page {
    names: Vec<String>,
    number: usize,
    all: usize,
    /// Whether there is a next one.
    more: bool,
}

impl Page {
    /// A list whose next page a header names.
    fn linked(&self, request: &Request, items: Vec<Value>) -> Reply {
        let reply = told(Value::from(items)).header("X-Total-Count", self.all.to_string());
        if !self.more {
            return reply;
        }
        let next = format!("{}?page={}&per_page=100&package_type=container", request.path, self.number + 1);
        reply.header("Link", format!("<{next}>; rel=\"next\", <{next}>; rel=\"last\""))
    }
}

fn told(body: Value) -> Reply {
    Reply::new(200, "application/json", body.to_string())
}

fn refused(status: u16) -> Reply {
    Reply::new(status, "application/json", json!({"message": format!("{status} as documented")}).to_string())
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut pairs = request.query.split('&');
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

fn between<'p>(path: &'p str, before: &str, after: &str) -> Option<&'p str> {
    path.strip_prefix(before)?.strip_suffix(after)
}

fn last(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, rest)| rest)
}
