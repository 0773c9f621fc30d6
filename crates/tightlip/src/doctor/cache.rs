//! The folder with results of earlier scans: how much is in it, and may it be written?

use tightlip_engine::CacheFolder;

use super::{Check, Line, Machine, mode};

/// The check.
pub(super) static CHECK: Check = Check { name: "cache", run };

fn run(machine: &Machine) -> Vec<Line> {
    let Some(path) = machine.cache.clone() else {
        return vec![Line::missing(
            "there is no folder for it: every layer is read every time",
            "set HOME or XDG_CACHE_HOME, or name a folder with --cache-dir",
        )];
    };
    let shown = path.display().to_string();
    let Ok(metadata) = std::fs::metadata(&path) else {
        return vec![Line::missing(
            format!("{shown}: the first scan makes it"),
            "do nothing: it is made when it is needed",
        )];
    };
    let size = match CacheFolder::new(path).size() {
        Ok(size) => size,
        Err(error) => {
            return vec![Line::broken(
                format!("{shown}: {error}"),
                "let your own user own it, or use --cache-dir",
            )];
        }
    };
    if metadata.permissions().readonly() {
        return vec![Line::broken(format!("{shown} may not be written"), format!("chmod u+w {shown}"))];
    }
    if let Some(mode) = mode(&metadata).filter(|mode| mode & 0o022 != 0) {
        let says = format!("{shown} has mode {mode:04o}: others can remove results");
        return vec![Line::broken(says, format!("keep it to yourself: chmod 700 {shown}"))];
    }
    vec![Line::good(format!("{shown}: {} layers, {} bytes", size.entries, size.bytes))]
}
