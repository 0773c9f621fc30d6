//! The law `hidden_is_not_gone`: whatever upper layers do, every value of a lower layer is found, with the label
//! that a plain application of the layers gives it.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{scan_bundle, token};
use proptest::prelude::*;
use tightlip_report::{Exposure, Surface};
use tightlip_testkit::{Bundle, ImageBuilder, Layer};

/// What an entry of a layer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    File,
    Directory,
    Delete,
    Opaque,
    /// A hard link to this path.
    Link(&'static str),
}

const PATHS: [&str; 7] = ["a", "a/b", "a/b/c", "a/d", "e", "e/f", "g"];

type Acts = Vec<(&'static str, Act)>;

fn acts() -> impl Strategy<Value = Acts> {
    let act = prop_oneof![
        4 => Just(Act::File),
        1 => Just(Act::Directory),
        2 => Just(Act::Delete),
        1 => Just(Act::Opaque),
        1 => proptest::sample::select(&PATHS[..]).prop_map(Act::Link),
    ];
    proptest::collection::vec((proptest::sample::select(&PATHS[..]), act), 1..5)
}

/// What lies at a path: a directory, or the file that was planted as this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Directory,
    File(usize),
}

/// A value that was planted, and what became of its first name.
#[derive(Debug)]
struct Planted {
    layer: usize,
    path: &'static str,
    end: Option<(Exposure, usize)>,
}

/// The file system of a container, built by applying layers one after the other.
#[derive(Debug, Default)]
struct Model {
    tree: BTreeMap<&'static str, Node>,
    planted: Vec<Planted>,
    stack: Vec<Layer>,
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

impl Model {
    /// Applies the acts that make sense together, and writes the layer that a builder would.
    fn apply(&mut self, acts: &Acts) {
        let number = self.stack.len();
        let before = self.tree.clone();
        let acts = possible(acts, &before);
        let mut layer = Layer::new();
        for (path, _) in acts.iter().filter(|(_, act)| *act == Act::Delete) {
            self.remove(&|p| p == *path || is_below(p, path), Exposure::Deleted);
        }
        for (path, _) in acts.iter().filter(|(_, act)| *act == Act::Opaque) {
            self.remove(&|p| is_below(p, path), Exposure::HiddenByOpaque);
        }
        // Builders write the directories above what they write.
        for directory in PATHS
            .iter()
            .filter(|above| acts.iter().any(|(path, act)| *act != Act::Delete && is_below(path, above)))
        {
            if self.tree.get(directory) != Some(&Node::Directory) {
                self.put(directory, Node::Directory);
                layer = layer.directory(directory);
            }
        }
        for (path, act) in &acts {
            layer = match act {
                Act::Delete => layer.whiteout(path),
                Act::Opaque => layer.opaque(path),
                Act::Directory => {
                    if self.tree.get(path) != Some(&Node::Directory) {
                        self.put(path, Node::Directory);
                    }
                    layer.directory(path)
                }
                Act::File => {
                    self.put(path, Node::File(self.planted.len()));
                    let id = self.planted.len() as u64;
                    self.planted.push(Planted { layer: number, path, end: None });
                    layer.file(path, format!("TOKEN={}\n", token(id)))
                }
                Act::Link(target) => {
                    self.put(path, before[target]);
                    layer.hard_link(path, target)
                }
            };
        }
        self.stack.push(layer);
    }

    fn put(&mut self, path: &'static str, node: Node) {
        self.remove(&|p| p == path || (node != Node::Directory && is_below(p, path)), Exposure::Overwritten);
        // A file that stood where a directory must be now is gone.
        self.remove(&|p| is_below(path, p) && PATHS.contains(&p), Exposure::Overwritten);
        for directory in PATHS.iter().filter(|p| is_below(path, p)) {
            self.tree.insert(directory, Node::Directory);
        }
        self.tree.insert(path, node);
    }

    /// Removes what a rule names, except directories above something that stays.
    fn remove(&mut self, goes: &dyn Fn(&str) -> bool, how: Exposure) {
        let by = self.stack.len();
        let gone: Vec<&str> = self.tree.keys().filter(|path| goes(path)).copied().collect();
        for path in gone {
            let Some(node) = self.tree.get(path).copied() else { continue };
            let keep = how == Exposure::Overwritten && node == Node::Directory;
            if !keep || !self.tree.keys().any(|p| is_below(p, path)) {
                self.tree.remove(path);
            }
            if let Node::File(id) = node
                && let Some(planted) = self.planted.get_mut(id)
                && planted.path == path
            {
                planted.end.get_or_insert((how, by));
            }
        }
    }

    /// Layer, path, label and hiding layer of every value.
    fn labels(&self) -> BTreeSet<String> {
        let label = |(id, planted): (usize, &Planted)| {
            let visible = self.tree.values().any(|node| *node == Node::File(id));
            let (how, by) = match planted.end {
                Some((how, by)) if !visible => (how, format!(" by {by}")),
                _ => (Exposure::Visible, String::new()),
            };
            format!("layer {} {} {}{by}", planted.layer, planted.path, how.name())
        };
        self.planted.iter().enumerate().map(label).collect()
    }
}

/// One act for each path, and none that contradicts another of the layer.
fn possible(acts: &Acts, before: &BTreeMap<&'static str, Node>) -> Acts {
    let mut kept: Acts = Vec::new();
    for (path, act) in acts {
        let makes = |act: &Act| matches!(act, Act::File | Act::Directory | Act::Link(_));
        let file = |act: &Act| matches!(act, Act::File | Act::Link(_));
        let clash = kept.iter().any(|(other, what)| {
            let twice = other == path && makes(what) == makes(act);
            let inside = (file(what) && makes(act) && is_below(path, other))
                || (file(act) && makes(what) && is_below(other, path));
            // A layer that replaces a file does not link to it as well.
            let linked = matches!(act, Act::Link(target) if makes(what) && (target == other || is_below(target, other)))
                || matches!(what, Act::Link(target) if makes(act) && (target == path || is_below(target, path)));
            twice || inside || linked
        });
        let dangling = matches!(act, Act::Link(target) if target == path || !matches!(before.get(target), Some(Node::File(_))));
        // Builders make a directory opaque where there is one.
        let nothing = *act == Act::Opaque && before.get(path) != Some(&Node::Directory);
        if !clash && !dangling && !nothing {
            kept.push((path, *act));
        }
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hidden_is_not_gone(layers in proptest::collection::vec(acts(), 1..6)) {
        let mut model = Model::default();
        layers.iter().for_each(|acts| model.apply(acts));
        let steps = model.stack.iter().cloned();
        let image = steps.fold(ImageBuilder::new(), |image, layer| image.step("RUN x", layer));
        let report = scan_bundle(&Bundle::of(image.build()));
        let files = report.findings.iter().filter(|f| f.place.surface == Surface::File);
        let found: BTreeSet<String> = files.map(|finding| {
            let place = &finding.place;
            let by = place.hidden_by.as_ref().map(|by| format!(" by {}", by.index)).unwrap_or_default();
            let (layer, path) = (place.layer.as_ref().unwrap().index, place.path.as_deref().unwrap());
            format!("layer {layer} {path} {}{by}", place.exposure.name())
        }).collect();
        prop_assert_eq!(&found, &model.labels(), "{:#?}", model.stack.iter().map(|l| l.members.iter().map(|m|
            format!("{} {}", char::from(m.kind), String::from_utf8_lossy(&m.name))).collect::<Vec<_>>()).collect::<Vec<_>>());
        prop_assert!(report.gaps.is_empty());
    }
}
