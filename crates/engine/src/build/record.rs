//! The builder's own record of a build, which holds the log unmasked: finds it, and has it removed.
//!
//! A record is asked for as little as possible. Engine 28.5 keeps a record that somebody had opened (`history logs`,
//! `export`, a build with `--metadata-file`) although it says that it was removed, and crashes when its records are listed
//! afterwards. So the wrapped build has no metadata file, the record is found without the engine, and nothing is listed:
//! a record is gone when the engine, asked to remove it once more, does not know it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::disk;
use super::known::Environment;
use crate::builder::{Builder, Kind, Task};

/// Where buildx writes down which builds it started. Source: buildx `localstate/localstate.go`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Records {
    folder: Option<PathBuf>,
    before: BTreeSet<Record>,
}

/// A build that buildx started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) builder: String,
    node: String,
    pub(crate) id: String,
}

impl Record {
    /// The command that removes it.
    pub(crate) fn removal(&self) -> String {
        format!("docker buildx history rm --builder {} {}", self.builder, self.id)
    }

    /// The command that prints the log as the builder keeps it.
    pub(crate) fn log(&self) -> String {
        format!("docker buildx history logs --builder {} {}", self.builder, self.id)
    }
}

impl Records {
    /// What there is before a build.
    pub(crate) fn before(builder: &Builder, environment: &Environment) -> Self {
        let buildx = buildx_folder(environment);
        let folder = buildx.filter(|_| builder.kind() == Kind::Buildx).map(|folder| folder.join("refs"));
        let before = folder.as_deref().map(all).unwrap_or_default();
        Self { folder, before }
    }

    /// Whether the builder keeps any.
    pub(crate) fn are_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// The record of the build of this context that was started since; none if it cannot be told from others.
    pub(crate) fn since(&self, context: &str) -> Option<Record> {
        let folder = self.folder.as_deref()?;
        let mut new: Vec<Record> = all(folder).difference(&self.before).cloned().collect();
        if new.len() > 1 {
            let path = std::path::absolute(context).ok()?;
            new.retain(|record| is_of(folder, record, &path));
        }
        match new.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}

/// Where buildx keeps what it knows. Source: buildx `util/confutil/config.go`.
pub(crate) fn buildx_folder(environment: &Environment) -> Option<PathBuf> {
    let at = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let docker = || at("DOCKER_CONFIG").or_else(|| Some(at("HOME")?.join(".docker")));
    at("BUILDX_CONFIG").or_else(|| Some(docker()?.join("buildx")))
}

fn all(folder: &Path) -> BTreeSet<Record> {
    let mut found = BTreeSet::new();
    for builder in disk::names(folder).into_iter().filter(|name| !name.starts_with("__")) {
        for node in disk::names(&folder.join(&builder)) {
            let ids = disk::names(&folder.join(&builder).join(&node));
            found.extend(ids.into_iter().map(|id| Record {
                builder: builder.clone(),
                node: node.clone(),
                id,
            }));
        }
    }
    found
}

fn is_of(folder: &Path, record: &Record, context: &Path) -> bool {
    let text = disk::text(&folder.join(&record.builder).join(&record.node).join(&record.id));
    let state: Value = text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    state.get("LocalPath").and_then(Value::as_str).is_some_and(|path| Path::new(path) == context)
}

/// Has the record of a build removed; says what came of it and what is left to do.
pub(crate) fn remove(builder: &Builder, record: Option<&Record>) -> String {
    let Some(record) = record else {
        return "the builder keeps the log of this build as it was printed\nRemove it: docker buildx history ls, then docker buildx history rm ID".to_owned();
    };
    match is_removed(builder, record) {
        true => {
            format!(
                "the builder removed its record of this build ({}), which held the log unmasked; it is gone",
                record.id
            )
        }
        false => kept(record),
    }
}

/// Says that a record is there, and what to do.
pub(crate) fn kept(record: &Record) -> String {
    format!(
        "the builder keeps its record of this build, with the log unmasked, or somebody has it open\nRemove it: {}",
        record.removal()
    )
}

/// Has the record of a build removed; whether it is gone.
pub(crate) fn is_removed(builder: &Builder, record: &Record) -> bool {
    let task = Task::new(["history", "rm", "--builder", record.builder.as_str(), record.id.as_str()]);
    // One that is not known may still be written: it is not gone.
    if !builder.ask(&task).is_ok_and(|answer| answer.ended.succeeded()) {
        return false;
    }
    // Source: BuildKit `solver/llbsolver/history.go`: one that is in use is marked only, and found again.
    builder.ask(&task).is_ok_and(|answer| !answer.ended.succeeded() && is_unknown(&answer.said))
}

fn is_unknown(said: &[u8]) -> bool {
    String::from_utf8_lossy(said).contains("not found")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_build_is_told_from_others_that_started_at_the_same_time() {
        let place = tempfile::tempdir().unwrap();
        let nodes = place.path().join("default/default");
        fs::create_dir_all(&nodes).unwrap();
        fs::create_dir_all(place.path().join("__group__/x")).unwrap();
        let add = |id: &str, path: &str| {
            fs::write(nodes.join(id), format!(r#"{{"Target":"default","LocalPath":"{path}"}}"#)).unwrap();
        };
        add("old", "/a");
        let records = Records { folder: Some(place.path().to_owned()), before: all(place.path()) };
        assert_eq!(records.since("/a"), None);
        add("mine", "/a");
        assert_eq!(records.since("/b").unwrap().id, "mine");
        add("other", "/b");
        assert_eq!(records.since("/a").unwrap().id, "mine");
        add("twin", "/a");
        assert_eq!(records.since("/a"), None);
    }
}
