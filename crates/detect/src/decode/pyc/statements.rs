//! Which name a constant of compiled Python is given: by an assignment, as a keyword of a call, as a key of a dictionary.
//!
//! The instructions are followed in the order of the file, jumps are not: what stands on the stack is known as long as it was
//! only just put there.

use super::objects::{Code, Id, OTHER, Objects};

/// The instructions of a version: their numbers (`Lib/opcode.py`), and how they are written.
pub(super) struct Dialect {
    /// Two bytes each, since 3.6; before, one or three.
    words: bool,
    /// Instructions from this number on have an argument, where they are not words.
    with_argument: u8,
    extended: u8,
    load_const: u8,
    /// What puts something on the stack that is no constant.
    loads: &'static [u8],
    /// What takes something from an object on the stack.
    load_attr: u8,
    store_name: u8,
    store_global: u8,
    store_fast: u8,
    store_attr: u8,
    store_subscr: u8,
    build_map: u8,
    /// What takes a tuple of names from the stack, and a value for each.
    named_values: &'static [u8],
    /// Where that tuple is a constant of its own.
    kw_names: Option<u8>,
    /// How Python 2 puts a value and its key into a dictionary, and calls with keywords.
    store_map: Option<u8>,
    call_pairs: Option<u8>,
    /// Two in one: what the higher half of the argument names is stored.
    store_fast_and: &'static [u8],
}

/// Does nothing, or fills a cache.
const NOTHING: &[u8] = &[0, 9];

/// Up to 3.5 nobody wrote bytecode in words; what changed from 3.0 to 3.5 is left out, but for what 2.7 had too.
pub(super) static PYTHON_2: Dialect = Dialect {
    words: false,
    with_argument: 90,
    extended: 145,
    named_values: &[],
    kw_names: None,
    store_map: Some(54),
    call_pairs: Some(131),
    ..PYTHON_3
};

/// 3.6 to 3.12. Call instructions of 3.11 and 3.12 have their names in a constant.
pub(super) static PYTHON_3: Dialect = Dialect {
    words: true,
    with_argument: 0,
    extended: 144,
    load_const: 100,
    loads: &[101, 116, 124, 136, 137],
    load_attr: 106,
    store_name: 90,
    store_global: 97,
    store_fast: 125,
    store_attr: 95,
    store_subscr: 60,
    build_map: 105,
    named_values: &[141, 156],
    kw_names: Some(172),
    store_map: None,
    call_pairs: None,
    store_fast_and: &[],
};

/// 3.13, which numbers all instructions anew.
pub(super) static PYTHON_3_13: Dialect = Dialect {
    words: true,
    with_argument: 0,
    extended: 71,
    load_const: 83,
    loads: &[84, 85, 91, 92],
    load_attr: 82,
    store_name: 114,
    store_global: 113,
    store_fast: 110,
    store_attr: 108,
    store_subscr: 39,
    build_map: 48,
    named_values: &[46, 57],
    kw_names: None,
    store_map: None,
    call_pairs: None,
    store_fast_and: &[111, 112],
};

/// Tells each constant of a piece of code that is given a name, with that name.
pub(super) fn named(objects: &Objects<'_>, code: Code, dialect: &Dialect, tell: &mut dyn FnMut(Id, Id)) {
    let bytes = objects.text(code.instructions).unwrap_or_default();
    let mut hand = Hand { objects, code, stack: Vec::new() };
    let (mut at, mut high) = (0_usize, 0_usize);
    while let Some(&operation) = bytes.get(at) {
        let argument = |place: usize| usize::from(bytes.get(place).copied().unwrap_or_default());
        let (low, length, shift) = match dialect.words {
            true => (argument(at.saturating_add(1)), 2, 8),
            false if operation < dialect.with_argument => (0, 1, 16),
            false => (argument(at.saturating_add(1)) | argument(at.saturating_add(2)) << 8, 3, 16),
        };
        at = at.saturating_add(length);
        let argument = high.wrapping_shl(shift) | low;
        if operation == dialect.extended {
            high = argument;
        } else {
            high = 0;
            hand.follow(dialect, (operation, argument), tell);
        }
    }
}

/// What was just put on the stack: constants, and [`OTHER`] for the rest.
struct Hand<'o, 'f> {
    objects: &'o Objects<'f>,
    code: Code,
    stack: Vec<Id>,
}

impl Hand<'_, '_> {
    fn follow(
        &mut self,
        dialect: &Dialect,
        (operation, argument): (u8, usize),
        tell: &mut dyn FnMut(Id, Id),
    ) {
        let is = |wanted: u8| operation == wanted;
        let Code { constants, names, locals, .. } = self.code;
        if is(dialect.load_const) {
            self.stack.push(self.member(constants, argument));
        } else if dialect.loads.contains(&operation) {
            self.stack.push(OTHER);
        } else if is(dialect.load_attr) {
            self.put(1);
        } else if is(dialect.store_name) || is(dialect.store_global) {
            self.store(0, self.member(names, argument), tell);
        } else if is(dialect.store_fast) {
            self.store(0, self.member(locals, argument), tell);
        } else if dialect.store_fast_and.contains(&operation) {
            self.store(0, self.member(locals, argument >> 4), tell);
            self.stack.push(OTHER);
        } else if is(dialect.store_attr) {
            self.store(1, self.member(names, argument), tell);
        } else if is(dialect.store_subscr) {
            self.store(2, self.behind(0), tell);
        } else if is(dialect.build_map) || dialect.call_pairs.is_some_and(is) {
            let count = if is(dialect.build_map) { argument } else { argument >> 8 };
            self.pairs(count, tell);
        } else if dialect.store_map.is_some_and(is) {
            tell(self.behind(1), self.behind(0));
            self.put(3);
        } else if dialect.named_values.contains(&operation) {
            let names = self.stack.pop().unwrap_or(OTHER);
            self.values(names, tell);
        } else if dialect.kw_names.is_some_and(is) {
            self.values(self.member(constants, argument), tell);
        } else if !NOTHING.contains(&operation) {
            self.stack.clear();
            self.stack.push(OTHER);
        }
    }

    /// A member of a tuple.
    fn member(&self, tuple: Id, place: usize) -> Id {
        self.objects.tuple(tuple).get(place).copied().unwrap_or(OTHER)
    }

    /// What stands on the stack below so many others.
    fn behind(&self, above: usize) -> Id {
        let place = self.stack.len().checked_sub(above.saturating_add(1));
        place.and_then(|place| self.stack.get(place)).copied().unwrap_or(OTHER)
    }

    /// Takes so many, and puts what they became.
    fn put(&mut self, taken: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(taken));
        self.stack.push(OTHER);
    }

    /// What stands below so many others gets a name.
    fn store(&mut self, above: usize, name: Id, tell: &mut dyn FnMut(Id, Id)) {
        tell(self.behind(above), name);
        self.stack.clear();
    }

    /// So many names, each with its value behind it.
    fn pairs(&mut self, count: usize, tell: &mut dyn FnMut(Id, Id)) {
        let taken = count.saturating_mul(2);
        let first = self.stack.len().saturating_sub(taken);
        for pair in self.stack.get(first..).unwrap_or_default().rchunks_exact(2) {
            if let [name, value] = pair {
                tell(*value, *name);
            }
        }
        self.put(taken);
    }

    /// The last values have these names.
    fn values(&mut self, names: Id, tell: &mut dyn FnMut(Id, Id)) {
        let names = self.objects.tuple(names);
        for (name, value) in names.iter().rev().zip(self.stack.iter().rev()) {
            tell(*value, *name);
        }
        self.put(names.len());
    }
}
