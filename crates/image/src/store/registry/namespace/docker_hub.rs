//! Docker Hub: `GET /v2/namespaces/NAMESPACE/repositories`.
//!
//! Source: docs.docker.com, "Docker Hub API reference": "List repositories in a namespace", "Create access token".

use serde_json::json;

use super::super::names::named;
use super::asker::{Asker, Next, escaped};
use super::{Namespace, NamespaceApi, RegistryError, first};

pub(super) static API: NamespaceApi = NamespaceApi {
    name: "docker-hub",
    summary: "users and organisations of Docker Hub",
    hosts: &[("docker.io", "https://hub.docker.com")],
    base: |_| None,
    list,
};

fn list(asker: &mut Asker<'_>, below: &str, found: &mut Namespace) -> Result<(), RegistryError> {
    let namespace = first(below);
    match asker.password()? {
        Some((user, password)) => {
            let login = json!({"identifier": user, "secret": password});
            let answer = asker.post("/v2/auth/token", &login, password)?;
            let token = answer.get("access_token").and_then(|token| token.as_str());
            let token = token.ok_or_else(|| asker.wants_a_login("Docker Hub gave no token"))?.to_owned();
            asker.bearer(&token);
        }
        None if asker.is_known()? => {
            found.unseen.push("Docker Hub lists public repositories only to an identity token".to_owned());
        }
        None => {}
    }
    let path = format!("/v2/namespaces/{}/repositories?page_size=100", escaped(namespace));
    asker.pages(&path, &mut |page| {
        let names = named(page.get("results"), "name")?;
        found.repositories.extend(names.iter().map(|name| format!("{namespace}/{name}")));
        Some(match page.get("next").and_then(|next| next.as_str()) {
            Some(next) => Next::At(next.to_owned()),
            None => Next::Nowhere,
        })
    })
}
