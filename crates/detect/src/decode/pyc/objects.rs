//! The objects of a compiled module, as `Python/marshal.c` writes them.

use crate::decode::seam::Bytes;

/// An object, by its place among all.
pub(super) type Id = u32;

/// Numbers, constants such as `None`, and everything else that is no text and holds none.
pub(super) const OTHER: Id = 0;

/// Objects inside each other; programs have a dozen.
const DEEPEST: u32 = 400;
/// More objects are no module that somebody wrote.
const MOST: usize = 2_000_000;
/// Of a tuple with more members the first are known.
const MEMBERS: usize = 4096;

pub(super) enum Object<'f> {
    Other,
    Text(&'f [u8]),
    Tuple(Vec<Id>),
    Code(Code),
}

/// What tells the names of constants in the code of a module, a class or a function.
#[derive(Clone, Copy)]
pub(super) struct Code {
    /// How many of the locals are arguments that may be given by place.
    pub(super) arguments: u32,
    pub(super) instructions: Id,
    pub(super) constants: Id,
    pub(super) names: Id,
    pub(super) locals: Id,
}

/// What changed between versions: how many numbers begin a code object, and how many objects stand behind the number of its
/// first line, before which there are eight.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) numbers: usize,
    pub(super) last: u32,
}

/// All objects in the order of the file.
pub(super) struct Objects<'f> {
    file: Bytes<'f>,
    at: usize,
    form: Form,
    all: Vec<Object<'f>>,
    /// What is referred to by its number.
    referred: Vec<Id>,
    /// The same for names in files of Python 2.
    interned: Vec<Id>,
}

impl<'f> Objects<'f> {
    pub(super) fn new(file: &'f [u8], at: usize, form: Form) -> Self {
        Self {
            file: Bytes(file),
            at,
            form,
            all: vec![Object::Other],
            referred: Vec::new(),
            interned: Vec::new(),
        }
    }

    /// Reads the one object that all others are in; none where it is cut or of an unknown kind.
    pub(super) fn read(&mut self) -> Option<Id> {
        self.object(0)
    }

    /// Everything that was read.
    pub(super) fn all(&self) -> &[Object<'f>] {
        &self.all
    }

    pub(super) fn text(&self, id: Id) -> Option<&'f [u8]> {
        match self.get(id)? {
            Object::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn tuple(&self, id: Id) -> &[Id] {
        match self.get(id) {
            Some(Object::Tuple(members)) => members,
            _ => &[],
        }
    }

    pub(super) fn code_of(&self, id: Id) -> Option<Code> {
        match self.get(id)? {
            Object::Code(code) => Some(*code),
            _ => None,
        }
    }

    fn get(&self, id: Id) -> Option<&Object<'f>> {
        self.all.get(usize::try_from(id).ok()?)
    }

    fn keep(&mut self, object: Object<'f>) -> Option<Id> {
        let id = Id::try_from(self.all.len()).ok().filter(|_| self.all.len() < MOST)?;
        self.all.push(object);
        Some(id)
    }

    fn fill(&mut self, id: Id, object: Object<'f>) -> Option<Id> {
        *self.all.get_mut(usize::try_from(id).ok()?)? = object;
        Some(id)
    }

    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let taken = self.file.slice(self.at, count)?;
        self.at = self.at.checked_add(count)?;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Bytes(self.take(4)?).u32_le(0)
    }

    fn short(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn object(&mut self, depth: u32) -> Option<Id> {
        if depth > DEEPEST {
            return None;
        }
        let kind = self.short()?;
        // The highest bit says that the object is referred to later; its number is given before its parts have theirs.
        let number = self.referred.len();
        let flagged = kind & 0x80 != 0;
        if flagged {
            self.referred.push(OTHER);
        }
        let id = self.body((kind & 0x7f, number, flagged), depth)?;
        if flagged && let Some(place) = self.referred.get_mut(number) {
            *place = id;
        }
        Some(id)
    }

    fn body(&mut self, (kind, number, flagged): (u8, usize, bool), depth: u32) -> Option<Id> {
        match kind {
            b'0' | b'N' | b'F' | b'T' | b'S' | b'.' => Some(OTHER),
            b'i' => self.skip(4),
            b'I' | b'g' => self.skip(8),
            b'y' => self.skip(16),
            b'f' => self.short().and_then(|length| self.skip(length.into())),
            b'x' => {
                let real = self.short()?;
                self.skip(real.into())?;
                let imaginary = self.short()?;
                self.skip(imaginary.into())
            }
            b'l' => {
                let digits = self.number()?.cast_signed().unsigned_abs();
                self.skip(usize::try_from(digits).ok()?.checked_mul(2)?)
            }
            b'r' => self.number().map(|number| self.known(number, Self::referred)),
            b'R' => self.number().map(|number| self.known(number, Self::interned)),
            b's' | b't' | b'u' | b'a' | b'A' => {
                let length = usize::try_from(self.number()?).ok()?;
                let id = self.string(length)?;
                if kind == b't' {
                    self.interned.push(id);
                }
                Some(id)
            }
            b'z' | b'Z' => {
                let length = self.short()?;
                self.string(length.into())
            }
            _ => {
                let id = self.keep(Object::Other)?;
                if let Some(place) = self.referred.get_mut(number).filter(|_| flagged) {
                    *place = id;
                }
                self.several(kind, id, depth.checked_add(1)?)
            }
        }
    }

    fn skip(&mut self, count: usize) -> Option<Id> {
        self.take(count).map(|_| OTHER)
    }

    fn string(&mut self, length: usize) -> Option<Id> {
        let text = self.take(length)?;
        if text.is_empty() { Some(OTHER) } else { self.keep(Object::Text(text)) }
    }

    fn known(&self, number: u32, list: fn(&Self) -> &[Id]) -> Id {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        list(self).get(place).copied().unwrap_or(OTHER)
    }

    fn referred(&self) -> &[Id] {
        &self.referred
    }

    fn interned(&self) -> &[Id] {
        &self.interned
    }

    /// What has parts, and its place among all.
    fn several(&mut self, kind: u8, id: Id, depth: u32) -> Option<Id> {
        match kind {
            b'(' => {
                let count = self.number()?;
                self.members(id, count, depth)
            }
            b')' => {
                let count = self.short()?;
                self.members(id, count.into(), depth)
            }
            b'[' | b'<' | b'>' => {
                let count = self.number()?;
                self.passed(count, depth).map(|()| id)
            }
            b':' => self.passed(3, depth).map(|()| id),
            b'{' => {
                // Keys and values until an object that is none.
                while self.file.u8(self.at)? != b'0' {
                    self.object(depth)?;
                }
                self.skip(1).map(|_| id)
            }
            b'c' => self.code(id, depth),
            _ => None,
        }
    }

    fn members(&mut self, id: Id, count: u32, depth: u32) -> Option<Id> {
        let mut members = Vec::new();
        for _ in 0..count {
            let member = self.object(depth)?;
            if members.len() < MEMBERS {
                members.push(member);
            }
        }
        self.fill(id, Object::Tuple(members))
    }

    fn passed(&mut self, count: u32, depth: u32) -> Option<()> {
        (0..count).try_for_each(|_| self.object(depth).map(drop))
    }

    fn code(&mut self, id: Id, depth: u32) -> Option<Id> {
        let Form { numbers, last } = self.form;
        let arguments = self.number()?;
        self.skip(numbers.checked_sub(1)?.checked_mul(4)?)?;
        let code = Code {
            arguments,
            instructions: self.object(depth)?,
            constants: self.object(depth)?,
            names: self.object(depth)?,
            locals: self.object(depth)?,
        };
        self.passed(4, depth)?;
        self.skip(4)?;
        self.passed(last, depth)?;
        self.fill(id, Object::Code(code))
    }
}
