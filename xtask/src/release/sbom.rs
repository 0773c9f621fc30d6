//! The bill of materials: a CycloneDX 1.5 document of every crate in the program.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::shell::{cargo, root};

/// The version of the program.
pub(super) fn version() -> Result<String> {
    let found = metadata()?;
    let package = packages(&found)?.into_iter().find(|package| package["name"] == "tightlip");
    let package = package.context("no package `tightlip` here")?;
    Ok(package["version"].as_str().context("a package without a version")?.to_owned())
}

/// The document. It carries no time and no number of its own, so that the same sources give the same bytes.
pub(super) fn bill(version: &str) -> Result<String> {
    let metadata = metadata()?;
    let checksums = checksums()?;
    let within = reached(&metadata)?;
    let mut parts = Vec::new();
    for package in packages(&metadata)? {
        let id = package["id"].as_str().unwrap_or_default();
        if within.contains(id) && package["name"] != "tightlip" {
            parts.push(part(package, &checksums)?);
        }
    }
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "name": "tightlip", "version": version,
            "purl": format!("pkg:cargo/tightlip@{version}"),
            "licenses": [{ "expression": "Apache-2.0 OR MIT" }],
        } },
        "components": parts,
    });
    Ok(format!("{bill:#}\n"))
}

fn part(package: &Value, checksums: &HashMap<(String, String), String>) -> Result<Value> {
    let text = |key: &str| package[key].as_str().map(str::to_owned);
    let name = text("name").context("a package without a name")?;
    let version = text("version").context("a package without a version")?;
    let mut part = json!({
        "type": "library", "name": name, "version": version, "purl": format!("pkg:cargo/{name}@{version}"),
    });
    if let Some(licence) = text("license") {
        // Old crates write `MIT/Apache-2.0`, which is no expression of SPDX.
        part["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(sum) = checksums.get(&(name, version)) {
        part["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    Ok(part)
}

/// The packages that the program is linked from: what it and they depend on, tests and build scripts aside.
fn reached(metadata: &Value) -> Result<BTreeSet<String>> {
    let nodes = metadata["resolve"]["nodes"].as_array().context("no resolved packages")?;
    let by_id: HashMap<&str, &Value> =
        nodes.iter().filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let is_program = |package: &&Value| package["name"] == "tightlip";
    let start = packages(metadata)?.into_iter().find(is_program).context("no package `tightlip` here")?;
    let mut found = BTreeSet::new();
    let mut open = vec![start["id"].as_str().context("a package without an id")?];
    while let Some(id) = open.pop() {
        if !found.insert(id.to_owned()) {
            continue;
        }
        let node = by_id.get(id).with_context(|| format!("{id} is not resolved"))?;
        open.extend(
            node["deps"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|d| is_linked(d))
                .filter_map(|d| d["pkg"].as_str()),
        );
    }
    Ok(found)
}

fn is_linked(dependency: &Value) -> bool {
    // Kinds are `null` for ordinary dependencies, "dev" and "build".
    dependency["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null())
}

fn packages(metadata: &Value) -> Result<Vec<&Value>> {
    Ok(metadata["packages"].as_array().context("no packages")?.iter().collect())
}

fn metadata() -> Result<Value> {
    let arguments =
        ["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-musl"];
    let output = cargo(&arguments).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What `Cargo.lock` says of each package's archive.
fn checksums() -> Result<HashMap<(String, String), String>> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))?;
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        line.and_then(|rest| rest.strip_suffix('"')).map(str::to_owned)
    };
    let blocks = lock.split("[[package]]");
    Ok(blocks
        .filter_map(|b| Some(((value(b, "name")?, value(b, "version")?), value(b, "checksum")?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{bill, version};

    #[test]
    fn the_bill_names_what_the_program_is_made_of_and_nothing_else() {
        let version = version().expect("a version");
        let text = bill(&version).expect("a bill");
        let bill: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let parts = bill["components"].as_array().expect("components");
        let named = |name: &str| parts.iter().find(|part| part["name"] == name);
        let clap = named("clap").expect("the program reads its arguments with clap");
        assert_eq!(clap["hashes"][0]["content"].as_str().map(str::len), Some(64));
        assert!(named("tightlip-engine").is_some());
        // Only tests have these.
        assert!(named("proptest").is_none() && named("tightlip-testkit").is_none());
        assert_eq!(text, super::bill(&version).expect("a bill"));
    }
}
