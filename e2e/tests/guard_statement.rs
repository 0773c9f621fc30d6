//! `tightlip build --attest`: a statement that an image is clean hangs on clean images, and on no others.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use tightlip_e2e::{Build, Docker, clients, crane, github_token, registry, scan};

/// Every entry of an index, with its manifest.
fn entries(tool: &Path, tag: &str) -> Result<Vec<(Value, Value)>> {
    let (repository, _) = tag.rsplit_once(':').context("no tag")?;
    let read = |name: &str| -> Result<Value> {
        Ok(serde_json::from_str(&crane(tool, &["manifest", name])?.context("no manifest")?)?)
    };
    let index = read(tag)?;
    let listed = index["manifests"].as_array().cloned().unwrap_or_default();
    let with = |entry: Value| {
        let manifest = read(&format!("{repository}@{}", entry["digest"].as_str().unwrap_or_default()))?;
        Ok((entry, manifest))
    };
    listed.into_iter().map(with).collect()
}

/// The statements of an index that its images are clean.
fn statements(tool: &Path, tag: &str) -> Result<Vec<Value>> {
    let (repository, _) = tag.rsplit_once(':').context("no tag")?;
    let mut found = Vec::new();
    for (_, manifest) in entries(tool, tag)? {
        let layer = &manifest["layers"][0];
        if layer["annotations"]["in-toto.io/predicate-type"] == "https://in-toto.io/attestation/svr/v0.2" {
            let name = format!("{repository}@{}", layer["digest"].as_str().unwrap_or_default());
            found.push(serde_json::from_str(&crane(tool, &["blob", &name])?.context("no statement")?)?);
        }
    }
    Ok(found)
}

#[test]
fn every_image_of_an_index_gets_a_statement_about_itself() -> Result<()> {
    let (Some(docker), Some(registry), Some([tool, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let tag = format!("{registry}/{}:1", docker.repository("statements"));
    let build = Build::new("FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /app/\n")
        .file("amd64/conf", "one\n")
        .file("arm64/conf", "other\n")
        .option("--platform=linux/amd64,linux/arm64");
    let told = docker.guard(&build, &["--attest=type=svr", "--push", "--format=json", "--tag", &tag])?;
    assert_eq!(told.code, 0, "{told:#?}");
    let report: Value = serde_json::from_str(&told.out)?;
    let is_image = |entry: &Value| entry["platform"]["os"] == "linux";
    let digest = |entry: Value| entry["digest"].as_str().map(|text| text.replace("sha256:", ""));
    let images = entries(&tool, &tag)?.into_iter().map(|(entry, _)| entry).filter(is_image);
    let mut images: Vec<_> = images.filter_map(digest).collect();
    let statements = statements(&tool, &tag)?;
    let subject = |one: &Value| one["subject"][0]["digest"]["sha256"].as_str().map(str::to_owned);
    let mut subjects: Vec<_> = statements.iter().filter_map(subject).collect();
    images.sort();
    subjects.sort();
    assert_eq!((images.len(), subjects), (2, images), "{statements:#?}");
    for statement in &statements {
        let rules = &statement["predicate"]["verifier"]["policies"][0]["digest"]["sha256"];
        assert_eq!(
            Some(format!("sha256:{}", rules.as_str().unwrap_or_default())).as_deref(),
            report["tool"]["ruleset"].as_str()
        );
        assert!(statement["predicate"]["properties"].as_array().is_some_and(|all| all.len() == 4));
        assert!(!statement.to_string().contains("finding"), "{statement:#}");
    }
    assert_eq!(scan(&tag, "nothing")?.verdict(), "clean");
    Ok(())
}

#[test]
fn what_leaks_or_was_not_read_gets_no_statement() -> Result<()> {
    let (Some(docker), Some(registry), Some([tool, _])) = (Docker::get()?, registry()?, clients()?) else {
        return Ok(());
    };
    let tag = |what: &str| format!("{registry}/{}:1", docker.repository(what));
    let guard = |build: &Build, tag: &str, more: &[&str]| {
        docker.guard(
            build,
            &[&["--attest=type=svr", "--push", "--progress=plain", "--tag", tag][..], more].concat(),
        )
    };
    let (leaks, unread) = (tag("leaks"), tag("unread"));
    let text = "FROM bb\nCOPY step.sh /\nRUN --mount=type=secret,id=key sh /step.sh\n";
    let build = Build::new(text).file("step.sh", "cp /run/secrets/key /app/kept\n");
    let told = guard(&build.secret("key", &github_token()), &leaks, &[])?;
    assert_eq!((told.code, crane(&tool, &["digest", &leaks])?), (1, None), "{told:#?}");
    // A compressed file that breaks off cannot be read to its end.
    let broken = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x4b; 3]].concat();
    let build = Build::new("FROM scratch\nCOPY broken.gz /\n").file("broken.gz", broken);
    let told = guard(&build, &unread, &[])?;
    assert_eq!((told.code, crane(&tool, &["digest", &unread])?), (3, None), "{told:#?}");
    let told = guard(&build, &unread, &["--allow-gaps=truncated,corrupt"])?;
    assert_eq!(told.code, 0, "{told:#?}");
    assert!(told.err.contains("no statement is attached"), "{told:#?}");
    assert_eq!(statements(&tool, &unread)?, Vec::<Value>::new());
    Ok(())
}
