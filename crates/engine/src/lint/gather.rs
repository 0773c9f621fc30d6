//! Puts the build context of each Dockerfile together: ignore file, files, and the values in them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tightlip_dockerfile::{Document, Ignore, Scopes};
use tightlip_report::Surface;

use super::caller::{self, CallerFile, Told};
use super::context::{Context, Sent, Take, binds, takes};
use super::disk::{Unread, shown};
use super::look::Looker;
use super::request::{Contexts, Focus, Input, LintRequest};
use super::text::{FileId, Literal, TextFile};
use super::tree::{self, Listings, Taken, Walk, unread};

/// A context, and what a Dockerfile takes from it.
pub(crate) type Sending = (Context, Vec<Take>);

/// The contexts of the Dockerfiles.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) contexts: HashMap<FileId, Vec<Sending>>,
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
    if request.contexts == Contexts::Unread {
        return Gathered::default();
    }
    let callers: Vec<CallerFile<'_>> =
        files.iter().enumerate().filter_map(|(index, file)| CallerFile::of(FileId(index), file)).collect();
    let names = documents.iter().filter_map(|(id, _)| files.get(id.0));
    let told = caller::told(&callers, &names.map(|file| caller::plain(&file.name)).collect());
    let asked = |id: &FileId| request.focus == Focus::All || *id == FileId(0);
    let places: Vec<_> = documents
        .iter()
        .filter(|(id, _)| asked(id))
        .filter_map(|(id, document)| {
            // The context of a Dockerfile in a file that starts builds is not looked for.
            let file = files.get(id.0).filter(|file| file.surface == Surface::Dockerfile)?;
            let told = told.get(&caller::plain(&file.name)).cloned().unwrap_or_default();
            Some((*id, places(file, document, (told, request))))
        })
        .collect();
    let mut gathering =
        Gathering { files, request, looker, known: Known::new(), gathered: Gathered::default() };
    let mut listings = Listings::default();
    for (id, places) in places {
        for place in places {
            gathering.read(id, place, &mut listings);
        }
    }
    gathering.gathered
}

/// A directory that a Dockerfile takes from, before it was read.
struct Where {
    root: PathBuf,
    /// The Dockerfile, where it lies.
    dockerfile: Option<PathBuf>,
    takes: Vec<Take>,
    binds: Vec<Take>,
}

/// The directories that a Dockerfile takes from: what the user says, else what those say that start its builds, else what
/// its own place tells.
fn places(file: &TextFile, document: &Document, (told, request): (Told, &LintRequest)) -> Vec<Where> {
    let scopes = Scopes::of(document, BTreeMap::new());
    let place = |root: PathBuf, dockerfile: Option<&PathBuf>, from: Option<&str>| Where {
        root,
        dockerfile: dockerfile.cloned(),
        takes: takes(document, &scopes, from),
        binds: if from.is_none() { binds(document, &scopes) } else { Vec::new() },
    };
    let mut places = Vec::new();
    match (&request.contexts, &file.path) {
        (Contexts::In(root), path) => places.push(place(root.clone(), path.as_ref(), None)),
        (_, None) => {}
        (_, Some(path)) => {
            let roots = told.roots.into_iter().map(PathBuf::from).filter(|root| tree::is_directory(root));
            places.extend(roots.map(|root| place(root, Some(path), None)));
            if places.is_empty() {
                let takes = takes(document, &scopes, None);
                let root = tree::root(path, top(path, request), &takes);
                places.push(place(root, Some(path), None));
            }
        }
    }
    for (name, root) in told.named {
        // It has an ignore file of its own.
        let root = PathBuf::from(root);
        if file.path.is_some() && tree::is_directory(&root) {
            places.push(place(root, None, Some(&name)));
        }
    }
    places
}

/// The contexts while they are read.
struct Gathering<'g> {
    files: &'g mut Vec<TextFile>,
    request: &'g LintRequest,
    looker: &'g Looker<'g>,
    known: Known,
    gathered: Gathered,
}

impl Gathering<'_> {
    fn read(&mut self, id: FileId, place: Where, listings: &mut Listings) {
        let Where { root, dockerfile, takes, binds } = place;
        let ignore = tree::ignore_file(dockerfile.as_deref(), &root, &self.request.held);
        let rules = Ignore::parse(&ignore.text);
        let mut files = self.walked(&root, (&rules, &takes), listings);
        files.retain(|sent| is_of_interest(sent, &takes));
        let mut bound = self.walked(&root, (&rules, &binds), listings);
        bound.retain(|sent| !sent.literals.is_empty());
        let ignore = join(self.files, ignore.path, ignore.text);
        let name = if root.as_os_str().is_empty() { String::new() } else { shown(&root) };
        let context = Context { name, ignore, rules, files, bound };
        self.gathered.contexts.entry(id).or_default().push((context, takes));
    }

    /// The files of a context that are taken.
    fn walked(
        &mut self,
        root: &Path,
        (rules, takes): (&Ignore, &[Take]),
        listings: &mut Listings,
    ) -> Vec<Sent> {
        if takes.is_empty() {
            return Vec::new();
        }
        let walked = Walk { root, rules, takes }.files(listings);
        self.gathered.unread.extend(walked.unread);
        self.sent(root, walked.files)
    }

    /// Reads the files that are new; what cannot be read is a gap, and not sent.
    fn sent(&mut self, root: &Path, taken: Vec<Taken>) -> Vec<Sent> {
        let mut new: Vec<PathBuf> = taken.iter().map(|one| one.lies.clone()).collect();
        new.retain(|lies| !self.known.contains_key(&root.join(lies)));
        new.sort();
        new.dedup();
        let looker = self.looker;
        let look = |path: &str, bytes: &[u8]| looker.file(path, bytes);
        for (lies, seen) in new.iter().zip(tree::each(root, &new, self.request.jobs, &look)) {
            let unread = &mut self.gathered.unread;
            let seen = seen.map_err(|why| unread.push(why)).map(|seen| {
                unread
                    .extend(seen.blind.into_iter().map(|blind| passed_over(&root.join(lies), blind.skipped)));
                Arc::new(seen.literals)
            });
            self.known.insert(root.join(lies), seen);
        }
        let sent = |one: Taken| {
            let literals = self.known.get(&root.join(&one.lies))?.as_ref().ok()?;
            Some(Sent { literals: literals.as_ref().clone(), path: one.path })
        };
        taken.into_iter().filter_map(sent).collect()
    }
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
    let is_exact = !text.contains(char::REPLACEMENT_CHARACTER);
    let mut file = TextFile::new(shown(&path), Some(path), (Surface::Context, text));
    file.is_exact = is_exact;
    files.push(file);
    FileId(files.len() - 1)
}

/// What the search did not look into, in a file that was read.
fn passed_over(path: &Path, skipped: tightlip_detect::Skipped) -> Unread {
    let limit =
        if skipped.limit.is_empty() { String::new() } else { format!(" (limit `{}`)", skipped.limit) };
    unread(path, format!("{}{limit}", skipped.what), skipped.bytes)
}

/// What no lint asks about is not kept.
fn is_of_interest(sent: &Sent, takes: &[Take]) -> bool {
    let git = || sent.path.split('/').any(|part| part == ".git");
    !sent.literals.is_empty() || git() || takes.iter().any(|take| take.source == sent.path)
}
