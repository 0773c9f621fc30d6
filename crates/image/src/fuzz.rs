//! Entry points for fuzzing: any bytes may come, and the laws hold.
#![doc(hidden)]

use std::io::Read;
use std::sync::Arc;

use crate::{Entry, Expected, LayerNames, Limits, Problem, Slack, Stack, Visit, Within, walk};

#[derive(Default)]
struct Counts {
    tar: u64,
    blob: u64,
    problems: u64,
    names: LayerNames,
    paths: Vec<Vec<u8>>,
}

fn length(bytes: &mut dyn Read) -> u64 {
    std::io::copy(bytes, &mut std::io::sink()).unwrap_or(0)
}

impl Visit for Counts {
    fn entry(&mut self, entry: &Entry, body: &mut dyn Read) {
        let length = length(body);
        assert!(length <= entry.size);
        self.tar += length;
        self.names.add(entry);
        if self.paths.len() < 100 {
            self.paths.push(entry.path.clone());
        }
    }

    fn slack(&mut self, slack: &Slack, bytes: &mut dyn Read) {
        match slack.within {
            Within::Tar => self.tar += length(bytes),
            Within::Blob => self.blob += length(bytes),
        }
    }

    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

fn limits() -> Limits {
    Limits { layer_bytes: 16 << 20, queue_bytes: 1 << 20, window_bytes: 8 << 20, ..Limits::default() }
}

/// Reads the bytes as a layer: no panic, all read, and nothing given out twice.
pub fn layer(bytes: &[u8]) {
    let mut counts = Counts::default();
    let limits = limits();
    let facts = walk(&mut &*bytes, &Expected::default(), &limits, &mut counts);
    assert_eq!(facts.size, bytes.len() as u64);
    assert!(counts.tar <= facts.tar_size);
    assert!(counts.blob <= facts.size);
    assert!(facts.tar_size <= limits.layer_bytes);
    assert!(counts.problems <= limits.problems + 1);
}

/// Reads the bytes as a stack of four layers: each path has a fate, and only layers above decide it.
pub fn names(bytes: &[u8]) {
    let mut layers = Vec::new();
    let mut paths = Vec::new();
    for (index, part) in bytes.chunks(bytes.len() / 4 + 1).enumerate() {
        let mut counts = Counts::default();
        walk(&mut &*part, &Expected::default(), &limits(), &mut counts);
        counts.names.seal();
        layers.push(Arc::new(counts.names));
        paths.extend(counts.paths.into_iter().map(|path| (index, path)));
    }
    let stack = Stack::new(layers);
    for (layer, path) in paths {
        let by = stack.fate(layer, &path).by();
        assert!(by.is_none_or(|by| by > layer));
    }
}
