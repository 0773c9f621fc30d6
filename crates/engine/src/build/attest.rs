//! `--attest type=svr`: says, attached to a clean image, that it was found clean. Never what was found.
//!
//! Source: in-toto attestation predicate SVR v0.2; BuildKit `docs/attestations/attestation-storage.md` for how a statement
//! hangs on an image. The images are those that were scanned; the index around them gets one entry more for each.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tightlip_image::Digest;
use tightlip_report::{Moment, Report};

use super::layout::{INDEX, Layout};
use super::{GuardError, disk};

const PREDICATE: &str = "https://in-toto.io/attestation/svr/v0.2";
const STATEMENT: &str = "application/vnd.in-toto+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// What was found to be so. All of it holds, or there is no statement.
const PROPERTIES: &[&str] = &[
    "X_NO_SECRETS_FOUND",
    "X_ALL_LAYERS_COMPLETE",
    "X_CONFIG_AND_HISTORY_SCANNED",
    "X_ATTESTATIONS_SCANNED",
];

/// Attaches a statement to every image of the layout, and gives the layout as it is then.
pub(crate) fn attest(layout: &Layout, report: &Report, names: &[String]) -> Result<Layout, GuardError> {
    let mut entries = layout.entries()?;
    for (image, _) in layout.images()? {
        let statement = statement(&image, report, names);
        let layer = add(layout, &statement, STATEMENT)?;
        let config = json!({
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": { "type": "layers", "diff_ids": [layer["digest"]] },
        });
        let mut layer = layer;
        layer["annotations"] = json!({ "in-toto.io/predicate-type": PREDICATE });
        let config = add(layout, &config, "application/vnd.oci.image.config.v1+json")?;
        let manifest =
            json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
        let mut entry = add(layout, &manifest, MANIFEST)?;
        entry["annotations"] = json!({
            "vnd.docker.reference.digest": image.to_string(),
            "vnd.docker.reference.type": "attestation-manifest",
        });
        entry["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
        entries.push(entry);
    }
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries });
    let top = add(layout, &index, INDEX)?;
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [top] });
    write(layout, "index.json", index.to_string().as_bytes())?;
    Layout::open(&layout.folder)
}

fn statement(image: &Digest, report: &Report, names: &[String]) -> Value {
    let name = names.first().map_or("image", String::as_str);
    let rules = report.tool.ruleset.strip_prefix("sha256:").unwrap_or(&report.tool.ruleset);
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": name, "digest": { image.algorithm().name(): image.hex() } }],
        "predicateType": PREDICATE,
        "predicate": {
            "verifier": {
                "id": format!("pkg:cargo/{}@{}", report.tool.name, report.tool.version),
                "policies": [{ "name": "rules", "digest": { "sha256": rules } }],
            },
            "timeCreated": now(),
            "properties": PROPERTIES,
        },
    })
}

/// Adds a document to the layout; its descriptor.
fn add(layout: &Layout, document: &Value, media_type: &str) -> Result<Value, GuardError> {
    let bytes = document.to_string();
    let digest = Digest::of(bytes.as_bytes());
    write(layout, &format!("blobs/sha256/{}", digest.hex()), bytes.as_bytes())?;
    Ok(json!({ "mediaType": media_type, "digest": digest.to_string(), "size": bytes.len() }))
}

fn write(layout: &Layout, name: &str, bytes: &[u8]) -> Result<(), GuardError> {
    let path = layout.folder.join(name);
    disk::write(&path, &mut |out| out.write_all(bytes)).map_err(|source| GuardError::Write { path, source })
}

/// The time in RFC 3339.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::of_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_the_image_and_the_rules_and_no_finding() {
        let digest = Digest::parse(&format!("sha256:{}", "a".repeat(64))).unwrap();
        let mut report = Report::default();
        report.tool.ruleset = format!("sha256:{}", "b".repeat(64));
        let statement = statement(&digest, &report, &["app:1".to_owned()]);
        assert_eq!(statement.pointer("/subject/0/digest/sha256"), Some(&json!("a".repeat(64))));
        assert_eq!(
            statement.pointer("/predicate/verifier/policies/0/digest/sha256"),
            Some(&json!("b".repeat(64)))
        );
        assert!(!statement.to_string().contains("finding"));
    }
}
