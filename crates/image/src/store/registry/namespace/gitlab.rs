//! GitLab: `GET /api/v4/groups/ID/registry/repositories`, with those of subgroups, and `/api/v4/projects/ID/…`.
//!
//! Source: docs.gitlab.com, "Container registry API"; "REST API", "Namespaced paths" and "Pagination".

use super::super::names::named;
use super::asker::{Asker, Next, escaped};
use super::{Namespace, NamespaceApi, RegistryError};

pub(super) static API: NamespaceApi = NamespaceApi {
    name: "gitlab",
    summary: "groups and projects of GitLab",
    hosts: &[("registry.gitlab.com", "https://gitlab.com")],
    // Tokens are given out by the GitLab that the registry belongs to, wherever that is.
    base: |door| door.origin().filter(|_| door.service() == "container_registry"),
    list,
};

fn list(asker: &mut Asker<'_>, below: &str, found: &mut Namespace) -> Result<(), RegistryError> {
    if let Some((_, token)) = asker.password()? {
        asker.bearer(token);
    }
    let mut of = |kind: &str, path: &str| {
        let path = format!("/api/v4/{kind}/{}/registry/repositories?per_page=100", escaped(path));
        asker.pages(&path, &mut |page| {
            found.repositories.extend(named(Some(page), "path")?);
            Some(Next::Nowhere)
        })
    };
    let mut told = of("groups", below);
    // The name may be that of a project, or of one of its images.
    let mut path = Some(below).filter(|path| path.contains('/'));
    while let (Err(error), Some(project)) = (&told, path) {
        if !error.is_missing() {
            break;
        }
        told = of("projects", project);
        path = project.rsplit_once('/').map(|(above, _)| above).filter(|above| above.contains('/'));
    }
    told
}
