//! What lies around an open file: the folders of the editor, with their Dockerfiles and what starts builds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tightlip_engine::lint::{Input, around};

use super::path;
use crate::config::Config;

/// The policy of a folder.
#[derive(Clone)]
pub(super) enum Policy {
    /// As it was read, or as it is by default.
    Found(Rc<Config>),
    /// It cannot be used.
    Wrong { why: String, told: bool },
}

/// The folders of the editor.
pub(super) struct Workspace {
    folders: Vec<PathBuf>,
    /// What lies in them, as it was read last.
    files: HashMap<PathBuf, Vec<Input>>,
    /// The policies of folders that files were opened in.
    policies: HashMap<PathBuf, Policy>,
}

impl Workspace {
    /// The folders that the editor names when it says hello.
    pub(super) fn of(hello: &serde_json::Value) -> Self {
        let listed = hello.get("workspaceFolders").and_then(|folders| folders.as_array());
        let uris = listed.into_iter().flatten().filter_map(|folder| folder.get("uri"));
        // Older editors name one.
        let uris = uris.chain(hello.get("rootUri")).filter_map(|uri| uri.as_str()?.parse().ok());
        let mut folders: Vec<PathBuf> = uris.filter_map(|uri| path(&uri)).collect();
        folders.sort();
        folders.dedup();
        Self { folders, files: HashMap::new(), policies: HashMap::new() }
    }

    /// Something was saved: what lies there is read again when it is asked for.
    pub(super) fn changed(&mut self) {
        self.files.clear();
        self.policies.clear();
    }

    /// The policy of a file. That it cannot be used is to be told the first time.
    pub(super) fn policy(&mut self, file: &Path) -> Policy {
        let folder = file.parent().unwrap_or(file).to_owned();
        if let Some(known) = self.policies.get(&folder) {
            return known.clone();
        }
        let policy = match Config::of_folder(&folder) {
            Ok(config) => Policy::Found(Rc::new(config)),
            Err(error) => Policy::Wrong { why: format!("{error:#}"), told: false },
        };
        let known = match policy.clone() {
            Policy::Wrong { why, .. } => Policy::Wrong { why, told: true },
            found @ Policy::Found(_) => found,
        };
        self.policies.insert(folder, known);
        policy
    }

    /// What lies around a file, with the texts that the editor holds in the place of those on the disk.
    pub(super) fn around(&mut self, file: &Path, held: &HashMap<PathBuf, String>) -> Vec<Input> {
        // The innermost folder, if several hold it.
        let folders = self.folders.iter().filter(|folder| file.starts_with(folder));
        let Some(folder) = folders.max_by_key(|folder| folder.as_os_str().len()) else { return Vec::new() };
        let read = || around(folder).unwrap_or_default();
        let files = self.files.entry(folder.clone()).or_insert_with(read);
        let as_held = |input: &Input| match input {
            Input::Text { name, path: Some(path), .. } => {
                let bytes = held.get(path)?.as_bytes().to_vec();
                Some(Input::Text { name: name.clone(), path: Some(path.clone()), bytes })
            }
            _ => None,
        };
        let others = files
            .iter()
            .filter(|input| !matches!(input, Input::Text { path: Some(path), .. } if path == file));
        others.map(|input| as_held(input).unwrap_or_else(|| input.clone())).collect()
    }
}
