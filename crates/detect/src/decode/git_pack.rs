//! Git packfiles: every object with its name, deltas undone (`gitformat-pack(5)`).
//!
//! History that was rewritten or deleted stays in packs until git collects its garbage.

mod delta;
pub(crate) mod names;

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::rc::Rc;

use flate2::bufread::ZlibDecoder;
use sha1::{Digest, Sha1};

use self::names::{Id, Names};
use super::seam::{Budget, Bytes, Limit, Members, Stop, Unread, drain, give, hold, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// Packs, version 2 and 3.
pub(crate) static DECODER: Decoder =
    Decoder { name: "git-pack", claims, open, tool: Some(TOOL), holds: Holds::Objects };

/// Git reads a pack into a repository of its own.
const TOOL: &str = "(d=$(mktemp -d); trap 'rm -rf $d' EXIT; git init -q $d && git -C $d unpack-objects -q && git -C $d cat-file -p {object})";

const START: usize = 12;
/// The largest object that is held to undo deltas or to name it; a larger one is streamed without its name.
const LARGEST: u64 = 64 << 20;
/// Objects kept for the deltas that follow.
const KEPT: usize = 32 << 20;
/// What opening one object costs beside its bytes, so that many tiny ones are not free.
const EACH: u64 = 512;
/// The longest chain of deltas; git makes at most 4,095.
const CHAIN: usize = 4_095;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"PACK") && matches!(Bytes(head).u32_be(4), Some(2 | 3))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let count = Bytes(&file).u32_be(8).ok_or_else(cut)?;
    let mut pack = Pack::new(Bytes(&file), members.budget());
    let walked = pack.walk(count, members);
    if matches!(walked, Err(Stop::Enough | Stop::Fault(Unread::Limit(Limit::Decoded), _))) {
        return walked;
    }
    walked.and(pack.nameless(members))
}

fn cut() -> Stop {
    Stop::Fault(Unread::Truncated, "it ends before its end".into())
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// What stands in the pack for an object.
#[derive(Clone, Copy, Debug)]
enum Form {
    Whole(Kind),
    /// A delta against the object that begins there.
    At(usize),
    /// A delta against the object of this name.
    Named(Id),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    form: Form,
    /// Of the inflated object or delta.
    size: u64,
    /// Where the zlib stream begins.
    content: usize,
}

/// The header of an object: kind and size, then where a delta's base is.
fn entry(file: Bytes<'_>, at: usize) -> Option<Entry> {
    let first = file.u8(at)?;
    let (mut size, mut shift, mut content) = (u64::from(first & 15), 4_u32, at.checked_add(1)?);
    let mut more = first & 0x80 != 0;
    while more {
        let byte = file.u8(content)?;
        size |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift = shift.checked_add(7)?;
        content = content.checked_add(1)?;
        more = byte & 0x80 != 0;
    }
    let form = match first >> 4 & 7 {
        1 => Form::Whole(Kind::Commit),
        2 => Form::Whole(Kind::Tree),
        3 => Form::Whole(Kind::Blob),
        4 => Form::Whole(Kind::Tag),
        6 => {
            let (back, next) = offset(file, content)?;
            content = next;
            Form::At(at.checked_sub(back)?)
        }
        7 => {
            let name = file.slice(content, 20)?.try_into().ok()?;
            content = content.checked_add(20)?;
            Form::Named(name)
        }
        _ => return None,
    };
    Some(Entry { form, size, content })
}

/// How far back a base lies: seven bits a byte, where each further byte also counts one.
fn offset(file: Bytes<'_>, mut at: usize) -> Option<(usize, usize)> {
    let mut byte = file.u8(at)?;
    let mut back = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at = at.checked_add(1)?;
        byte = file.u8(at)?;
        back = back.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some((back, at.checked_add(1)?))
}

/// An object whose deltas are undone.
type Object = (Kind, Rc<Vec<u8>>);

/// What git calls an object.
fn id_of(kind: Kind, content: &[u8]) -> Id {
    let mut hash = Sha1::new();
    hash.update(format!("{} {}\0", kind.name(), content.len()));
    hash.update(content);
    hash.finalize().into()
}

struct Pack<'f> {
    file: Bytes<'f>,
    budget: Budget,
    /// Where objects begin, by name.
    names: HashMap<Id, usize>,
    /// Deltas whose base has not been named yet.
    waiting: Vec<usize>,
    /// What the trees so far call the others. Git writes them before the blobs.
    paths: Names,
    /// Whether there were more names than are kept.
    unlearned: bool,
    /// Blobs that no tree named yet.
    nameless: Vec<usize>,
    kept: HashMap<usize, Object>,
    order: VecDeque<usize>,
    weight: usize,
}

impl<'f> Pack<'f> {
    fn new(file: Bytes<'f>, budget: Budget) -> Self {
        Self {
            file,
            budget,
            names: HashMap::new(),
            waiting: Vec::new(),
            paths: Names::default(),
            unlearned: false,
            nameless: Vec::new(),
            kept: HashMap::new(),
            order: VecDeque::new(),
            weight: 0,
        }
    }

    /// Hands over all objects but the blobs that no tree names.
    fn walk(&mut self, count: u32, members: &mut dyn Members) -> Result<(), Stop> {
        let mut at = START;
        for _ in 0..count {
            let entry = entry(self.file, at).ok_or_else(cut)?;
            at = self.see(at, &entry, members)?;
        }
        self.late(members)
    }

    /// Hands over the blobs that were put off, under the names that trees behind them gave, if any did.
    fn nameless(&mut self, members: &mut dyn Members) -> Result<(), Stop> {
        for at in std::mem::take(&mut self.nameless) {
            if let Some((kind, content)) = self.object(at)? {
                let id = id_of(kind, &content);
                let path = self.paths.path(&id);
                give(
                    members,
                    &names::called(kind.name(), Some(&id), path.as_deref()),
                    &mut content.as_slice(),
                )?;
            }
        }
        Ok(())
    }

    /// Hands over the object that begins there, or puts it off; where the next begins.
    fn see(&mut self, at: usize, entry: &Entry, members: &mut dyn Members) -> Result<usize, Stop> {
        if let (Form::Whole(kind), true) = (entry.form, entry.size > LARGEST) {
            return self.stream(kind, entry, members);
        }
        let (content, used) = self.inflate(entry)?;
        match entry.form {
            Form::Whole(kind) => self.name(at, (kind, Rc::new(content)), members)?,
            _ => {
                if !self.undone(at, members)? {
                    self.waiting.push(at);
                }
            }
        }
        Ok(entry.content.saturating_add(used))
    }

    /// A large object, which is not held.
    fn stream(&self, kind: Kind, entry: &Entry, members: &mut dyn Members) -> Result<usize, Stop> {
        let packed = self.file.from(entry.content);
        let taken = Cell::new(packed.len() as u64);
        let mut plain = ZlibDecoder::new(packed);
        unpack(members, &format!("{} at {}", kind.name(), entry.content), &mut plain, &taken)?;
        drain(&mut plain, &self.budget, taken.get())?;
        Ok(entry.content.saturating_add(usize::try_from(plain.total_in()).unwrap_or(usize::MAX)))
    }

    /// The content of an entry, a delta as it is, and how many packed bytes it used.
    fn inflate(&self, entry: &Entry) -> Result<(Vec<u8>, usize), Stop> {
        if entry.size > LARGEST {
            return Err(Limit::Held.into());
        }
        self.budget.take(entry.size.saturating_add(EACH))?;
        let mut plain = ZlibDecoder::new(self.file.from(entry.content));
        let mut content = Vec::new();
        plain.by_ref().take(entry.size.saturating_add(1)).read_to_end(&mut content)?;
        if content.len() as u64 != entry.size {
            return Err(Stop::damaged("an object that is not as long as stated"));
        }
        Ok((content, usize::try_from(plain.total_in()).unwrap_or(usize::MAX)))
    }

    /// Undoes a delta and hands it over; false where its base is not known yet. What is wrong with one is told.
    fn undone(&mut self, at: usize, members: &mut dyn Members) -> Result<bool, Stop> {
        match self.object(at) {
            Ok(Some(object)) => self.name(at, object, members)?,
            Ok(None) => return Ok(false),
            Err(Stop::Fault(why, detail)) => {
                members.unread(&format!("object at {at}"), why, &detail);
                if why == Unread::Limit(Limit::Decoded) {
                    return Err(Stop::Enough);
                }
            }
            Err(stop) => return Err(stop),
        }
        Ok(true)
    }

    /// The object that begins there; none where a base is not known.
    fn object(&mut self, at: usize) -> Result<Option<Object>, Stop> {
        let (mut chain, mut weight) = (Vec::new(), 0_u64);
        let mut place = at;
        let (kind, mut content) = loop {
            if let Some(kept) = self.kept.get(&place) {
                break kept.clone();
            }
            let entry = entry(self.file, place).ok_or_else(cut)?;
            let inflated = self.inflate(&entry)?.0;
            let base = match entry.form {
                Form::Whole(kind) => break (kind, Rc::new(inflated)),
                Form::At(base) => Some(base),
                Form::Named(name) => self.names.get(&name).copied(),
            };
            let Some(base) = base else { return Ok(None) };
            weight = weight.saturating_add(inflated.len() as u64);
            chain.push(inflated);
            if chain.len() > CHAIN || weight > LARGEST {
                return Err(Limit::Held.into());
            }
            place = base;
        };
        for delta in chain.iter().rev() {
            content = Rc::new(delta::undo(&content, delta, &self.budget)?);
        }
        Ok(Some((kind, content)))
    }

    /// Names an object, hands it over and keeps it for the deltas that follow. A blob without a path is put off.
    fn name(&mut self, at: usize, object: Object, members: &mut dyn Members) -> Result<(), Stop> {
        let (kind, content) = &object;
        let id = id_of(*kind, content);
        self.names.insert(id, at);
        let path = match kind {
            Kind::Blob => self.paths.path(&id),
            Kind::Tree => {
                self.learn(id, content, members);
                None
            }
            Kind::Commit | Kind::Tag => None,
        };
        if *kind == Kind::Blob && path.is_none() {
            self.nameless.push(at);
        } else {
            let name = names::called(kind.name(), Some(&id), path.as_deref());
            give(members, &name, &mut content.as_slice())?;
        }
        self.keep(at, object);
        Ok(())
    }

    /// Learns the names in a tree. That there are too many is told once.
    fn learn(&mut self, id: Id, content: &[u8], members: &mut dyn Members) {
        let most = usize::try_from(self.budget.limits().held / 2).unwrap_or(usize::MAX);
        if self.paths.learn(id, content, most).is_err() && !self.unlearned {
            self.unlearned = true;
            let detail = format!("limit: {}: more names of files than are kept", Limit::Held);
            members.unread("", Unread::Limit(Limit::Held), &detail);
        }
    }

    fn keep(&mut self, at: usize, object: Object) {
        let weight = object.1.len();
        if weight > KEPT || self.kept.insert(at, object).is_some() {
            return;
        }
        self.weight = self.weight.saturating_add(weight);
        self.order.push_back(at);
        while self.weight > KEPT {
            let Some(oldest) = self.order.pop_front() else { return };
            let dropped = self.kept.remove(&oldest).map(|(_, content)| content.len());
            self.weight = self.weight.saturating_sub(dropped.unwrap_or_default());
        }
    }

    /// Tries again what waited for a base, as long as something comes of it.
    fn late(&mut self, members: &mut dyn Members) -> Result<(), Stop> {
        loop {
            let waiting = std::mem::take(&mut self.waiting);
            let before = waiting.len();
            for at in waiting {
                if !self.undone(at, members)? {
                    self.waiting.push(at);
                }
            }
            if self.waiting.len() == before {
                break;
            }
        }
        for at in std::mem::take(&mut self.waiting) {
            let name = format!("object at {at}");
            // What is new in it stands in the delta, whatever its base is.
            let entry = entry(self.file, at).ok_or_else(cut)?;
            let inserted = delta::inserted(&self.inflate(&entry)?.0);
            if !inserted.is_empty() {
                give(members, &name, &mut inserted.as_slice())?;
            }
            members.unread(&name, Unread::Unsupported, "its base is not in the pack");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
