//! The entries of a layer as a tree: which rows there are, given what is open and what is looked for.

use std::collections::{HashMap, HashSet};

use tightlip_engine::{EntryView, Thing};

/// A layer with at most so many entries is shown with all its folders open.
const FEW: usize = 60;

/// A row of the tree. Its path is the beginning of the path of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The entry.
    pub(super) at: usize,
    /// Where its name begins in the path of the entry,
    pub(super) start: usize,
    /// and where its path ends.
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) kind: RowKind,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    /// The entry itself, with nothing below it.
    Leaf,
    /// The entry itself, which holds others.
    Folder(Leaves),
    /// A folder that has no entry in this layer.
    Implied(Leaves),
}

/// Whether a folder shows what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    Shown,
    Folded,
}

/// Which folders of a layer are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Folds {
    all_open: bool,
    /// The folders that are not as the others.
    toggled: HashSet<String>,
}

impl Folds {
    /// The folders that a layer is first shown with: all if there are few, else those above what leaks.
    pub(super) fn of<'p>(entries: &[EntryView], leaking: impl Iterator<Item = &'p str>) -> Self {
        let all_open = entries.len() <= FEW;
        let mut folds = Self { all_open, toggled: HashSet::new() };
        if !all_open {
            leaking.for_each(|path| folds.open_above(path));
        }
        folds
    }

    pub(super) fn toggle(&mut self, path: &str) {
        if !self.toggled.remove(path) {
            self.toggled.insert(path.to_owned());
        }
    }

    /// Opens every folder above a path.
    pub(super) fn open_above(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or_default();
            if !self.is_open(folder) {
                self.toggle(folder);
            }
        }
    }

    fn is_open(&self, path: &str) -> bool {
        self.all_open != self.toggled.contains(path)
    }
}

/// What of a layer is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'w> {
    /// Everything, as it is folded.
    Everything(&'w Folds),
    /// What these say, all folders open.
    Matches {
        /// Part of the path in small letters.
        part: &'w str,
        /// The paths with findings, if only those.
        only: Option<&'w HashMap<String, Vec<usize>>>,
    },
}

impl Wanted<'_> {
    fn takes(&self, entry: &EntryView) -> bool {
        match self {
            Self::Everything(_) => true,
            Self::Matches { part, only } => {
                only.is_none_or(|only| only.contains_key(&entry.path))
                    && (part.is_empty() || entry.path.to_lowercase().contains(part))
            }
        }
    }

    fn is_open(&self, path: &str) -> bool {
        match self {
            Self::Everything(folds) => folds.is_open(path),
            Self::Matches { .. } => true,
        }
    }
}

/// The rows of a layer whose entries stand in the order of their paths.
pub(super) fn rows(entries: &[EntryView], wanted: Wanted<'_>) -> Vec<Row> {
    let taken: Vec<usize> =
        (0..entries.len()).filter(|at| entries.get(*at).is_some_and(|e| wanted.takes(e))).collect();
    let mut rows = Vec::new();
    let mut before = "";
    for (position, &at) in taken.iter().enumerate() {
        let Some(entry) = entries.get(at) else { continue };
        let next = taken.get(position + 1).and_then(|next| entries.get(*next));
        let holds =
            entry.thing == Thing::Directory || next.is_some_and(|next| is_above(&entry.path, &next.path));
        let shared = shared(before, &entry.path);
        before = &entry.path;
        let mut start = 0;
        for (depth, end) in ends(&entry.path).enumerate() {
            let (path, own) = (entry.path.get(..end).unwrap_or_default(), end == entry.path.len());
            let leaves = if wanted.is_open(path) { Leaves::Shown } else { Leaves::Folded };
            // A folder was told with the entry before, unless it is an entry of its own.
            if own || end > shared {
                let kind = match (own, holds) {
                    (true, false) => RowKind::Leaf,
                    (true, true) => RowKind::Folder(leaves),
                    (false, _) => RowKind::Implied(leaves),
                };
                rows.push(Row { at, start, end, depth, kind });
            }
            if !own && leaves == Leaves::Folded {
                break;
            }
            start = end + 1;
        }
    }
    rows
}

/// Where the parts of a path end. The root has one part, which is empty.
fn ends(path: &str) -> impl Iterator<Item = usize> {
    path.match_indices('/').map(|(at, _)| at).chain([path.len()])
}

fn is_above(path: &str, other: &str) -> bool {
    other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

/// How many bytes of the second path are folders of the first one, or the first one itself.
fn shared(first: &str, second: &str) -> usize {
    let same = |end: &usize| {
        let path = second.get(..*end).unwrap_or_default();
        !path.is_empty() && (first == path || is_above(path, first))
    };
    ends(second).take_while(same).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use tightlip_report::Exposure;

    use super::*;

    fn entry(path: &str, thing: Thing) -> EntryView {
        EntryView {
            path: path.to_owned(),
            thing,
            size: 0,
            mode: 0o644,
            owner: (0, 0),
            link: None,
            exposure: Exposure::Visible,
            hidden_by: None,
        }
    }

    fn layer() -> Vec<EntryView> {
        let paths = ["app", "app/a/b/c", "app/a/d", "etc/x", "etc/y", "file"];
        paths
            .iter()
            .map(|path| entry(path, if *path == "app" { Thing::Directory } else { Thing::File }))
            .collect()
    }

    fn lines(entries: &[EntryView], wanted: Wanted<'_>) -> Vec<String> {
        let line = |row: &Row| {
            let path = &entries[row.at].path;
            let mark = match row.kind {
                RowKind::Leaf => "",
                RowKind::Folder(Leaves::Shown) => "/",
                RowKind::Folder(Leaves::Folded) => "/…",
                RowKind::Implied(Leaves::Shown) => "/ (implied)",
                RowKind::Implied(Leaves::Folded) => "/… (implied)",
            };
            format!("{}{}{mark}", " ".repeat(row.depth), &path[row.start..row.end])
        };
        rows(entries, wanted).iter().map(line).collect()
    }

    #[test]
    fn folders_without_an_entry_are_shown_once() {
        let layer = layer();
        let folds = Folds::of(&layer, std::iter::empty());
        assert_eq!(
            lines(&layer, Wanted::Everything(&folds)),
            ["app/", " a/ (implied)", "  b/ (implied)", "   c", "  d", "etc/ (implied)", " x", " y", "file"]
        );
    }

    #[test]
    fn a_folded_folder_shows_nothing_below_it() {
        let layer = layer();
        let mut folds = Folds::of(&layer, std::iter::empty());
        folds.toggle("app/a");
        folds.toggle("etc");
        let rows = lines(&layer, Wanted::Everything(&folds));
        assert_eq!(rows, ["app/", " a/… (implied)", "etc/… (implied)", "file"]);
        folds.open_above("app/a/d");
        assert!(lines(&layer, Wanted::Everything(&folds)).contains(&"  d".to_owned()));
    }

    #[test]
    fn what_is_looked_for_is_shown_with_the_folders_above_it() {
        let layer = layer();
        let found = |part: &str| lines(&layer, Wanted::Matches { part, only: None });
        assert_eq!(found("x"), ["etc/ (implied)", " x"]);
        assert_eq!(found("nothing"), [""; 0]);
        let leaks = HashMap::from([("app/a/d".to_owned(), vec![0])]);
        let rows = lines(&layer, Wanted::Matches { part: "", only: Some(&leaks) });
        assert_eq!(rows, ["app/ (implied)", " a/ (implied)", "  d"]);
    }

    #[test]
    fn a_file_that_is_also_a_folder_hides_nothing() {
        let layer = vec![entry("a", Thing::File), entry("a/b", Thing::File), entry("", Thing::Directory)];
        let folds = Folds::of(&layer, std::iter::empty());
        assert_eq!(lines(&layer, Wanted::Everything(&folds)), ["a/", " b", "/"]);
    }

    #[test]
    fn a_large_layer_is_folded_but_for_what_leaks() {
        let mut layer: Vec<_> = (0..FEW).map(|n| entry(&format!("a/{n:04}"), Thing::File)).collect();
        layer.push(entry("b/c/leak", Thing::File));
        let folds = Folds::of(&layer, ["b/c/leak"].into_iter());
        let rows = lines(&layer, Wanted::Everything(&folds));
        assert_eq!(rows, ["a/… (implied)", "b/ (implied)", " c/ (implied)", "  leak"]);
    }
}
