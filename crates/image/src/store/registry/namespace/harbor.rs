//! Harbor: `GET /api/v2.0/projects/PROJECT/repositories`.
//!
//! Source: goharbor/harbor, `api/v2.0/swagger.yaml`, `listRepositories`.

use super::super::names::named;
use super::asker::{Asker, Next, escaped};
use super::{Namespace, NamespaceApi, RegistryError, first};

pub(super) static API: NamespaceApi = NamespaceApi {
    name: "harbor",
    summary: "projects of Harbor",
    hosts: &[],
    base: |door| door.origin().filter(|_| door.service() == "harbor-registry"),
    list,
};

fn list(asker: &mut Asker<'_>, below: &str, found: &mut Namespace) -> Result<(), RegistryError> {
    match asker.password()? {
        Some(login) => asker.basic(login),
        None if asker.is_known()? => {
            found.unseen.push("Harbor lists public projects only to an identity token".to_owned());
        }
        None => {}
    }
    let project = first(below);
    let path = format!("/api/v2.0/projects/{}/repositories?page=1&page_size=100", escaped(project));
    asker.pages(&path, &mut |page| {
        // Names are whole: the project stands before them.
        found.repositories.extend(named(Some(page), "name")?);
        Some(Next::Nowhere)
    })
}
