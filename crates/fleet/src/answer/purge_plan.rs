//! `purge-plan`: what taking the leaking images out of the registry needs, and what stays behind after that.
//!
//! What registries do when something is deleted: their documentation, as of 2026.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Answer, Ask, tags};
use crate::error::SweepError;
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns, detail};

/// The answer.
pub(super) static ANSWER: Answer = Answer {
    name: "purge-plan",
    summary: "what deleting the leaking images needs, per registry",
    subject: None,
    answer,
};

/// Registries, by the end of their host, and what deleting means there.
const HABITS: &[(&str, &str)] = &[
    (
        "docker.io",
        "Docker Hub refuses (403) to delete a manifest while a tag or an index names it: delete tags and indexes first.",
    ),
    (
        "ghcr.io",
        "GHCR keeps deleted versions for 30 days, in which they can be restored; public versions with more than 5,000 downloads are deleted by support only.",
    ),
    (
        "amazonaws.com",
        "ECR: `aws ecr batch-delete-image`; with immutable tags, what replaces the image needs another tag.",
    ),
    (
        "quay.io",
        "Quay keeps deleted tags for two weeks unless the time machine is set to less (`DEFAULT_TAG_EXPIRATION`).",
    ),
    (
        "",
        "A registry of the distribution project takes away references only: the bytes go with `registry garbage-collect`, and only when no manifest names them. Harbor keeps blobs younger than two hours when it collects.",
    ),
];

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let counts = Cell::Number(ask.counts as i64);
    let question = "SELECT image.id, image.repository, image.digest, image.reference,
            COUNT(DISTINCT finding.identity), MIN(finding.blob)
        FROM image JOIN finding ON finding.image = image.id
        WHERE image.gone IS NULL AND finding.level >= $1
        GROUP BY image.id, image.repository, image.digest, image.reference
        ORDER BY image.repository, image.reference";
    let rows = results.rows(question, std::slice::from_ref(&counts))?;
    let shared = shared(results, &counts)?;
    let tags = tags(results)?;
    let mut table = Table { name: "images", title: "Delete, in this order".to_owned(), ..Table::default() };
    table.columns = columns(["image", "secrets", "tags", "delete", "check"]);
    table.columns.extend(["digest", "leaking_blobs"].map(detail));
    for row in &rows {
        let [id, repository, digest, reference, secrets, _] = row.as_slice() else { continue };
        let name = format!("{}@{}", repository.text(), digest.text());
        let blobs = shared.get(&id.number()).cloned().unwrap_or_default();
        table.rows.push(vec![
            json!(reference.text()),
            json!(secrets.number()),
            json!(tags.get(&id.number()).cloned().unwrap_or_default()),
            json!(format!("crane delete {name}")),
            json!(format!("crane manifest {name} must fail afterwards")),
            json!(digest.text()),
            json!(blobs),
        ]);
    }
    let host = results.rows("SELECT host FROM run ORDER BY id DESC LIMIT 1", &[])?;
    let host = host.first().and_then(|row| row.first()).map(Cell::text).unwrap_or_default();
    let habit = HABITS.iter().find(|(end, _)| host.ends_with(end)).map_or("", |(_, habit)| habit);
    let lines = vec![
        "Rotate first: whoever could pull an image may have its secrets.".to_owned(),
        habit.to_owned(),
        "A layer is gone only when no image of any repository has it, and copies elsewhere (nodes, caches, mirrors) stay."
            .to_owned(),
    ];
    Ok(Sheet { lines, tables: vec![table], ..Sheet::default() })
}

/// The blobs that leak, by image.
fn shared(results: &dyn Results, counts: &Cell) -> Result<BTreeMap<i64, Vec<String>>, SweepError> {
    let question =
        "SELECT DISTINCT image, blob FROM finding WHERE level >= $1 AND blob IS NOT NULL ORDER BY blob";
    let mut shared: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in results.rows(question, std::slice::from_ref(counts))? {
        if let [image, blob] = row.as_slice() {
            shared.entry(image.number()).or_default().push(blob.text().to_owned());
        }
    }
    Ok(shared)
}
