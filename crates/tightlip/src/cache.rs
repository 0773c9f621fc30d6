//! Where results of earlier scans are kept, and which build of the program made them.

use std::path::PathBuf;

use clap::Args as Arguments;
use tightlip_engine::{Cache, CacheFolder, IdentityKey};

/// The arguments of commands that read layers.
#[derive(Debug, Default, Arguments)]
pub(crate) struct Options {
    /// Keep results of layers here [default: tightlip in the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// Read every layer, and keep no results
    #[arg(long, conflicts_with = "cache_dir")]
    no_cache: bool,
}

impl Options {
    /// The cache, unless it is not wanted or there is no place for it.
    pub(crate) fn open(&self, key: &IdentityKey) -> Option<Cache> {
        Some(Cache::new(self.folder()?, key, &program()))
    }

    /// Why nothing can be kept in the folder that was named. That is no reason to withhold a report.
    pub(crate) fn trouble(&self) -> Option<String> {
        let error = CacheFolder::new(self.cache_dir.clone()?).check().err()?;
        let place = self.cache_dir.as_ref()?.display();
        Some(format!("no results of layers are kept in {place}: {error}"))
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> Option<CacheFolder> {
        if self.no_cache { None } else { folder(self.cache_dir.clone()) }
    }
}

/// The folder that was named, or the user's own.
pub(crate) fn folder(named: Option<PathBuf>) -> Option<CacheFolder> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    named.or_else(|| Some(user()?.join("tightlip"))).map(CacheFolder::new)
}

/// Tells this build of the program from every other.
fn program() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let built = file.map(|file| (file.len(), file.modified().ok()));
    format!("{} {built:?}", env!("CARGO_PKG_VERSION"))
}
