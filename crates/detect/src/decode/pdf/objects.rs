//! The objects of a document: all that are in the file, also those that a later version replaced and no table lists any more.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::filter::plain;
use super::value::{Map, Value, Values, is_blank};
use crate::decode::seam::{Budget, Limit, Stop};

/// Where objects lie; each is read when somebody asks for it.
pub(super) struct Objects<'f> {
    file: &'f [u8],
    /// Unpacked streams that hold objects.
    packed: Vec<Vec<u8>>,
    /// Every object in the order of the file, by its number.
    all: Vec<(u32, Place)>,
    /// The last one of each number.
    last: BTreeMap<u32, Place>,
    encrypted: bool,
    /// How many bytes were read as values.
    read: Cell<usize>,
}

/// Objects that name others over and over are read no longer than the file this many times, and a little more.
const TIMES: usize = 32;
const LEAST: usize = 16 << 20;

/// A stream, by the number of its object.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub(super) number: u32,
    /// Whether it was not replaced.
    pub(super) is_last: bool,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    File(usize),
    /// In one of the unpacked streams, from here to there.
    Packed(usize, usize, usize),
}

/// Pages in groups in groups go so deep.
const DEPTH: usize = 64;

impl<'f> Objects<'f> {
    pub(super) fn of(file: &'f [u8], budget: &Budget) -> Result<Self, Stop> {
        let mut objects = Self {
            file,
            packed: Vec::new(),
            all: Vec::new(),
            last: BTreeMap::new(),
            encrypted: false,
            read: Cell::new(0),
        };
        objects.scan();
        objects.find_trailers();
        if !objects.encrypted {
            objects.unpack(budget)?;
        }
        objects.last = objects.all.iter().copied().collect();
        Ok(objects)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Finds every `7 0 obj`, but for those inside of streams.
    fn scan(&mut self) {
        let mut at = 0;
        while let Some(found) = memchr::memmem::find(self.file.get(at..).unwrap_or_default(), b"obj") {
            let place = at.saturating_add(found);
            at = place.saturating_add(3);
            let Some(number) = numbered(self.file.get(..place).unwrap_or_default()) else { continue };
            let mut values = Values::new(self.file, at);
            let value = values.value();
            self.all.push((number, Place::File(at)));
            at = values.at.min(self.file.len()).max(at);
            if let Some(map) = value.as_ref().and_then(Value::map) {
                self.encrypted |= map.is("Type", "XRef") && map.get("Encrypt").is_some();
                if let Some(raw) = raw(self.file, map, &mut values) {
                    at = at.saturating_add(raw.len());
                }
            }
        }
    }

    fn find_trailers(&mut self) {
        for at in memchr::memmem::find_iter(self.file, b"trailer") {
            let value = Values::new(self.file, at.saturating_add(7)).value();
            let map = value.as_ref().and_then(Value::map);
            self.encrypted |= map.is_some_and(|map| map.get("Encrypt").is_some());
        }
    }

    /// Adds the objects that lie in streams (7.5.7).
    fn unpack(&mut self, budget: &Budget) -> Result<(), Stop> {
        let mut held = 0_u64;
        let mut all = Vec::with_capacity(self.all.len());
        for (number, place) in std::mem::take(&mut self.all) {
            all.push((number, place));
            let Some((map, raw)) = self.stream_at(place).filter(|(map, _)| map.is("Type", "ObjStm")) else {
                continue;
            };
            let count = map.get("N").and_then(Value::count).unwrap_or_default();
            let first = map.get("First").and_then(Value::count).unwrap_or_default();
            let Some(content) = plain(&map, raw, budget)? else { continue };
            held = held.saturating_add(content.len() as u64);
            if held > budget.limits().held {
                return Err(Limit::Held.into());
            }
            let mut values = Values::new(&content, 0);
            let mut next = || values.value()?.count();
            let pairs = (0..count).map_while(|_| Some((next()?, first.saturating_add(next()?))));
            let mut inside: Vec<(usize, usize)> = pairs.map(|(number, at)| (at, number)).collect();
            // Each ends where the next one begins.
            inside.sort_unstable();
            inside.dedup_by_key(|(at, _)| *at);
            let ends: Vec<usize> = inside.iter().skip(1).map(|(at, _)| *at).chain([content.len()]).collect();
            for ((at, number), end) in inside.into_iter().zip(ends) {
                let place = Place::Packed(self.packed.len(), at, end);
                all.extend(u32::try_from(number).ok().map(|number| (number, place)));
            }
            self.packed.push(content);
        }
        self.all = all;
        Ok(())
    }

    fn stream_at(&self, place: Place) -> Option<(Map<'f>, &'f [u8])> {
        let Place::File(at) = place else { return None };
        let mut values = Values::new(self.file, at);
        let Some(Value::Map(map)) = values.value() else { return None };
        let raw = raw(self.file, &map, &mut values)?;
        Some((map, raw))
    }

    fn at(&self, place: Place) -> Option<Value<'_>> {
        let (bytes, at) = match place {
            Place::File(at) => (self.file, at),
            Place::Packed(stream, at, end) => (self.packed.get(stream)?.get(..end)?, at),
        };
        let most = self.file.len().saturating_mul(TIMES).saturating_add(LEAST);
        if self.read.get() > most {
            return None;
        }
        let mut values = Values::new(bytes, at);
        let value = values.value();
        self.read.set(self.read.get().saturating_add(values.at.saturating_sub(at)));
        value
    }

    pub(super) fn get(&self, number: u32) -> Option<Value<'_>> {
        self.at(*self.last.get(&number)?)
    }

    /// A value, or the object that it names.
    pub(super) fn value<'o>(&'o self, value: &Value<'o>) -> Option<Value<'o>> {
        if let Value::Object(number) = value { self.get(*number) } else { Some(value.clone()) }
    }

    /// What a name stands for, as an object.
    pub(super) fn of_map<'o>(&'o self, map: &Map<'o>, name: &str) -> Option<Value<'o>> {
        self.value(map.get(name)?)
    }

    pub(super) fn map_of<'o>(&'o self, map: &Map<'o>, name: &str) -> Option<Map<'o>> {
        if let Value::Map(map) = self.of_map(map, name)? { Some(map) } else { None }
    }

    /// A stream as it is packed, by its number.
    pub(super) fn stream(&self, number: u32) -> Option<(Map<'f>, &'f [u8])> {
        self.stream_at(*self.last.get(&number)?)
    }

    /// All that may be streams, also those that were replaced.
    pub(super) fn streams(&self) -> impl Iterator<Item = Stream> {
        let all = self.all.iter().filter(|(_, place)| matches!(place, Place::File(_)));
        all.map(|(number, place)| {
            let is_last = self.last.get(number).is_some_and(|last| last.is(*place));
            Stream { number: *number, is_last, place: *place }
        })
    }

    pub(super) fn of_stream(&self, stream: Stream) -> Option<(Map<'f>, &'f [u8])> {
        self.stream_at(stream.place)
    }

    /// Every object that there is, also those that were replaced.
    pub(super) fn each(&self) -> impl Iterator<Item = Value<'_>> {
        self.all.iter().filter_map(|(_, place)| self.at(*place))
    }

    /// The pages with their names: by their numbers, and behind them those that no group lists.
    pub(super) fn pages(&self) -> Vec<(String, Map<'_>)> {
        let mut listed = Listed::default();
        for value in self.each() {
            let Some(root) = value.map().filter(|map| map.is("Type", "Catalog")) else { continue };
            if let Some(Value::Object(pages)) = root.get("Pages") {
                self.list(*pages, 0, &mut listed);
            }
        }
        let mut pages = listed.pages;
        for (number, place) in &self.all {
            let Some(Value::Map(map)) = self.at(*place) else { continue };
            let replaced = self.last.get(number).is_some_and(|last| !last.is(*place));
            if map.is("Type", "Page") && (replaced || listed.seen.insert(*number)) {
                pages.push((format!("page of object {number}"), map));
            }
        }
        pages
    }

    fn list<'o>(&'o self, number: u32, depth: usize, listed: &mut Listed<'o>) {
        let Some(Value::Map(map)) = self.get(number).filter(|_| depth < DEPTH && listed.seen.insert(number))
        else {
            return;
        };
        match self.of_map(&map, "Kids").as_ref().and_then(Value::list) {
            Some(kids) => {
                for kid in kids {
                    if let Value::Object(kid) = kid {
                        self.list(*kid, depth.saturating_add(1), listed);
                    }
                }
            }
            None => listed.pages.push((format!("page {}", listed.pages.len().saturating_add(1)), map)),
        }
    }
}

#[derive(Default)]
struct Listed<'o> {
    pages: Vec<(String, Map<'o>)>,
    seen: BTreeSet<u32>,
}

impl Place {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => one == other,
            (Self::Packed(one, place, _), Self::Packed(other, at, _)) => (one, place) == (other, at),
            _ => false,
        }
    }
}

/// The number of an object, from what stands before `obj`: `7 0 `.
fn numbered(before: &[u8]) -> Option<u32> {
    let back = |bytes: &[u8], is: fn(&u8) -> bool| bytes.iter().rev().take_while(|b| is(b)).count();
    let cut = |bytes: &'_ [u8], count: usize| bytes.len().checked_sub(count);
    let blank: fn(&u8) -> bool = |b| is_blank(*b);
    let mut rest = before.get(before.len().saturating_sub(32)..)?;
    rest = rest.get(..cut(rest, back(rest, blank))?)?;
    let generation = back(rest, u8::is_ascii_digit);
    rest = rest.get(..cut(rest, generation)?)?;
    let blanks = back(rest, blank);
    rest = rest.get(..cut(rest, blanks)?)?;
    let digits = rest.get(cut(rest, back(rest, u8::is_ascii_digit))?..)?;
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (generation > 0 && blanks > 0).then_some(number)
}

/// The bytes of a stream behind its map; the values go on behind them.
fn raw<'f>(file: &'f [u8], map: &Map<'_>, values: &mut Values<'f>) -> Option<&'f [u8]> {
    if values.value()? != Value::Word(b"stream") {
        return None;
    }
    let rest = file.get(values.at..)?;
    let line = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    let rest = rest.get(line..)?;
    let ends = |length: &usize| {
        let behind = rest.get(*length..).unwrap_or_default();
        behind
            .iter()
            .take(4)
            .position(|b| !is_blank(*b))
            .is_some_and(|at| behind.get(at..).is_some_and(|b| b.starts_with(b"endstream")))
    };
    let stated = map.get("Length").and_then(Value::count).filter(ends);
    let length = stated.or_else(|| memchr::memmem::find(rest, b"endstream")).unwrap_or(rest.len());
    rest.get(..length)
}
