//! What is left to do after a scrub: no tool can take back what was pulled.

use std::collections::BTreeSet;
use std::path::Path;

use tightlip_image::model::{Document, DocumentKind};
use tightlip_image::{Digest, Reference};

use super::change::{Goes, Plan, Secret};
use super::outline::listed;
use super::output::Output;
use super::work::Scrub;
use crate::recover::quote;

/// What deleting does in a registry, by the end of its host. Sources: the manuals of each, as of 2026.
const REGISTRIES: &[(&str, &str)] = &[
    (
        "docker.io",
        "Docker Hub refuses to delete a digest while a tag or an index names it: delete the tags first, then the digest.",
    ),
    (
        "ghcr.io",
        "GitHub restores deleted package versions for 30 days, and refuses to delete public ones with more than 5,000 downloads: ask its support.",
    ),
    (
        "amazonaws.com",
        "Amazon ECR keeps an immutable tag on its old digest: push the scrubbed image under a new tag, and delete the old digest with batch-delete-image.",
    ),
    (
        "quay.io",
        "Quay keeps deleted tags for two weeks by default (time machine): shorten the expiration before you delete.",
    ),
];

const OTHERS: &str = "Deleting a tag removes no bytes: delete the manifest by its digest, then let the registry collect its garbage (registry garbage-collect; Harbor keeps blobs younger than two hours). Until then the layers can be fetched by their digests.";

/// So many digests are named in one step; the receipt holds all of them.
const NAMED: usize = 10;

/// What to do next, in order.
pub(crate) fn next(scrub: &Scrub, (output, digest): (&Output, &Digest)) -> Vec<String> {
    let plan = scrub.planned();
    let mut next: Vec<String> = plan.secrets.iter().map(rotate).collect();
    next.push(try_it(output));
    next.extend(remove(scrub));
    let dropped = |step: &str| plan.changes.iter().any(|change| change.step == step);
    let name = if let Output::Registry(name) = output { repository(name) } else { "REPOSITORY".to_owned() };
    if dropped("attached") {
        next.push(format!("Sign the new image: cosign sign {name}@{digest}"));
    }
    if dropped("attestation") {
        next.push(format!("Make provenance and SBOM anew: cosign attest --predicate FILE {name}@{digest}"));
    }
    next.extend(left_behind(scrub, output));
    if plan.changes.iter().any(|change| change.base) {
        next.push("Tell whoever makes the base image: the secret is in their layers too.".to_owned());
    }
    next.push("Change the build so that it does not come back: tightlip lint".to_owned());
    next
}

fn rotate(secret: &Secret) -> String {
    let at = secret.rotate.as_ref().map(|link| format!(": {link}")).unwrap_or_default();
    let only = if secret.goes == Goes::WithItsPath { " (it may stand elsewhere in the image)" } else { "" };
    format!("Rotate: {} ({}){only}{at}", secret.title, secret.shape)
}

/// How the new image is tried before anybody relies on it.
fn try_it(output: &Output) -> String {
    let quoted = |path: &Path| quote(path.to_string_lossy().as_bytes());
    let command = match output {
        Output::Layout(path) => format!("skopeo copy --all oci:{} docker://REPOSITORY:TAG", quoted(path)),
        Output::OciArchive(path) => {
            format!("skopeo copy --all oci-archive:{} docker://REPOSITORY:TAG", quoted(path))
        }
        Output::DockerArchive(path) => format!("docker load --input {}", quoted(path)),
        Output::Docker(name) => format!("docker run --rm {}", quote(name.as_bytes())),
        Output::Registry(reference) => format!("docker pull {}", quote(reference.as_bytes())),
    };
    format!(
        "Try the new image: {command} (what needs a secret finds xxxx: hand it the rotated one when it starts)"
    )
}

/// How what leaks is taken away where it lies, and what that does.
fn remove(scrub: &Scrub) -> Vec<String> {
    let plan = scrub.planned();
    let target = plan.target.split_once(':').map_or(plan.target.as_str(), |(_, rest)| rest);
    let old = match &plan.digest {
        Some(digest) => format!("The old image {digest} stays"),
        None => "The old images stay".to_owned(),
    };
    let everywhere = format!(
        "{old} readable wherever pushed or pulled. Point every tag to the new one, delete the old tags and the old digest, and do the same for copies: mirrors, pull-through caches, nodes, build caches."
    );
    match scrub.survey.scheme {
        program @ ("docker" | "podman") => {
            let caches =
                if program == "docker" { "docker builder prune --all" } else { "podman image prune" };
            let name = quote(target.as_bytes());
            let here = format!(
                "Remove the old image here, with the containers that run on it and the layers that the builder keeps: {program} image rm {name}; {caches}"
            );
            [vec![here, everywhere], registry(plan).map(str::to_owned).into_iter().collect()].concat()
        }
        "registry" => {
            let host = registry(plan).unwrap_or(OTHERS).to_owned();
            [
                vec![everywhere, "Delete the old tag, and then what leaks by its digest:".to_owned()],
                deleting(scrub),
                vec![host],
            ]
            .concat()
        }
        _ => vec![everywhere, registry(plan).unwrap_or(OTHERS).to_owned()],
    }
}

/// The commands that delete what changed and what was left out, the index before what it names: registries refuse otherwise.
fn deleting(scrub: &Scrub) -> Vec<String> {
    let repository = scrub.planned().reference.as_deref().map_or_else(|| "REPOSITORY".to_owned(), repository);
    let old = old_manifests(scrub);
    let named = old.iter().take(NAMED).map(|digest| format!("crane delete {repository}@{digest}"));
    let more = old.len().saturating_sub(NAMED);
    let rest =
        (more > 0).then(|| format!("and {more} more: the receipt in JSON names them under `documents`"));
    named.chain(rest).collect()
}

/// Manifests and indexes that are not what they were, or did not come along because of what they say.
fn old_manifests(scrub: &Scrub) -> Vec<String> {
    let description = &scrub.survey.description;
    let mut old: BTreeSet<usize> =
        scrub.gone.keys().filter_map(|at| description.images.get(*at)?.manifest).collect();
    for (_, image) in scrub.images() {
        let rewritten = image.layers.iter().any(|layer| scrub.jobs.contains_key(&layer.blob));
        let drafted = |at: Option<usize>| at.is_some_and(|at| scrub.drafts.contains_key(&at));
        if rewritten || drafted(image.config) || drafted(image.manifest) {
            old.extend(image.manifest);
        }
    }
    let digest = |at: &usize| description.documents.get(*at)?.digest.as_ref().map(ToString::to_string);
    let mut digests: Vec<String> = old.iter().filter_map(digest).collect();
    let indexes = || description.documents.iter().filter(|document| document.kind == DocumentKind::Index);
    loop {
        let names_one = |index: &&Document| listed(index).iter().any(|name| digests.contains(name));
        let above = indexes().filter(names_one).filter_map(|index| Some(index.digest.as_ref()?.to_string()));
        let Some(new) = above.into_iter().find(|own| !digests.contains(own)) else { return digests };
        digests.insert(0, new);
    }
}

/// What a registry lists as attached to what does not change: it stays there, and the new place does not have it.
fn left_behind(scrub: &Scrub, output: &Output) -> Vec<String> {
    let plan = scrub.planned();
    let (Some(top), Some(here)) = (&plan.digest, plan.reference.as_deref().map(repository)) else {
        return Vec::new();
    };
    let same = matches!(output, Output::Registry(name) if repository(name) == here);
    if scrub.survey.scheme != "registry" || same {
        return Vec::new();
    }
    let description = &scrub.survey.description;
    let own = below(top, &description.documents);
    let images = description.images.iter().enumerate().filter(|(at, _)| !scrub.gone.contains_key(at));
    let digest = |at: usize| description.documents.get(at)?.digest.as_ref().map(ToString::to_string);
    let digests =
        images.filter_map(|(_, image)| digest(image.manifest?)).filter(|digest| !own.contains(digest));
    let copy =
        |digest| format!("Attached to what did not change, and not copied: oras copy {here}@{digest} TO");
    digests.take(NAMED).map(copy).collect()
}

/// The digests that a manifest or index leads to, its own too.
fn below(top: &str, documents: &[Document]) -> BTreeSet<String> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![top.to_owned()]);
    while let Some(digest) = next.pop() {
        let indexes = documents.iter().filter(|document| document.kind == DocumentKind::Index);
        let is_it =
            |document: &&Document| document.digest.as_ref().is_some_and(|own| own.to_string() == digest);
        if seen.insert(digest.clone()) {
            next.extend(indexes.filter(is_it).flat_map(listed));
        }
    }
    seen
}

fn repository(name: &str) -> String {
    Reference::parse(name).map_or_else(|_| name.to_owned(), |r| format!("{}/{}", r.host(), r.repository()))
}

/// What deleting does where the image came from, where that is known: a name without a host may never have been pushed.
fn registry(plan: &Plan) -> Option<&'static str> {
    let reference = plan.reference.as_deref().and_then(|name| Reference::parse(name).ok())?;
    let official = reference.host() == "docker.io" && reference.repository().starts_with("library/");
    let known = REGISTRIES.iter().find(|(end, _)| reference.host().ends_with(end));
    known.filter(|_| !official).map(|(_, advice)| *advice)
}
