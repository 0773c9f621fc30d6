//! What upper layers do to paths, against a slow model and in examples.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testing::{Tar, read};

/// A layer written as words: `+file`, `/dir`, `-whiteout`, `!opaque`, `new=old` for a hard link.
fn layer(words: &str) -> Arc<LayerNames> {
    let tar = words.split_whitespace().fold(Tar::default(), |tar, word| match word.split_at(1) {
        ("+", path) => tar.file(path, "x"),
        ("/", path) => tar.dir(path),
        ("-", path) => tar.file(&mark(path, ".wh."), ""),
        ("!", path) => tar.file(&format!("{path}/.wh..wh..opq"), ""),
        _ => {
            let (new, old) = word.split_once('=').unwrap();
            tar.link(b'1', new, old)
        }
    });
    let mut names = LayerNames::default();
    read(&tar.end()).0.entries.iter().for_each(|(entry, _)| names.add(entry));
    names.seal();
    Arc::new(names)
}

fn mark(path: &str, prefix: &str) -> String {
    match path.rsplit_once('/') {
        Some((directory, base)) => format!("{directory}/{prefix}{base}"),
        None => format!("{prefix}{path}"),
    }
}

fn fate(layers: &[&str], number: usize, path: &str) -> Fate {
    Stack::new(layers.iter().map(|words| layer(words)).collect()).fate(number, path.as_bytes())
}

#[test]
fn a_file_that_nothing_hides_is_visible() {
    assert_eq!(fate(&["+a", "+b", "/a2"], 0, "a"), Fate::Visible);
    assert_eq!(fate(&[], 0, "a"), Fate::Visible);
}

#[test]
fn a_whiteout_deletes_a_path_and_everything_under_it() {
    assert_eq!(fate(&["+a", "-a"], 0, "a"), Fate::Deleted { by: 1 });
    assert_eq!(fate(&["/d +d/e/f", "+x", "-d"], 0, "d/e/f"), Fate::Deleted { by: 2 });
    assert_eq!(fate(&["+da", "-d"], 0, "da"), Fate::Visible);
}

#[test]
fn a_whiteout_of_something_that_never_was_harms_nothing() {
    assert_eq!(fate(&["+a", "-b", "-c/d"], 0, "a"), Fate::Visible);
}

#[test]
fn a_whiteout_hides_lower_layers_and_never_its_own() {
    for words in ["-a +a", "+a -a"] {
        assert_eq!(fate(&["+a", words], 0, "a"), Fate::Deleted { by: 1 });
        assert_eq!(fate(&["+a", words], 1, "a"), Fate::Visible);
    }
}

#[test]
fn a_file_deleted_and_made_again_is_hidden_below_and_visible_above() {
    let layers = ["+a", "-a", "+a"];
    assert_eq!((fate(&layers, 0, "a"), fate(&layers, 2, "a")), (Fate::Deleted { by: 1 }, Fate::Visible));
}

#[test]
fn an_opaque_marker_hides_lower_layers_wherever_it_stands() {
    for words in ["/d !d +d/new", "/d +d/new !d", "+d/new /d !d"] {
        let layers = ["/d +d/old +d/x/y", words];
        assert_eq!(fate(&layers, 0, "d/old"), Fate::HiddenByOpaque { by: 1 });
        assert_eq!(fate(&layers, 0, "d/x/y"), Fate::HiddenByOpaque { by: 1 });
        assert_eq!((fate(&layers, 0, "d"), fate(&layers, 1, "d/new")), (Fate::Visible, Fate::Visible));
    }
    assert_eq!(fate(&["+a", "!."], 0, "a"), Fate::HiddenByOpaque { by: 1 });
}

#[test]
fn files_and_directories_overwrite_each_other_but_directories_keep_their_children() {
    assert_eq!(fate(&["+a", "+a"], 0, "a"), Fate::Overwritten { by: 1 });
    assert_eq!(fate(&["+a", "/a"], 0, "a"), Fate::Overwritten { by: 1 });
    assert_eq!(fate(&["/a +a/b", "+a"], 0, "a/b"), Fate::Overwritten { by: 1 });
    assert_eq!(fate(&["/a +a/b", "/a"], 0, "a/b"), Fate::Visible);
    assert_eq!(fate(&["/a", "/a"], 0, "a"), Fate::Visible);
    let back = ["+a", "/a +a/b", "+a"];
    assert_eq!(
        (fate(&back, 0, "a"), fate(&back, 1, "a/b")),
        (Fate::Overwritten { by: 1 }, Fate::Overwritten { by: 2 })
    );
}

#[test]
fn the_lowest_layer_that_hides_is_named() {
    assert_eq!(fate(&["+d/a", "+x", "+d/a", "-d"], 0, "d/a"), Fate::Overwritten { by: 2 });
}

#[test]
fn every_way_to_write_a_path_is_one_path() {
    for path in ["/d/a", "./d/a", "d//a", "d/./a", "d/x/../a", "../d/a"] {
        assert_eq!(fate(&["+d/a", "-d/a"], 0, path), Fate::Deleted { by: 1 });
        assert_eq!(fate(&[&format!("+{path}"), "-d/a"], 0, "d/a"), Fate::Deleted { by: 1 });
        assert_eq!(fate(&["+d/a", &format!("+{path}")], 0, "d/a"), Fate::Overwritten { by: 1 });
    }
}

#[test]
fn a_file_is_visible_as_long_as_one_of_its_names_is() {
    assert_eq!(fate(&["+k keep=k", "-k"], 0, "k"), Fate::Visible);
    assert_eq!(fate(&["+k", "keep=k -k"], 0, "k"), Fate::Visible);
    assert_eq!(fate(&["+k", "keep=/k", "-k"], 0, "k"), Fate::Visible);
    assert_eq!(fate(&["+k", "one=k", "-k two=one", "-one"], 0, "k"), Fate::Visible);
    assert_eq!(fate(&["+k keep=k", "-k", "-keep"], 0, "k"), Fate::Deleted { by: 1 });
    assert_eq!(fate(&["+k", "-k", "+k", "keep=k"], 0, "k"), Fate::Deleted { by: 1 });
    assert_eq!(fate(&["+k", "+k keep=k"], 0, "k"), Fate::Overwritten { by: 1 });
    assert_eq!(fate(&["+k k=k", "-k"], 0, "k"), Fate::Deleted { by: 1 });
}

#[test]
fn names_may_be_asked_before_they_are_sealed() {
    let (tape, _) = read(&Tar::default().file(".wh.a", "").end());
    let mut names = LayerNames::default();
    tape.entries.iter().for_each(|(entry, _)| names.add(entry));
    assert_eq!(Stack::new(vec![layer("+a"), Arc::new(names)]).fate(0, b"a"), Fate::Deleted { by: 1 });
}

/// One thing a layer does, on few short paths so that they meet.
fn word() -> impl Strategy<Value = String> {
    ("[+/!-]", "[ab](/[ab]){0,2}").prop_map(|(what, path)| what + &path)
}

/// Applies layers one after the other, as a runtime does: which layer each visible path comes from.
fn unpack(layers: &[Vec<String>]) -> BTreeMap<String, (usize, bool)> {
    let mut tree: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for (number, words) in layers.iter().enumerate() {
        for word in words {
            let (what, path) = word.split_at(1);
            let under = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
            match what {
                "-" => tree.retain(|other, (from, _)| *from == number || !(other == path || under(other))),
                "!" => tree.retain(|other, (from, _)| *from == number || !under(other)),
                _ => {
                    let directory = what == "/";
                    let was = tree.get(path).is_some_and(|(_, directory)| *directory);
                    if !(directory && was) {
                        tree.retain(|other, _| other != path && !under(other));
                    }
                    tree.insert(path.to_owned(), (number, directory));
                }
            }
        }
    }
    tree
}

/// Only what a runtime could unpack: every parent is written, and nothing is below a file of its own layer.
fn sound(words: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words.iter().flat_map(|word| with_parents(word)) {
        let made = |other: &&String| other.starts_with(['+', '/']);
        let clash = kept.iter().filter(made).any(|other| {
            let (new, old) = (&word[1..], &other[1..]);
            let files = (word.starts_with('+'), other.starts_with('+'));
            let below = |a: &str, b: &str| a == b || a.starts_with(&format!("{b}/"));
            (files.0 && below(old, new)) || (files.1 && below(new, old))
        });
        if !clash || word.starts_with(['-', '!']) {
            kept.push(word);
        }
    }
    kept
}

fn with_parents(word: &str) -> Vec<String> {
    let slashes = word.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
    let parents = slashes.map(|at| format!("/{}", &word[1..at]));
    parents.filter(|_| word.starts_with(['+', '/'])).chain([word.to_owned()]).collect()
}

#[test]
fn a_long_chain_of_hard_links_is_followed_as_fast_as_it_is_long() {
    // Compared one with each other, these are ten thousand million comparisons.
    let links: String = (1..100_000).map(|nth| format!(" d/{nth}=d/{}", nth - 1)).collect();
    let stack = Stack::new(vec![layer(&format!("/d +d/0{links}")), layer("-d")]);
    assert_eq!(stack.fate(0, b"d/0"), Fate::Deleted { by: 1 });
    let spared = Stack::new(vec![layer(&format!("/d +d/0{links} e=d/99999")), layer("-d")]);
    assert_eq!(spared.fate(0, b"d/0"), Fate::Visible);
}

proptest! {
    #[test]
    fn fates_are_what_unpacking_leaves(layers in prop::collection::vec(prop::collection::vec(word(), 0..5), 1..5)) {
        let layers: Vec<Vec<String>> = layers.into_iter().map(sound).collect();
        let tree = unpack(&layers);
        let stack = Stack::new(layers.iter().map(|words| layer(&words.join(" "))).collect());
        for (number, words) in layers.iter().enumerate() {
            for word in words.iter().filter(|word| word.starts_with('+')) {
                let path = &word[1..];
                let visible = tree.get(path) == Some(&(number, false));
                let fate = stack.fate(number, path.as_bytes());
                prop_assert_eq!(fate == Fate::Visible, visible, "{} of {:?}: {:?}", path, &layers, fate);
            }
        }
    }
}
