//! GitHub's container registry: `GET /orgs/OWNER/packages` and `/users/OWNER/packages`.
//!
//! Source: docs.github.com, "REST API endpoints for packages"; "Rate limits for the REST API".

use super::super::names::named;
use super::asker::{Asker, Next, escaped};
use super::{Namespace, NamespaceApi, RegistryError, first};

pub(super) static API: NamespaceApi = NamespaceApi {
    name: "github",
    summary: "users and organisations of GitHub",
    hosts: &[("ghcr.io", "https://api.github.com")],
    // The registry of an enterprise server is at `containers.` before its name.
    base: |door| Some(format!("https://{}/api/v3", door.host().strip_prefix("containers.")?)),
    list,
};

fn list(asker: &mut Asker<'_>, below: &str, found: &mut Namespace) -> Result<(), RegistryError> {
    let Some((_, token)) = asker.password()? else {
        return Err(asker.wants_a_login("GitHub lists packages only to a token that may `read:packages`"));
    };
    asker.bearer(token);
    let owner = first(below);
    let mut of = |kind: &str| {
        let path = format!("/{kind}/{}/packages?package_type=container&per_page=100", escaped(owner));
        asker.pages(&path, &mut |page| {
            // Names of images are written small, whatever the owner is called.
            let names = named(Some(page), "name")?;
            found.repositories.extend(names.iter().map(|name| format!("{owner}/{name}").to_lowercase()));
            Some(Next::Nowhere)
        })
    };
    match of("orgs") {
        Err(error) if error.is_missing() => of("users"),
        told => told,
    }
}
