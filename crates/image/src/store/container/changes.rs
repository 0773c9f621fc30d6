//! What a container changed: the list that the daemon keeps, and what became of it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::archive::header::normal;
use super::super::daemon::{Daemon, DaemonError};
use crate::{Problem, ProblemKind};

/// Go's `fs.ModeSocket`: what has this bit has no content.
const SOCKET: u64 = 1 << 24;

/// Paths without a leading slash.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// What was added or modified.
    pub(super) written: BTreeSet<String>,
    /// What was deleted.
    pub(super) deleted: BTreeSet<String>,
}

impl Changes {
    /// Reads the daemon's list; `null` if nothing changed. An entry that cannot be understood becomes a problem.
    pub(super) fn read(list: &[u8], problems: &mut Vec<Problem>) -> Self {
        let mut changes = Self::default();
        let list: Value = serde_json::from_slice(list).unwrap_or_default();
        for change in list.as_array().into_iter().flatten() {
            let path = change.get("Path").and_then(Value::as_str).map(normal).unwrap_or_default();
            match change.get("Kind").and_then(Value::as_u64) {
                Some(0 | 1) if !path.is_empty() => changes.written.insert(path),
                Some(2) if !path.is_empty() => changes.deleted.insert(path),
                _ => {
                    let detail = "the daemon names a change that cannot be understood".to_owned();
                    problems.push(Problem::new(ProblemKind::Corrupt, path, detail));
                    false
                }
            };
        }
        changes
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty() && self.deleted.is_empty()
    }

    /// A tar stream, without an end, in which each deleted path is a whiteout.
    pub(super) fn whiteouts(&self) -> std::io::Result<Vec<u8>> {
        let mut builder = tar::Builder::new(Vec::new());
        for path in &self.deleted {
            let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(f, n)| (f, n));
            let slash = if folder.is_empty() { "" } else { "/" };
            let mut header = tar::Header::new_ustar();
            header.set_size(0);
            header.set_mode(0);
            builder.append_data(&mut header, format!("{folder}{slash}.wh.{name}"), std::io::empty())?;
        }
        let mut bytes = builder.into_inner()?;
        bytes.truncate(bytes.len().saturating_sub(1024));
        Ok(bytes)
    }
}

/// Whether a path is still there and is something that has content.
pub(super) fn has_content(daemon: &Daemon, archive: &str, path: &str) -> bool {
    // A name that is no UTF-8 does not survive the list: nobody can ask for it.
    if path.contains(char::REPLACEMENT_CHARACTER) {
        return true;
    }
    match daemon.headers(&format!("{archive}?path={}", escape(&format!("/{path}")))) {
        Err(DaemonError::Answer { status: 404, .. }) => false,
        Err(_) => true,
        Ok(answer) => {
            let stat = answer.headers().get("x-docker-container-path-stat");
            let stat = stat.and_then(|value| STANDARD.decode(value.as_bytes()).ok());
            let stat: Value = stat.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
            let mode = stat.get("mode").and_then(Value::as_u64);
            mode.is_none_or(|mode| mode & SOCKET == 0)
        }
    }
}

/// A path as it may stand in a query.
fn escape(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-~".contains(&b);
    path.bytes().fold(String::new(), |mut out, byte| {
        match plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_changes_is_read() {
        let list = br#"[{"Path":"/etc","Kind":0},{"Path":"/etc/x","Kind":1},{"Path":"/gone/y","Kind":2},{"Kind":9}]"#;
        let mut problems = Vec::new();
        let changes = Changes::read(list, &mut problems);
        assert_eq!(changes.written.iter().collect::<Vec<_>>(), ["etc", "etc/x"]);
        assert_eq!(changes.deleted.iter().collect::<Vec<_>>(), ["gone/y"]);
        assert_eq!(problems.len(), 1);
        assert!(Changes::read(b"null", &mut problems).is_empty());
    }

    #[test]
    fn what_was_deleted_becomes_a_whiteout_however_long_its_name() {
        let mut changes = Changes::default();
        changes.deleted.extend(["a".to_owned(), format!("b/{}/c", "x".repeat(300))]);
        let bytes = changes.whiteouts().unwrap();
        let names: Vec<String> = tar::Archive::new(bytes.as_slice())
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, [".wh.a".to_owned(), format!("b/{}/.wh.c", "x".repeat(300))]);
    }

    #[test]
    fn a_path_does_not_end_a_query() {
        assert_eq!(escape("/a b&c?d=ä"), "/a%20b%26c%3Fd%3D%C3%A4");
    }
}
