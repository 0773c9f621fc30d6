//! What is left to do after a scrub: no tool can take back what was pulled.

use std::path::Path;

use tightlip_image::{Digest, Reference};

use super::change::Plan;
use super::output::Output;
use super::survey::Survey;
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

const OTHERS: &str = "Deleting a tag removes no bytes: delete the manifest by its digest, then let the registry collect its garbage. Until then the layers can be fetched by their digests.";

/// What to do next, in order.
pub(crate) fn next(plan: &Plan, survey: &Survey, (output, digest): (&Output, &Digest)) -> Vec<String> {
    let mut next: Vec<String> = plan.secrets.iter().map(rotate).collect();
    next.push(try_it(output));
    if let Some(old) = &plan.digest {
        next.push(format!("The old image {old} stays readable wherever it is. Point every tag to the new one, delete the old tags and the old digest, and do the same for copies: mirrors, pull-through caches, nodes, build caches."));
    }
    next.push(registry(survey).to_owned());
    let dropped = |step: &str| plan.changes.iter().any(|change| change.step == step);
    let name = if let Output::Registry(name) = output { repository(name) } else { "REPOSITORY".to_owned() };
    if dropped("attached") {
        next.push(format!("Sign the new image: cosign sign {name}@{digest}"));
    }
    if dropped("attestation") {
        next.push(format!("Make provenance and SBOM anew: cosign attest --predicate FILE {name}@{digest}"));
    }
    if plan.changes.iter().any(|change| change.base) {
        next.push("Tell whoever makes the base image: the secret is in their layers too.".to_owned());
    }
    next.push("Change the build so that it does not come back: tightlip lint".to_owned());
    next
}

fn rotate(secret: &super::change::Secret) -> String {
    let at = secret.rotate.as_ref().map(|link| format!(": {link}")).unwrap_or_default();
    format!("Rotate: {} ({}){at}", secret.title, secret.shape)
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

fn repository(name: &str) -> String {
    Reference::parse(name).map_or_else(|_| name.to_owned(), |r| format!("{}/{}", r.host(), r.repository()))
}

/// What deleting does where the image came from.
fn registry(survey: &Survey) -> &'static str {
    let reference = survey.report.target.reference.as_deref().and_then(|name| Reference::parse(name).ok());
    let host = reference.map(|reference| reference.host().to_owned()).unwrap_or_default();
    REGISTRIES.iter().find(|(end, _)| host.ends_with(end)).map_or(OTHERS, |(_, advice)| advice)
}
