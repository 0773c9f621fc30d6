//! The table by which all words are searched at once: Aho-Corasick as one dense automaton.
//!
//! It knows only the heads of words, and bytes only by class: both keep the table small enough for the processor's
//! caches. So it may tell a place where no word stands, and never misses one. Several stretches of the bytes are read in
//! turns, because one table look-up must wait for the one before, but not for those of other stretches.

/// Bytes of a word that the automaton knows, at most; a key of eight bytes holds them.
const HEAD: usize = 8;
/// Most states: one bit of an entry says that a word ends there.
const STATES: usize = 1 << 15;
const NUMBER: u16 = (STATES - 1) as u16;
const ENDS: u16 = STATES as u16;
/// Most classes of bytes. Class 0 has the bytes that stand in no head.
const CLASSES: usize = 64;
/// Stretches that are read in turns: with more of them there are too few registers.
const LANES: usize = 6;
/// Shorter input is read in one stretch.
const WORTH_LANES: usize = 256;

/// For each class of the next byte the next state, with [`ENDS`] where a head ends there.
type Row = [u16; CLASSES];

/// Finds the heads of words.
pub(super) struct Automaton {
    classes: [u8; 256],
    /// As long as all states could be: so no index needs a check. What is not used is never touched.
    rows: Vec<Row>,
    /// Where the words of each state start in `ends`.
    starts: Vec<usize>,
    /// The words whose heads end at a state, with the lengths of the heads, state by state.
    ends: Vec<(usize, usize)>,
    /// Length of the longest head, in bytes.
    head: usize,
}

/// A head as a number: one class in each byte, the first in the highest. Sorted, they are a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

/// A state to be: the keys from `first` to `last` have their first `depth` classes in common.
struct Node {
    first: usize,
    last: usize,
    depth: usize,
    /// The state of the longest end of these classes that is the start of another head.
    fallback: u16,
}

impl Automaton {
    /// Of non-empty words. Heads get shorter until there are few enough states.
    pub(super) fn new(words: &[&[u8]]) -> Self {
        let mut head = HEAD;
        loop {
            if let Some(automaton) = Self::with_heads(words, head) {
                return automaton;
            }
            head -= 1;
        }
    }

    /// `None` if there would be too many states; never for heads of one byte.
    fn with_heads(words: &[&[u8]], head: usize) -> Option<Self> {
        let classes = classes(words, head);
        let mut keys: Vec<(Key, usize)> =
            words.iter().enumerate().map(|(word, bytes)| (Key::of(bytes, head, &classes), word)).collect();
        keys.sort_unstable();
        let mut automaton =
            Self { classes, rows: vec![[0; CLASSES]; STATES], starts: vec![0], ends: Vec::new(), head };
        let mut nodes = vec![Node { first: 0, last: keys.len(), depth: 0, fallback: 0 }];
        let mut state = 0;
        while let Some(node) = nodes.get(state) {
            let row = automaton.row(&keys, node, (state, nodes.len()));
            let (row, children) = row;
            if nodes.len() + children.len() > STATES {
                return None;
            }
            *automaton.rows.get_mut(state)? = row;
            nodes.extend(children);
            state += 1;
        }
        Some(automaton)
    }

    /// The row of a state, with the states that follow it, which get numbers from `next` on. Also notes its words.
    fn row(&mut self, keys: &[(Key, usize)], node: &Node, (state, next): (usize, usize)) -> (Row, Vec<Node>) {
        let fallback = usize::from(node.fallback);
        let inherited =
            if state == 0 { [0; CLASSES] } else { self.rows.get(fallback).copied().unwrap_or([0; CLASSES]) };
        let mut row = inherited;
        let mut children: Vec<Node> = Vec::new();
        let mut at = node.first;
        while let Some((key, word)) = keys.get(at).filter(|_| at < node.last) {
            let class = key.class(node.depth);
            if class == 0 {
                self.ends.push((*word, node.depth));
                at += 1;
                continue;
            }
            let same = keys.get(at..node.last).unwrap_or_default();
            let last = at + same.partition_point(|(other, _)| other.class(node.depth) == class);
            let back = inherited.get(usize::from(class)).copied().unwrap_or(0);
            let whole = key.class(node.depth + 1) == 0;
            let number = (next + children.len()) as u16 & NUMBER;
            if let Some(entry) = row.get_mut(usize::from(class)) {
                *entry = number | (back & ENDS) | if whole { ENDS } else { 0 };
            }
            children.push(Node { first: at, last, depth: node.depth + 1, fallback: back & NUMBER });
            at = last;
        }
        if state > 0 {
            let shorter = self.starts.get(fallback).zip(self.starts.get(fallback + 1));
            self.ends.extend_from_within(shorter.map_or(0..0, |(from, to)| *from..*to));
        }
        self.starts.push(self.ends.len());
        (row, children)
    }

    /// Tells each word whose head seems to stand somewhere, with its offset, in no order.
    pub(super) fn find(&self, bytes: &[u8], tell: &mut dyn FnMut(usize, usize)) {
        let Some(rows) = self.rows.first_chunk::<STATES>() else { return };
        let step = |state: u16, byte: u8| {
            let class = self.classes[usize::from(byte)];
            rows[usize::from(state & NUMBER)][usize::from(class) % CLASSES]
        };
        let stretch = if bytes.len() < WORTH_LANES { 0 } else { bytes.len() / LANES };
        // What a state knows of the bytes before is never longer than a head.
        let before = |at: usize| {
            bytes[at.saturating_sub(self.head)..at].iter().fold(0, |state, byte| step(state, *byte))
        };
        let mut states: [u16; LANES] = std::array::from_fn(|lane| before(lane * stretch));
        let lanes: [&[u8]; LANES] = std::array::from_fn(|lane| &bytes[lane * stretch..(lane + 1) * stretch]);
        for at in 0..stretch {
            let mut seen = 0;
            for (state, lane) in states.iter_mut().zip(lanes) {
                *state = step(*state, lane[at]);
                seen |= *state;
            }
            if seen & ENDS != 0 {
                for (lane, state) in states.into_iter().enumerate() {
                    self.told(state, lane * stretch + at + 1, tell);
                }
            }
        }
        let [.., mut state] = states;
        let done = stretch * LANES;
        for (at, byte) in bytes[done..].iter().enumerate() {
            state = step(state, *byte);
            self.told(state, done + at + 1, tell);
        }
    }

    fn told(&self, state: u16, end: usize, tell: &mut dyn FnMut(usize, usize)) {
        if state & ENDS == 0 {
            return;
        }
        let state = usize::from(state & NUMBER);
        let span = self.starts.get(state).zip(self.starts.get(state + 1));
        let words = span.and_then(|(from, to)| self.ends.get(*from..*to)).unwrap_or_default();
        words.iter().for_each(|(word, head)| tell(*word, end - head));
    }
}

impl Key {
    fn of(word: &[u8], head: usize, classes: &[u8; 256]) -> Self {
        let mut key = [0; 8];
        for (class, byte) in key.iter_mut().zip(word.iter().take(head)) {
            *class = classes[usize::from(*byte)];
        }
        Self(u64::from_be_bytes(key))
    }

    fn class(self, depth: usize) -> u8 {
        self.0.to_be_bytes().get(depth).copied().unwrap_or(0)
    }
}

/// The class of every byte: letters of both cases have one, and where there are too many, several bytes share one.
fn classes(words: &[&[u8]], head: usize) -> [u8; 256] {
    let mut classes = [0; 256];
    let mut used = 0_usize;
    for byte in words.iter().flat_map(|word| word.iter().take(head)) {
        let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
        if classes[usize::from(lower)] == 0 {
            let class = (used % (CLASSES - 1) + 1) as u8;
            classes[usize::from(lower)] = class;
            classes[usize::from(upper)] = class;
            used += 1;
        }
    }
    classes
}
