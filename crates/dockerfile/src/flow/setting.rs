//! What is known before a script runs: which variables and files hold a secret, and where nothing persists.

use std::collections::{BTreeMap, BTreeSet};

use super::path;
use crate::shell::traces;
use crate::{Base, Document, Kind, Mount, MountKind, Scope, Scopes};

/// What is known about the surroundings of a script before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Variables of the environment that hold a secret.
    pub variables: BTreeSet<String>,
    /// Files that hold a secret; a directory stands for all that is in it. Absolute.
    pub files: BTreeSet<String>,
    /// Where nothing persists: mounts. Absolute.
    pub scratch: BTreeSet<String>,
    /// What the builder keeps for later builds, outside of any layer: cache mounts. Absolute.
    pub caches: BTreeSet<String>,
    /// Other variables whose values are known.
    pub values: BTreeMap<String, String>,
    /// The working directory.
    pub workdir: String,
    /// The home of the user.
    pub home: String,
    /// Whether the shell shows every command with its values from the start: `SHELL ["sh", "-xc"]`.
    pub traced: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            variables: BTreeSet::new(),
            files: BTreeSet::new(),
            scratch: BTreeSet::new(),
            caches: BTreeSet::new(),
            values: BTreeMap::new(),
            workdir: "/".to_owned(),
            home: "/root".to_owned(),
            traced: false,
        }
    }
}

impl Setting {
    /// What a Dockerfile tells about an instruction: variables with their values, the working directory, the home of
    /// the user, and the mounts. Which arguments and files hold a secret is for the caller to add.
    ///
    /// A working directory that only the base image knows is `$PWD`.
    #[must_use]
    pub fn at(document: &Document, scopes: &Scopes<'_>, instruction: usize) -> Setting {
        let scope = scopes.at(instruction);
        let mut setting = Setting::default();
        for (name, binding) in scope.iter() {
            let text = binding.value.text.clone();
            setting.values.extend(text.map(|text| (name.to_owned(), text)));
        }
        setting.place(document, scopes, instruction);
        setting.traced = traces(document, scopes.stages(), instruction);
        let expanded = |text: &str| expanded(&scope, text, document.escape());
        match document.instructions().get(instruction) {
            Some(one) => setting.with_mounts(one.innermost().mounts(), expanded),
            None => setting,
        }
    }

    /// The working directory and the home at an instruction.
    fn place(&mut self, document: &Document, scopes: &Scopes<'_>, instruction: usize) {
        let stages = scopes.stages();
        let Some(stage) = stages.holding(instruction) else { return };
        let base = stages.lineage(stage.index).first().and_then(|index| stages.all().get(*index));
        if base.is_some_and(|base| base.base != Base::Scratch) {
            "$PWD".clone_into(&mut self.workdir);
        }
        for index in stages.steps(stage.index).into_iter().filter(|index| *index < instruction) {
            let Some(one) = document.instructions().get(index) else { continue };
            let expanded = |text: &str| expanded(&scopes.at(index), text, document.escape());
            match &one.kind {
                Kind::Workdir(folder) => self.workdir = path::join(&self.workdir, &expanded(folder)),
                Kind::User(user) => self.home = home_of(&expanded(user)),
                _ => {}
            }
        }
        if let Some(home) = self.values.get("HOME") {
            self.home.clone_from(home);
        }
    }

    /// With a variable that holds a secret.
    #[must_use]
    pub fn variable(mut self, name: &str) -> Self {
        self.variables.insert(name.to_owned());
        self
    }

    /// With a file or directory that holds a secret.
    #[must_use]
    pub fn file(mut self, path: &str) -> Self {
        self.files.insert(path.to_owned());
        self
    }

    /// With the mounts of a `RUN`, as they are written: secrets become sources, and no layer has what is written where
    /// something is mounted; the builder keeps what lies in a cache.
    #[must_use]
    pub fn mounts(self, mounts: &[Mount]) -> Self {
        self.with_mounts(mounts, str::to_owned)
    }

    fn with_mounts(mut self, mounts: &[Mount], expanded: impl Fn(&str) -> String) -> Self {
        for mount in mounts {
            let folder = self.workdir.clone();
            let place = |target: &str| path::join(&folder, &expanded(target));
            match mount.kind {
                MountKind::Secret => {
                    self.variables.extend(mount.env().map(|name| expanded(name)));
                    let file = mount.secret_file().map(|file| place(&file));
                    self.scratch.extend(file.clone());
                    self.files.extend(file);
                }
                MountKind::Cache => self.caches.extend(mount.target().map(|target| place(target))),
                MountKind::Bind | MountKind::Tmpfs => {
                    self.scratch.extend(mount.target().map(|target| place(target)));
                }
                MountKind::Ssh | MountKind::Unknown => {}
            }
        }
        self
    }
}

/// A word as the builder expands it; what is not known of it stays as written.
fn expanded(scope: &Scope, word: &str, escape: char) -> String {
    scope.expand(word, escape).ok().and_then(|value| value.text).unwrap_or_else(|| word.to_owned())
}

/// The usual home of a user.
fn home_of(user: &str) -> String {
    match user.split(':').next().unwrap_or(user) {
        "" | "root" | "0" => "/root".to_owned(),
        // A number without an entry in /etc/passwd has no home.
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => "/".to_owned(),
        name => format!("/home/{name}"),
    }
}
