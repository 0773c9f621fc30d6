//! Puts the build context of each Dockerfile together: ignore file, files, and the values in them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tightlip_dockerfile::{Document, Ignore, Scopes};
use tightlip_report::Surface;

use super::context::{Context, Sent, Take, takes};
use super::disk::{Unread, shown};
use super::look::Looker;
use super::request::{Contexts, Input, LintRequest};
use super::text::{FileId, Literal, TextFile};
use super::tree::{self, Listings, Walk};

/// The contexts, one for each Dockerfile that lies on the disk.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) contexts: HashMap<FileId, (Context, Vec<Take>)>,
    pub(crate) unread: Vec<Unread>,
}

/// What was seen in a file; a file that two Dockerfiles take is read once.
type Known = HashMap<PathBuf, Result<Arc<Vec<Literal>>, ()>>;

/// Reads the contexts of all Dockerfiles. Ignore files join the files of the project.
pub(crate) fn contexts(
    files: &mut Vec<TextFile>,
    documents: &[(FileId, Document)],
    request: &LintRequest,
    looker: &Looker<'_>,
) -> Gathered {
    let mut gathered = Gathered::default();
    if request.contexts == Contexts::Unread {
        return gathered;
    }
    let (mut known, mut listings) = (Known::new(), Listings::default());
    for (id, document) in documents {
        let Some(path) = files.get(id.0).and_then(|file| file.path.clone()) else { continue };
        let scopes = Scopes::of(document, BTreeMap::new());
        let takes = takes(&scopes, document.instructions(), document.escape());
        let root = match &request.contexts {
            Contexts::In(root) => root.clone(),
            _ => tree::root(&path, top(&path, request), &takes),
        };
        let ignore = tree::ignore_file(&path, &root);
        let rules = Ignore::parse(&ignore.text);
        let walked = Walk { root: &root, rules: &rules, takes: &takes }.files(&mut listings);
        gathered.unread.extend(walked.unread);
        let sent = sent(&root, walked.paths, (request.jobs, looker), (&mut known, &mut gathered.unread));
        let ignore = join(files, ignore.path, ignore.text);
        let name = if root.as_os_str().is_empty() { String::new() } else { shown(&root) };
        gathered.contexts.insert(*id, (Context { name, ignore, rules, files: sent }, takes));
    }
    gathered
}

/// The directory that the user named and in which the Dockerfile was found.
fn top<'r>(dockerfile: &Path, request: &'r LintRequest) -> Option<&'r Path> {
    let paths = request.inputs.iter().filter_map(|input| match input {
        Input::Path(path) => Some(path.as_path()),
        Input::Text { .. } => None,
    });
    paths
        .filter(|path| dockerfile != *path && dockerfile.starts_with(path))
        .min_by_key(|path| path.as_os_str().len())
}

/// Adds the ignore file to the files of the project, once.
fn join(files: &mut Vec<TextFile>, path: PathBuf, text: String) -> FileId {
    if let Some(index) = files.iter().position(|file| file.path.as_ref() == Some(&path)) {
        return FileId(index);
    }
    files.push(TextFile::new(shown(&path), Some(path), (Surface::Context, text)));
    FileId(files.len() - 1)
}

fn sent(
    root: &Path,
    paths: Vec<String>,
    (jobs, looker): (usize, &Looker<'_>),
    (known, unread): (&mut Known, &mut Vec<Unread>),
) -> Vec<Sent> {
    let new: Vec<String> =
        paths.iter().filter(|path| !known.contains_key(&root.join(path))).cloned().collect();
    let look = |path: &str, bytes: &[u8]| looker.file(path, bytes);
    for (path, seen) in new.iter().zip(tree::each(root, &new, jobs, &look)) {
        let seen = seen.map_err(|why| unread.push(why)).map(|seen| {
            unread.extend(seen.blind.into_iter().map(|blind| passed_over(&root.join(path), blind.skipped)));
            Arc::new(seen.literals)
        });
        known.insert(root.join(path), seen);
    }
    let literals = |path: &str| match known.get(&root.join(path)) {
        Some(Ok(literals)) => literals.as_ref().clone(),
        _ => Vec::new(),
    };
    paths.into_iter().map(|path| Sent { literals: literals(&path), path }).filter(interesting).collect()
}

/// What the search did not look into, in a file that was read.
fn passed_over(path: &Path, skipped: tightlip_detect::Skipped) -> Unread {
    let limit =
        if skipped.limit.is_empty() { String::new() } else { format!(" (limit `{}`)", skipped.limit) };
    Unread { name: shown(path), reason: format!("{}{limit}", skipped.what), bytes: skipped.bytes }
}

/// What no lint asks about is not kept.
fn interesting(sent: &Sent) -> bool {
    !sent.literals.is_empty() || sent.path.split('/').any(|part| part == ".git")
}
