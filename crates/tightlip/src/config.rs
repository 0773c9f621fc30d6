//! Finds `tightlip.toml` and reads it, with the files that it names.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use tightlip_engine::lint::LINTS;
use tightlip_engine::policy::{
    Mistake, Policy, PolicyErrors, PolicyFile, RegistrySettings, Search, mask_reasons, name_pack,
};
use tightlip_engine::{KnownValue, PackText, Redactor, rules};
use tightlip_report::{Date, Level, Remark, Report};

use crate::command::packs;
use crate::known::{Known, PolicySource};
use crate::{key, terminal};

/// The name under which a policy is found.
const NAME: &str = "tightlip.toml";
/// A policy larger than this is none, in bytes.
const LARGEST: u64 = 16 << 20;

/// The arguments of commands that a policy holds for.
#[derive(Debug, Args)]
pub(crate) struct PolicyOptions {
    /// The policy [default: tightlip.toml here or in a directory above, within the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use no policy
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
    /// A file of findings that are known and allowed, as tightlip baseline writes it (repeatable)
    #[arg(long, value_name = "FILE")]
    baseline: Vec<PathBuf>,
}

/// Which baselines are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baselines {
    /// Those of the command line and of the policy.
    Read,
    /// None: a new one is being written.
    Ignored,
}

/// A policy as it lies on the disk.
pub(crate) struct Config {
    policy: Policy,
    main: PolicyFile,
    /// Where relative paths of the policy begin.
    folder: PathBuf,
}

impl PolicyOptions {
    /// Reads the policy; without one everything is as it is by default.
    pub(crate) fn load(&self, baselines: Baselines) -> Result<Config> {
        let path = match &self.config {
            Some(path) => Some(path.clone()),
            None if self.no_config => None,
            None => find(&std::env::current_dir().context("there is no working directory")?),
        };
        Config::read(path.as_deref(), (&self.baseline, baselines))
    }
}

impl Config {
    /// The policy that holds for a folder: its own, or the nearest above it.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self> {
        Self::read(find(folder).as_deref(), (&[], Baselines::Read))
    }

    fn read(path: Option<&Path>, (given, baselines): (&[PathBuf], Baselines)) -> Result<Self> {
        let mut mistakes = Vec::new();
        let folder = path.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        let main = match path {
            Some(path) => {
                let (main, wrong) = PolicyFile::parse(&shown(path), &self::read(path)?);
                mistakes.extend(wrong);
                main
            }
            None => PolicyFile::default(),
        };
        let mut files: Vec<PolicyFile> = path.iter().map(|_| main.clone()).collect();
        if baselines == Baselines::Read {
            let named = main.baselines.iter().map(|file| folder.join(file));
            for path in given.iter().cloned().chain(named) {
                let (file, wrong) = PolicyFile::parse_baseline(&shown(&path), &self::read(&path)?);
                mistakes.extend(wrong);
                files.push(file);
            }
        }
        let config = Self { policy: Policy::new(files, Date::of_seconds(terminal::now())), main, folder };
        mistakes.extend(config.unknown_rules()?);
        if mistakes.is_empty() { Ok(config) } else { Err(PolicyErrors(mistakes).into()) }
    }

    /// Where the policy lies; none if there is none.
    pub(crate) fn folder(&self) -> Option<&Path> {
        (!self.main.name.is_empty()).then_some(&self.folder)
    }

    /// The rule packs of the command line and of the policy, and the names that it calls secret.
    pub(crate) fn packs(&self, given: &[PathBuf]) -> Result<Vec<PackText>> {
        let Search { rules, names } = &self.main.search;
        let named = rules.iter().map(|file| self.folder.join(file));
        let files: Vec<PathBuf> = given.iter().cloned().chain(named).collect();
        Ok(packs(&files)?.into_iter().chain(name_pack(names)).collect())
    }

    /// The values that the policy has looked for, and what of them cannot be.
    pub(crate) fn known(&self) -> (Vec<KnownValue>, Vec<String>) {
        Known::of_policy(&[PolicySource { known: &self.main.known, folder: &self.folder }])
    }

    /// What the policy has to say about itself.
    pub(crate) fn remark(&self, text: String) -> Remark {
        Remark { by: self.main.name.clone(), text }
    }

    /// How registries are asked, and where the paths in it begin.
    pub(crate) fn registry(&self) -> (&RegistrySettings, &Path) {
        (&self.main.registry, &self.folder)
    }

    /// What was decided, for who applies it before the report is whole.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The level from which on findings count.
    pub(crate) fn counts(&self, asked: Level) -> Level {
        asked.min(self.policy.counts())
    }

    /// The report as the policy sees it, with what there is to say about the policy itself.
    pub(crate) fn apply(&self, report: Report, notes: Vec<Remark>) -> Result<Report> {
        let mut report = self.policy.apply(report);
        report.remarks.extend(notes);
        if !report.allowed.is_empty() {
            let redactor = Redactor::new(&self.known().0, &self.packs(&[])?)?;
            mask_reasons(&mut report, &key::identity()?, &redactor);
        }
        Ok(report)
    }

    /// Levels of rules that there are not. The rules are only asked where levels are set.
    fn unknown_rules(&self) -> Result<Vec<Mistake>> {
        if !self.main.sets_levels() {
            return Ok(Vec::new());
        }
        let rules = rules(&self.packs(&[])?)?;
        let known: Vec<&str> =
            rules.iter().map(|rule| rule.id).chain(LINTS.iter().map(|lint| lint.id)).collect();
        Ok(self.main.unknown_rules(&known))
    }
}

/// The policy of a directory: its own, or the nearest above it, up to the root of the repository. Beyond that begins
/// what others may write.
fn find(from: &Path) -> Option<PathBuf> {
    for folder in from.ancestors() {
        let path = folder.join(NAME);
        // Whatever it is, somebody meant a policy: one that cannot be read is told by whoever reads it.
        if path.symlink_metadata().is_ok() {
            return Some(path);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// A path as messages name it: from here on, where that is shorter.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    short.display().to_string()
}

/// The text of a policy file.
pub(crate) fn read(path: &Path) -> Result<String> {
    let name = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("cannot read {name}"))?.len();
    if size > LARGEST {
        bail!("cannot read {name}: a policy of {size} bytes is more than {LARGEST}");
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    // The error of the library would quote the text.
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("cannot read {name}: it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_looked_for_up_to_the_root_of_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("repository/a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.path().join(NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.path().join(NAME)));
        std::fs::create_dir(root.path().join("repository/.git")).unwrap();
        assert_eq!(find(&deep), None);
        std::fs::create_dir(deep.join(NAME)).unwrap();
        assert_eq!(find(&deep), Some(deep.join(NAME)));
        assert!(read(&deep.join(NAME)).is_err());
        std::fs::remove_dir(deep.join(NAME)).unwrap();
        std::fs::write(root.path().join("repository").join(NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.path().join("repository").join(NAME)));
    }
}
