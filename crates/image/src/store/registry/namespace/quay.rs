//! Quay: `GET /api/v1/repository?namespace=NAMESPACE`.
//!
//! Source: docs.redhat.com, "Red Hat Quay API reference", "listRepos"; "Using `docker login` with an OAuth token".

use super::asker::{Asker, Next, escaped};
use super::{Namespace, NamespaceApi, RegistryError, first};

/// The user under which `docker login` takes a token that the interface takes too.
const TOKEN_USER: &str = "$oauthtoken";

pub(super) static API: NamespaceApi = NamespaceApi {
    name: "quay",
    summary: "users and organisations of Quay",
    hosts: &[("quay.io", "https://quay.io")],
    base: |door| door.origin().filter(|_| door.path() == "/v2/auth" && door.service() == door.host()),
    list,
};

fn list(asker: &mut Asker<'_>, below: &str, found: &mut Namespace) -> Result<(), RegistryError> {
    match asker.password()? {
        Some((TOKEN_USER, token)) => asker.bearer(token),
        // What robots may pull is not listed to them; a sweep must not look as if it had seen it.
        _ if asker.is_known()? => found.unseen.push(format!(
            "Quay lists public repositories only, unless one logs in as {TOKEN_USER} with an OAuth token"
        )),
        _ => {}
    }
    let namespace = first(below);
    let path = format!("/api/v1/repository?namespace={}&public=true", escaped(namespace));
    asker.pages(&path, &mut |page| {
        for item in page.get("repositories")?.as_array()? {
            let name = item.get("name")?.as_str()?;
            let kind = item.get("kind").and_then(|kind| kind.as_str());
            if kind.is_none_or(|kind| kind == "image") {
                found.repositories.insert(format!("{namespace}/{name}"));
            }
        }
        Some(match page.get("next_page").and_then(|token| token.as_str()) {
            Some(token) => Next::At(format!("{path}&next_page={}", escaped(token))),
            None => Next::Nowhere,
        })
    })
}
