//! The build context: which of the files that lie there a build is sent, and which of them an instruction takes.

use tightlip_dockerfile::{
    Document, Ignore, Instruction, Kind, Mount, MountKind, Scopes, Source, Span, Transfer,
};

use super::text::{FileId, Literal};

/// A build context as the builder sees it.
#[derive(Debug)]
pub(crate) struct Context {
    /// The directory, as the report names it; empty for the current one.
    pub(crate) name: String,
    /// The ignore file that the builder uses, or would use if it were there.
    pub(crate) ignore: FileId,
    /// Its rules.
    pub(crate) rules: Ignore,
    /// The files that instructions take and the ignore file leaves and that were read, in order of path: those in which
    /// something was found, and those that an instruction names itself.
    pub(crate) files: Vec<Sent>,
    /// The files that bind mounts show to steps which copy, and in which something was found.
    pub(crate) bound: Vec<Sent>,
}

/// A file that goes into the image.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Its path in the context, with slashes.
    pub(crate) path: String,
    /// The values in it.
    pub(crate) literals: Vec<Literal>,
}

/// What a source of a `COPY` or `ADD` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Take {
    /// The instruction.
    pub(crate) instruction: usize,
    /// The source, where it is written.
    pub(crate) span: Span,
    /// The source, variables expanded, relative to the context; empty for all of it.
    pub(crate) source: String,
    /// The source as a pattern.
    pattern: Ignore,
    /// What `--exclude` leaves out of it.
    except: Ignore,
}

impl Take {
    /// Whether it takes a file.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let taken = self.source.is_empty() || self.pattern.excludes(path);
        let below = path.strip_prefix(&self.source).map_or(path, |rest| rest.trim_start_matches('/'));
        taken && !(self.except.excludes(below) || self.except.excludes(path))
    }

    /// Whether it names a path itself, or goes through it: not only a directory above.
    pub(crate) fn names(&self, path: &str) -> bool {
        let through =
            self.fixed().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let by_pattern = self.pattern.excludes(path) && (parent.is_empty() || !self.pattern.excludes(parent));
        !self.source.is_empty() && (through || by_pattern)
    }

    /// Whether something below a directory may be taken, or the directory itself.
    pub(crate) fn reaches(&self, directory: &str) -> bool {
        let fixed = self.fixed();
        let below = |inner: &str, outer: &str| {
            outer.is_empty()
                || inner == outer
                || inner.strip_prefix(outer).is_some_and(|r| r.starts_with('/'))
        };
        below(directory, fixed) || below(fixed, directory)
    }

    /// Whether the source names a directory or a pattern, not one file.
    pub(crate) fn is_broad(&self, path: &str) -> bool {
        self.source != path
    }

    /// The directories in front of the first pattern character.
    fn fixed(&self) -> &str {
        let special = self.source.find(['*', '?', '[', '\\']);
        let head = self.source.get(..special.unwrap_or(self.source.len())).unwrap_or_default();
        if special.is_none() {
            head
        } else {
            head.rsplit_once('/').map_or("", |(directories, _)| directories)
        }
    }
}

/// Everything that a Dockerfile takes from its context, or from the one of this name.
pub(crate) fn takes(document: &Document, scopes: &Scopes<'_>, from: Option<&str>) -> Vec<Take> {
    let mut all = Vec::new();
    for (index, instruction) in document.instructions().iter().enumerate() {
        // What `ONBUILD` takes comes from the context of another build.
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
        if transfer.from.as_deref() == from {
            all.extend(sources(scopes, (index, instruction), transfer, document.escape()));
        }
    }
    all
}

fn sources(
    scopes: &Scopes<'_>,
    (index, instruction): (usize, &Instruction),
    transfer: &Transfer,
    escape: char,
) -> Vec<Take> {
    let scope = scopes.at(index);
    let flags = instruction.flags.iter().filter(|flag| flag.name.as_str() == "exclude");
    let except: Vec<&str> = flags.filter_map(|flag| flag.value.as_deref()).collect();
    let except = Ignore::parse(&except.join("\n"));
    let take = |source: &Source| {
        let Source::Path(word) = source else { return None };
        // What only a caller knows is not guessed.
        let source = scope.expand(word.as_str(), escape).ok()?.text?;
        if source.contains("://") || source.starts_with("git@") {
            return None;
        }
        let source = clean(&source);
        let pattern = Ignore::parse(&source);
        Some(Take { instruction: index, span: word.span(), source, pattern, except: except.clone() })
    };
    transfer.sources.iter().filter_map(take).collect()
}

/// Everything of the context that bind mounts show to steps that copy files. Nothing of a mount stays otherwise.
pub(crate) fn binds(document: &Document, scopes: &Scopes<'_>) -> Vec<Take> {
    let mut all = Vec::new();
    for (index, instruction) in document.instructions().iter().enumerate() {
        if !copies(document.text(instruction.span)) {
            continue;
        }
        let scope = scopes.at(index);
        let context = |mount: &&Mount| mount.kind == MountKind::Bind && mount.from().is_none();
        for mount in instruction.mounts().iter().filter(context) {
            let source = mount.source().map_or("", |source| source.as_str());
            let Some(source) = scope.expand(source, document.escape()).ok().and_then(|value| value.text)
            else {
                continue;
            };
            let source = clean(&source);
            let (span, pattern, except) = (instruction.span, Ignore::parse(&source), Ignore::parse(""));
            all.push(Take { instruction: index, span, source, pattern, except });
        }
    }
    all
}

/// Whether a step runs a program that copies files.
fn copies(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || ";&|(){}\"'`/".contains(c);
    text.split(ends)
        .any(|word| matches!(word, "cp" | "install" | "rsync" | "tar" | "mv" | "cat" | "dd" | "zip"))
}

/// A path in the context: no leading slash, no `.`; `..` ends at the root, as the builder has it.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// A directory of Git's own store: its content is packed history, which a scan of the image reads.
pub(crate) fn is_git_store(path: &str) -> bool {
    path.split_once(".git/").is_some_and(|(before, inner)| {
        (before.is_empty() || before.ends_with('/')) && (inner.starts_with("objects/") || inner == "objects")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn all(dockerfile: &str) -> Vec<Take> {
        let document = Document::parse(dockerfile);
        takes(&document, &Scopes::of(&document, BTreeMap::new()), None)
    }

    fn taken(dockerfile: &str, path: &str) -> bool {
        all(dockerfile).iter().any(|take| take.takes(path))
    }

    #[test]
    fn sources_take_files_directories_and_patterns() {
        assert!(taken("FROM x\nCOPY . /app", "a/.env"));
        assert!(taken("FROM x\nCOPY ./src/ /app", "src/a/.env"));
        assert!(!taken("FROM x\nCOPY src /app", "src2/.env"));
        assert!(taken("FROM x\nADD [\"*.pem\", \"/\"]", "a.pem"));
        assert!(!taken("FROM x\nADD *.pem /", "a/b.pem"));
        assert!(taken("FROM x\nARG DIR=conf\nCOPY ${DIR}/x /", "conf/x"));
        assert!(taken("FROM x\nCOPY /../up /", "up"));
    }

    #[test]
    fn other_stages_addresses_and_what_nobody_knows_take_nothing() {
        for line in ["COPY --from=a . /", "ADD https://x.example/.env /", "COPY $DIR/ /", "ONBUILD COPY . /"]
        {
            assert_eq!(all(&format!("FROM x\n{line}")), [], "{line}");
        }
    }

    #[test]
    fn what_a_mount_shows_counts_where_something_copies() {
        let shown = |flags: &str, run: &str| {
            let document = Document::parse(&format!("FROM x\nARG D=conf\nRUN {flags} {run}\n"));
            let all = binds(&document, &Scopes::of(&document, BTreeMap::new()));
            all.into_iter().map(|take| take.source).collect::<Vec<_>>()
        };
        assert_eq!(shown("--mount=type=bind,target=/c", "cp -r /c/a /b"), [""]);
        assert_eq!(shown("--mount=type=bind,source=./$D,target=/c", "(cd /c && tar c .) | tar x"), ["conf"]);
        assert!(shown("--mount=type=bind,target=/c", "make -C /c").is_empty());
        assert!(shown("--mount=type=bind,from=a,target=/c", "cp -r /c/a /b").is_empty());
        assert!(shown("--mount=type=cache,target=/c", "cp -r /c/a /b").is_empty());
    }

    #[test]
    fn excluded_files_are_not_taken() {
        assert!(!taken("FROM x\nCOPY --exclude=.env . /", ".env"));
        assert!(taken("FROM x\nCOPY --exclude=.env . /", "a/.env"));
        assert!(!taken("FROM x\nCOPY --exclude=**/.env src /", "src/a/.env"));
    }

    #[test]
    fn only_directories_that_are_reached_are_walked() {
        let take = |dockerfile| all(dockerfile).remove(0);
        assert!(take("FROM x\nCOPY src/*.js /").reaches("src"));
        assert!(take("FROM x\nCOPY src/a/b /").reaches("src/a"));
        assert!(take("FROM x\nCOPY src /").reaches("src/a"));
        assert!(!take("FROM x\nCOPY src /").reaches("other"));
    }

    #[test]
    fn a_path_is_named_by_itself_by_a_pattern_or_on_the_way() {
        let names = |source: &str, path: &str| all(&format!("FROM x\nCOPY {source} /")).remove(0).names(path);
        assert!(names("a/link", "a/link") && names("link/x", "link") && names("a/*", "a/link"));
        assert!(!names("a", "a/link") && !names(".", "link") && !names("a/linked", "a/link"));
    }

    #[test]
    fn the_store_of_git_is_known() {
        assert!(is_git_store(".git/objects/pack/a.pack") && is_git_store("sub/.git/objects/aa/b"));
        assert!(!is_git_store(".git/config") && !is_git_store("x.git/objects/a"));
    }
}
