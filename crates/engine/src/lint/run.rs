//! The lint: reads what a build is made of, lets every lint look at it, and writes the report.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tightlip_dockerfile::{Document, Span};
use tightlip_report::{
    Allowed, Exposure, Finding, Gap, GapKind, Place, Read, Remedy, Report, Surface, Target,
};

use crate::ledger::Ledger;
use crate::request::Request;
use crate::scan::ScanError;
use crate::sighting::Blind;
use crate::tools::Tools;
use crate::vault::Mask;
use crate::{assemble, mechanism};

use super::Lint;
use super::allow;
use super::caller::{self, CallerFile};
use super::disk::{self, Raw, Unread};
use super::fix::{Change, Fix};
use super::gather;
use super::inline;
use super::look::Looker;
use super::project::{Project, Words};
use super::request::{Held, Input, LintRequest};
use super::rules::{LINTS, is_gap};
use super::sink::{Issue, Sink};
use super::text::{FileId, TextFile};
use super::unclear;

/// A lint could not run.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    /// Something that was named cannot be read.
    #[error("cannot read {}: {source}{}", path.display(), meant(path))]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to look at.
    #[error("there is no Dockerfile in {given}, and no file that starts builds of one\n{}", name_it(meant.as_deref()))]
    Nothing {
        /// What was named.
        given: String,
        /// A file there that may have been meant.
        meant: Option<PathBuf>,
    },
    /// The rules are wrong or the search could not be prepared.
    #[error(transparent)]
    Scan(#[from] ScanError),
}

/// A line about what lies there under nearly the same name.
fn meant(path: &Path) -> String {
    disk::meant(path).map(|meant| format!("\n{}", name_it(Some(&meant)))).unwrap_or_default()
}

fn name_it(file: Option<&Path>) -> String {
    match file {
        Some(file) => format!("Did you mean: tightlip lint {}", disk::shown(file)),
        None => "Dockerfile, Containerfile, Dockerfile.NAME and NAME.Dockerfile are found; name any other: tightlip lint FILE".to_owned(),
    }
}

/// What a lint came to.
#[derive(Debug)]
pub struct Linted {
    /// The report.
    pub report: Report,
    /// The files that were read.
    pub files: Vec<TextFile>,
    /// What can be mended.
    pub fixes: Vec<Fix>,
    /// Where each finding stands, and what mends it.
    pub marks: Vec<Mark>,
    mask: Hidden,
}

/// Where a finding stands.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The lint that says it.
    pub lint: &'static Lint,
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
    /// What mends it.
    pub fix: Option<Fix>,
}

/// Masks the values of a lint.
struct Hidden(Mask);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Linted {
    /// The file that was named first.
    #[must_use]
    pub fn first(&self) -> FileId {
        FileId(0)
    }

    /// A file.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&TextFile> {
        self.files.get(id.0)
    }

    /// What a change does, line by line. Values that were found are masked.
    #[must_use]
    pub fn diff(&self, change: &Change) -> String {
        let Some(file) = self.file(change.file) else { return String::new() };
        difference(&file.name, &self.masked(&file.source), &self.masked(&change.text))
    }

    /// A text with every value that was found masked.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        self.mask.0.text(text)
    }
}

/// The lines in which two texts differ.
pub(super) fn difference(name: &str, before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

/// Lints what the request names.
///
/// # Errors
/// When something that was named cannot be read, or there is nothing to look at.
pub fn lint(request: &LintRequest) -> Result<Linted, LintError> {
    let (mut files, mut unread) = read_inputs(request)?;
    let tools = tools(request)?;
    let looker = Looker { tools: &tools, key: &request.key };
    let looked = look(&mut files, &looker, request.jobs);
    let documents = looked.documents;
    let gathered = gather::contexts(&mut files, &documents, request, &looker);
    unread.extend(gathered.unread);
    let words = Words { allowed: allowed(&files, &documents), rules: looker.rules() };
    let issues = ask(&Project::new(&files, &documents, gathered.contexts, &words), request);
    let mask = tools.vault.mask().map_err(ScanError::from)?;
    let mut writing = Writing {
        files: &files,
        mask: &mask,
        ledger: Ledger::default(),
        allowed: Vec::new(),
        fixes: Vec::new(),
        marks: Vec::new(),
    };
    writing.issues(worst(&files, issues), &words);
    writing.blind(&looked.blind, unread, &documents);
    let (settled, allowed) = (writing.ledger.settle(), writing.allowed);
    let (fixes, marks) = (writing.fixes, writing.marks);
    let mut report = Report {
        tool: tools.tool(),
        target: Target { given: given(request), ..Target::default() },
        findings: settled.findings,
        gaps: settled.gaps,
        allowed,
        read: read(&files),
        ..Report::default()
    };
    mask.report(&mut report);
    Ok(Linted { report, files, fixes, marks, mask: Hidden(mask) })
}

/// What is allowed in each file.
fn allowed(files: &[TextFile], documents: &[(FileId, Document)]) -> Vec<allow::Allowed> {
    let mut allowed: Vec<allow::Allowed> = files.iter().map(allow::in_caller).collect();
    for (id, document) in documents {
        let dockerfile = files.get(id.0).is_some_and(|file| file.surface == Surface::Dockerfile);
        if let Some(of_file) = allowed.get_mut(id.0).filter(|_| dockerfile) {
            *of_file = allow::in_dockerfile(document);
        }
    }
    allowed
}

fn tools(request: &LintRequest) -> Result<Tools, ScanError> {
    let mut scan = Request::new("", request.key.clone());
    scan.rules.clone_from(&request.rules);
    Tools::new(&scan)
}

/// What the user named, in words.
fn given(request: &LintRequest) -> String {
    let names = request.inputs.iter().map(|input| match input {
        Input::Path(path) => path.display().to_string(),
        Input::Text { name, .. } => name.clone(),
    });
    names.collect::<Vec<_>>().join(" ")
}

fn read(files: &[TextFile]) -> Read {
    // An ignore file that is not there holds nothing.
    let read = files.iter().filter(|file| file.surface != Surface::Context || !file.source.is_empty());
    let bytes = read.clone().map(|file| file.source.len() as u64).sum();
    Read { entries: read.count() as u64, bytes, ..Read::default() }
}

/// Reads everything that is named.
fn read_inputs(request: &LintRequest) -> Result<(Vec<TextFile>, Vec<Unread>), LintError> {
    let (mut files, mut unread): (Vec<TextFile>, Vec<Unread>) = (Vec::new(), Vec::new());
    let mut seen: HashSet<PathBuf> = HashSet::new();
    for input in &request.inputs {
        match input {
            // What an editor holds counts, not what lies there.
            Input::Text { name, path, bytes } => {
                seen.extend(path.clone());
                let file = text_file(name.clone(), path.clone(), bytes);
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    // What was to come through a pipe may have failed.
                    let reason = "there is nothing in it".to_owned();
                    let (name, surface) = (name.clone(), file.surface);
                    unread.push(Unread { name, surface, reason, bytes: None });
                }
                files.push(file);
            }
            Input::Path(path) => {
                let wrong = |source| LintError::Read { path: path.clone(), source };
                let found = disk::read(path, &request.held).map_err(wrong)?;
                unread.extend(found.unread);
                let named = path.is_file();
                for raw in found.files.into_iter().filter(|raw| seen.insert(raw.path.clone())) {
                    let file = text_file(raw.name, Some(raw.path), &raw.bytes);
                    // A file that starts no build is of no interest, unless it was named.
                    if named || file.surface != Surface::Dockerfile || is_dockerfile(&file.name) {
                        files.push(file);
                    }
                }
            }
        }
    }
    if files.is_empty() && unread.is_empty() {
        let meant = request.inputs.iter().find_map(|input| match input {
            Input::Path(path) => disk::meant(path),
            Input::Text { .. } => None,
        });
        Err(LintError::Nothing { given: given(request), meant })
    } else {
        Ok((files, unread))
    }
}

/// The Dockerfiles below a directory and what starts builds there, as texts: for an editor, which then asks about one of
/// them. What cannot be read is left out: a lint of the directory itself says so.
///
/// # Errors
/// When the directory cannot be read.
pub fn around(directory: &Path) -> io::Result<Vec<Input>> {
    let found = disk::read(directory, &Held::new())?;
    let input = |raw: Raw| {
        let file = text_file(raw.name.clone(), None, &raw.bytes);
        let counts = file.surface != Surface::Dockerfile || is_dockerfile(&file.name);
        counts.then_some(Input::Text { name: raw.name, path: Some(raw.path), bytes: raw.bytes })
    };
    Ok(found.files.into_iter().filter_map(input).collect())
}

fn is_dockerfile(name: &str) -> bool {
    disk::is_dockerfile(name.rsplit('/').next().unwrap_or(name))
}

/// The source as the parser sees it: bytes that are not UTF-8 are `?`.
fn text_file(name: String, path: Option<PathBuf>, bytes: &[u8]) -> TextFile {
    let source = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => Document::parse_bytes(bytes).source().to_owned(),
    };
    let surface = match is_dockerfile(&name) {
        true => Surface::Dockerfile,
        false => caller::surface(&name, &source).unwrap_or(Surface::Dockerfile),
    };
    TextFile::new(name, path, (surface, source)).read_from(bytes)
}

/// What was seen in the files, in their order.
struct Looked {
    documents: Vec<(FileId, Document)>,
    blind: Vec<(FileId, Blind)>,
}

/// Parses and searches all files, as many at once as there are jobs.
fn look(files: &mut [TextFile], looker: &Looker<'_>, jobs: usize) -> Looked {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let sources: Vec<&TextFile> = files.iter().collect();
    let work = || {
        while let Some((index, file)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, sources.get(index)?)))
        {
            let (documents, seen) = match file.surface {
                Surface::Dockerfile => {
                    let document = Document::parse(&file.source);
                    let seen = looker.dockerfile(&document);
                    (vec![document], seen)
                }
                _ => {
                    let documents = inline::documents(&file.name, &file.source);
                    let seen = looker.caller((&file.name, &file.source), &documents);
                    (documents, seen)
                }
            };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, documents, seen));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.min(sources.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, ..)| *index);
    let mut looked = Looked { documents: Vec::new(), blind: Vec::new() };
    for (index, documents, seen) in done {
        looked.documents.extend(documents.into_iter().map(|document| (FileId(index), document)));
        looked.blind.extend(seen.blind.into_iter().map(|blind| (FileId(index), blind)));
        if let Some(file) = files.get_mut(index) {
            file.literals = seen.literals;
        }
    }
    looked
}

/// Lets every lint speak.
fn ask(project: &Project<'_>, request: &LintRequest) -> Vec<Issue> {
    let Some(first) = LINTS.first() else { return Vec::new() };
    let mut sink = Sink::new(&request.key, first);
    for lint in LINTS {
        (lint.check)(project, sink.turn(lint));
    }
    sink.issues
}

/// On one line a secret is told once: as the worst that is said about it.
fn worst(files: &[TextFile], issues: Vec<Issue>) -> Vec<Issue> {
    let mut kept: Vec<Issue> = Vec::new();
    let mut index: HashMap<(FileId, usize, String), usize> = HashMap::new();
    for issue in issues {
        let line = files.get(issue.file.0).map_or(0, |file| file.line(issue.span.start));
        let at = *index.entry((issue.file, line, issue.identity.clone())).or_insert(kept.len());
        match kept.get_mut(at) {
            Some(other) if (other.level, other.confidence) < (issue.level, issue.confidence) => {
                let fix = issue.fix.clone().or_else(|| other.fix.clone());
                *other = Issue { fix, ..issue };
            }
            Some(other) => other.fix = other.fix.take().or(issue.fix),
            None => kept.push(issue),
        }
    }
    kept
}

/// The report while it is written.
struct Writing<'w> {
    files: &'w [TextFile],
    mask: &'w Mask,
    ledger: Ledger,
    allowed: Vec<Allowed>,
    fixes: Vec<Fix>,
    marks: Vec<Mark>,
}

impl Writing<'_> {
    fn issues(&mut self, mut issues: Vec<Issue>, words: &Words) {
        issues.sort_by_key(|issue| (issue.file, issue.span));
        for issue in issues {
            let Some(file) = self.files.get(issue.file.0) else { continue };
            let finding = finding(&issue, file, self.mask);
            let allowed = words.allowed.get(issue.file.0).into_iter().flat_map(|allowed| &allowed.permits);
            let permit = allowed.into_iter().find(|permit| permit.covers(&issue));
            let subject = format!("{} {}", file.name, self.subject(&issue, &finding));
            match permit {
                Some(permit) => {
                    let by = format!("{}:{}", file.name, permit.line);
                    let fingerprint = self.ledger.fingerprint(&finding, &subject);
                    let reason = self.mask.text(&permit.reason);
                    let finding = Box::new(Finding { fingerprint: fingerprint.clone(), ..finding });
                    self.allowed.push(Allowed { fingerprint, reason, by, expires: None, finding });
                }
                None => {
                    self.ledger.finding(finding, &subject);
                    let Issue { lint, file, span, fix, .. } = issue;
                    self.marks.push(Mark { lint, file, span, fix: fix.clone() });
                    self.fixes.extend(fix);
                }
            }
        }
    }

    /// What stays the same when lines are added above.
    fn subject(&self, issue: &Issue, finding: &Finding) -> String {
        let line = || finding.excerpt.as_ref().map(|excerpt| excerpt.text.clone()).unwrap_or_default();
        if issue.subject.is_empty() { line() } else { self.mask.text(&issue.subject) }
    }

    fn blind(&mut self, blind: &[(FileId, Blind)], unread: Vec<Unread>, documents: &[(FileId, Document)]) {
        for (id, blind) in blind {
            let Some(file) = self.files.get(id.0) else { continue };
            let mut gap = assemble::unlooked(blind, Place::new(file.surface, Exposure::Visible), self.mask);
            gap.place.path = Some(self.mask.name(&file.name));
            self.ledger.gap(gap);
        }
        for Unread { name, surface, reason, bytes } in unread {
            let kind = if reason.contains("(limit ") { GapKind::Limit } else { GapKind::Unreadable };
            let mut place = Place::new(surface, Exposure::Visible);
            place.path = Some(self.mask.name(&name));
            self.ledger.gap(Gap { kind, place, reason, bytes });
        }
        for (id, document) in documents {
            self.not_understood(*id, document);
        }
        for (index, file) in self.files.iter().enumerate() {
            if let Some(caller) = CallerFile::of(FileId(index), file) {
                self.not_read(file, &caller.callers.problems);
                if let Some(span) = inline::passed_over(&caller.callers, &file.source) {
                    self.in_a_string(file, span);
                }
            }
        }
    }

    /// A Dockerfile that was searched for values and not understood.
    fn in_a_string(&mut self, file: &TextFile, span: Span) {
        let mut place = Place::new(file.surface, Exposure::Visible);
        place.path = Some(self.mask.name(&file.name));
        place.line = Some(file.line(span.start) as u64);
        let reason =
            "a Dockerfile in a quoted string is not linted: write it as a block (`|`, `<<EOT`) or as a file"
                .to_owned();
        self.ledger.gap(Gap { kind: GapKind::Unreadable, place, reason, bytes: None });
    }

    /// Where a file that starts builds could not be read: it may start others there.
    fn not_read(&mut self, file: &TextFile, problems: &[tightlip_callers::Problem]) {
        let Some(first) = problems.iter().find(|problem| is_gap(problem)) else { return };
        let mut place = Place::new(file.surface, Exposure::Visible);
        place.path = Some(self.mask.name(&file.name));
        place.line = Some(file.line(first.span.start) as u64);
        let reason = self.mask.text(&first.fault.to_string());
        self.ledger.gap(Gap { kind: GapKind::Corrupt, place, reason, bytes: None });
    }

    /// What the parser could not make sense of: a build may do there what no lint saw.
    fn not_understood(&mut self, id: FileId, document: &Document) {
        let Some((line, reason)) = unclear::of(document) else { return };
        let mut place = Place::new(Surface::Dockerfile, Exposure::Visible);
        place.path = self.files.get(id.0).map(|file| self.mask.name(&file.name));
        place.line = Some(line as u64);
        let reason = format!("{}; it was searched for values, nothing else", self.mask.text(&reason));
        self.ledger.gap(Gap { kind: GapKind::Corrupt, place, reason, bytes: None });
    }
}

fn finding(issue: &Issue, file: &TextFile, mask: &Mask) -> Finding {
    let mut place = Place::new(file.surface, Exposure::Visible);
    place.path = Some(mask.name(&file.name));
    place.line = Some(file.line(issue.span.start) as u64);
    place.column = Some(file.column(issue.span.start) as u64);
    place.offset = Some(issue.span.start as u64);
    let (lint, general) = (issue.lint, mechanism::named(issue.lint.mechanism));
    let fix = issue.remedy.clone().or_else(|| general.map(|one| one.fix.to_owned())).unwrap_or_default();
    Finding {
        fingerprint: String::new(),
        identity: issue.identity.clone(),
        rule: lint.id.to_owned(),
        title: mask.text(&issue.title),
        level: issue.level,
        lowered_from: assemble::lowered_from(issue.level, lint.level),
        confidence: issue.confidence,
        shape: mask.shape(&issue.shape),
        mechanism: lint.mechanism.to_owned(),
        place,
        introduced_by: None,
        recover: mask.text(issue.recover.as_deref().unwrap_or(lint.recover)),
        remedy: Remedy {
            summary: mask.text(&fix),
            command: issue.command.as_deref().map(|command| mask.name(command)),
            rotate: issue.rotate.map(str::to_owned),
        },
        decoded_from: Vec::new(),
        excerpt: Some(file.excerpt(issue.span, &mask.text(&issue.label), mask)),
    }
}
