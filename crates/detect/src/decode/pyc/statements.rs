//! Which name a constant of compiled Python is given: by an assignment, as a keyword of a call, as a key of a dictionary.
//!
//! The instructions are followed in the order of the file, jumps are not: what stands on the stack is known as long as it was
//! only just put there.

use super::objects::{Code, Id, OTHER, Objects};

/// What an instruction does to the stack, and to names.
#[derive(Clone, Copy)]
enum Does {
    /// Something that is not followed.
    Other,
    Nothing,
    /// Begins an argument of more than a byte.
    Extend,
    PutConstant,
    /// Puts something else on the stack.
    Put,
    /// Makes one of so many.
    Gather,
    /// Takes something from an object on the stack.
    TakeAttribute,
    StoreName,
    StoreLocal,
    /// The same for what the higher half of the argument names, and another instruction in one.
    StoreLocalAnd,
    StoreAttribute,
    StoreItem,
    /// Makes a dictionary of keys and values.
    PairUp,
    /// Calls with names and values in pairs, as Python 2 does.
    CallPairs,
    /// Puts a value with its key into a dictionary, as Python 2 does.
    StorePair,
    /// Takes a tuple of names from the stack, and a value for each.
    NameValues,
    /// The same where that tuple is a constant.
    NameByConstant,
    /// Makes a function of code, above a tuple of what its last arguments are by default if the first bit of the argument
    /// says so.
    MakeFunction,
    /// The same in Python 2, which has so many such values on the stack.
    MakeFunctionOfValues,
    /// Gives a function on the stack, for which its code stands here, what stands below it, as 3.13 does.
    GiveFunction,
}

/// The instructions of a version: how they are written, and what each does (`Lib/opcode.py`).
pub(super) struct Dialect {
    written: Written,
    does: [Does; 256],
}

/// How long instructions are.
#[derive(Clone, Copy)]
enum Written {
    /// One byte, or three with an argument.
    InBytes,
    /// Two bytes, since 3.6.
    InWords,
}

/// The first instruction of Python 2 that has an argument.
const WITH_ARGUMENT: u8 = 90;

const fn dialect(written: Written, known: &[&[(u8, Does)]]) -> Dialect {
    let mut does = [Does::Other; 256];
    let mut list = 0;
    while list < known.len() {
        let mut place = 0;
        while place < known[list].len() {
            let (number, what) = known[list][place];
            does[number as usize] = what;
            place += 1;
        }
        list += 1;
    }
    Dialect { written, does }
}

/// What kept its number from 2.7 to 3.12.
const COMMON: &[(u8, Does)] = &[
    (9, Does::Nothing),
    (60, Does::StoreItem),
    (90, Does::StoreName),
    (95, Does::StoreAttribute),
    (97, Does::StoreName),
    (100, Does::PutConstant),
    (101, Does::Put),
    (102, Does::Gather),
    (105, Does::PairUp),
    (106, Does::TakeAttribute),
    (116, Does::Put),
    (124, Does::Put),
    (125, Does::StoreLocal),
    (136, Does::Put),
];

/// Up to 3.5 nobody wrote bytecode in words; what changed from 3.0 to 3.5 is left out, but for what 2.7 had too.
pub(super) static PYTHON_2: Dialect = dialect(
    Written::InBytes,
    &[
        COMMON,
        &[
            (54, Does::StorePair),
            (131, Does::CallPairs),
            (132, Does::MakeFunctionOfValues),
            (145, Does::Extend),
        ],
    ],
);

/// 3.6 to 3.12. Call instructions of 3.11 and 3.12 have their names in a constant.
pub(super) static PYTHON_3: Dialect = dialect(
    Written::InWords,
    &[
        COMMON,
        &[
            // Fills a cache.
            (0, Does::Nothing),
            (132, Does::MakeFunction),
            (137, Does::Put),
            (141, Does::NameValues),
            (144, Does::Extend),
            (156, Does::NameValues),
            (172, Does::NameByConstant),
        ],
    ],
);

/// 3.13, which numbers all instructions anew.
pub(super) static PYTHON_3_13: Dialect = dialect(
    Written::InWords,
    &[&[
        (0, Does::Nothing),
        // Makes a function of code.
        (26, Does::Nothing),
        (30, Does::Nothing),
        (71, Does::Extend),
        (83, Does::PutConstant),
        (84, Does::Put),
        (85, Does::Put),
        (91, Does::Put),
        (92, Does::Put),
        (82, Does::TakeAttribute),
        (114, Does::StoreName),
        (113, Does::StoreName),
        (110, Does::StoreLocal),
        (111, Does::StoreLocalAnd),
        (112, Does::StoreLocalAnd),
        (108, Does::StoreAttribute),
        (39, Does::StoreItem),
        (48, Does::PairUp),
        (52, Does::Gather),
        (46, Does::NameValues),
        (57, Does::NameValues),
        (106, Does::GiveFunction),
    ]],
);

/// Tells each constant of a piece of code that is given a name, with that name.
pub(super) fn named(objects: &Objects<'_>, code: Code, dialect: &Dialect, tell: &mut dyn FnMut(Id, Id)) {
    let bytes = objects.text(code.instructions).unwrap_or_default();
    let mut hand = Hand { objects, code, stack: Vec::new() };
    let (mut at, mut high) = (0_usize, 0_usize);
    while let Some(&operation) = bytes.get(at) {
        let argument = |place: usize| usize::from(bytes.get(place).copied().unwrap_or_default());
        let (low, length, shift) = match dialect.written {
            Written::InWords => (argument(at.saturating_add(1)), 2, 8),
            Written::InBytes if operation < WITH_ARGUMENT => (0, 1, 16),
            Written::InBytes => (argument(at.saturating_add(1)) | argument(at.saturating_add(2)) << 8, 3, 16),
        };
        at = at.saturating_add(length);
        let argument = high.wrapping_shl(shift) | low;
        let does = dialect.does[usize::from(operation)];
        high = if matches!(does, Does::Extend) { argument } else { 0 };
        hand.follow(does, argument, tell);
    }
}

/// What was just put on the stack: constants, and [`OTHER`] for the rest.
struct Hand<'o, 'f> {
    objects: &'o Objects<'f>,
    code: Code,
    stack: Vec<Id>,
}

impl Hand<'_, '_> {
    fn follow(&mut self, does: Does, argument: usize, tell: &mut dyn FnMut(Id, Id)) {
        let Code { constants, names, locals, .. } = self.code;
        match does {
            Does::Nothing | Does::Extend => {}
            Does::Other => {
                self.stack.clear();
                self.stack.push(OTHER);
            }
            Does::PutConstant => self.stack.push(self.member(constants, argument)),
            Does::Put => self.stack.push(OTHER),
            Does::Gather => self.put(argument),
            Does::TakeAttribute => self.put(1),
            Does::StoreName => self.store(0, self.member(names, argument), tell),
            Does::StoreLocal => self.store(0, self.member(locals, argument), tell),
            Does::StoreLocalAnd => {
                self.store(0, self.member(locals, argument >> 4), tell);
                self.stack.push(OTHER);
            }
            Does::StoreAttribute => self.store(1, self.member(names, argument), tell),
            Does::StoreItem => self.store(2, self.behind(0), tell),
            Does::PairUp => self.pairs(argument, tell),
            Does::CallPairs => self.pairs(argument >> 8, tell),
            Does::StorePair => {
                tell(self.behind(1), self.behind(0));
                self.put(3);
            }
            Does::NameValues => {
                let names = self.stack.pop().unwrap_or(OTHER);
                self.values(names, tell);
            }
            Does::NameByConstant => self.values(self.member(constants, argument), tell),
            Does::MakeFunction => self.function(argument, tell),
            Does::GiveFunction => {
                let function = self.behind(0);
                if argument == 1 {
                    self.defaults(function, self.behind(1), tell);
                }
                self.put(2);
                self.stack.pop();
                self.stack.push(function);
            }
            Does::MakeFunctionOfValues => {
                let names = self.objects.code_of(self.behind(0)).map(|code| self.arguments(code));
                for (above, name) in names.unwrap_or_default().iter().rev().take(argument).enumerate() {
                    tell(self.behind(above.saturating_add(1)), *name);
                }
                self.put(argument.saturating_add(1));
            }
        }
    }

    /// Names the values that the last arguments of a function have by default. Up to 3.10 its name stands above its code.
    fn function(&mut self, flags: usize, tell: &mut dyn FnMut(Id, Id)) {
        let above = (0..2).find(|above| self.objects.code_of(self.behind(*above)).is_some());
        if let Some(above) = above.filter(|_| flags & 1 == 1) {
            // Between them stand defaults by name, annotations and what is closed over.
            let others = [2, 4, 8].iter().filter(|flag| flags & **flag != 0).count();
            let values = self.behind(above.saturating_add(others).saturating_add(1));
            self.defaults(self.behind(above), values, tell);
        }
        self.put(1);
    }

    /// The last arguments of this code have the values of this tuple.
    fn defaults(&self, code: Id, values: Id, tell: &mut dyn FnMut(Id, Id)) {
        let Some(code) = self.objects.code_of(code) else { return };
        let values = self.objects.tuple(values);
        for (name, value) in self.arguments(code).iter().rev().zip(values.iter().rev()) {
            tell(*value, *name);
        }
    }

    /// The names of the arguments of some code that may be given by place.
    fn arguments(&self, code: Code) -> &[Id] {
        let count = usize::try_from(code.arguments).unwrap_or(usize::MAX);
        let locals = self.objects.tuple(code.locals);
        locals.get(..count.min(locals.len())).unwrap_or_default()
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
