//! Which object is the value of which key, written as lines.

use super::objects::{Numbers, Object, Objects};

/// A longer key is none by which a value is judged.
const LONGEST_KEY: usize = 120;
/// So many times as many objects as there are bytes may be looked at.
const OVER: usize = 4;
/// The key of all objects of an archive.
const ARCHIVE: &str = "$objects";

/// The objects of a list after all of them were looked at once.
pub(super) struct Pairs<'o, 'f> {
    objects: &'o Objects<'f>,
    /// The objects of an archive, by their places there.
    archive: Option<Numbers<'f>>,
    /// Whether an object is told with a key, by its number. There are no entries for those that are not looked at.
    named: Vec<bool>,
    lost: usize,
}

impl<'o, 'f> Pairs<'o, 'f> {
    pub(super) fn of(objects: &'o Objects<'f>) -> Self {
        let archive = objects.top().and_then(|top| match top {
            Object::Map(keys, values) => keys.each().zip(values.each()).find_map(|(key, value)| {
                let named = matches!(objects.get(key), Some(Object::Text(key)) if key.is(ARCHIVE));
                match objects.get(value) {
                    Some(Object::Several(all)) if named => Some(all),
                    _ => None,
                }
            }),
            _ => None,
        });
        let (known, lost) = known(objects);
        let mut pairs = Self { objects, archive, named: vec![false; known], lost };
        // A list that was written by a program says each of them once.
        let mut left = objects.len().saturating_mul(OVER);
        for number in 0..known {
            let entries = pairs.entries(number);
            let Some(rest) = left.checked_sub(pairs.length(&entries)) else {
                pairs.named.truncate(number);
                pairs.lost += known - number;
                break;
            };
            left = rest;
            for (key, value) in entries {
                pairs.name(key);
                pairs.name(value);
            }
        }
        // What several of one key are is told there.
        for number in 0..pairs.named.len() {
            if let (Some(Object::Several(all)), true) = (objects.get(number), pairs.is_named(number)) {
                all.each().for_each(|item| pairs.name(pairs.meant(item)));
            }
        }
        pairs
    }

    /// How many objects are not what the format has, or are not looked at.
    pub(super) fn lost(&self) -> usize {
        self.lost
    }

    /// How many objects have to be looked at to tell these.
    fn length(&self, entries: &[(usize, usize)]) -> usize {
        let several = entries.iter().map(|(_, value)| match self.objects.get(*value) {
            Some(Object::Several(all)) => all.len(),
            _ => 1,
        });
        several.fold(0, usize::saturating_add)
    }

    fn name(&mut self, number: usize) {
        self.named.get_mut(number).into_iter().for_each(|named| *named = true);
    }

    fn is_named(&self, number: usize) -> bool {
        self.named.get(number).copied().unwrap_or_default()
    }

    /// The object that a number stands for: of an archive, the one at its place.
    fn meant(&self, number: usize) -> usize {
        match self.objects.get(number) {
            Some(Object::Place(place)) => self.archive.and_then(|all| all.get(place)).unwrap_or(number),
            _ => number,
        }
    }

    /// The keys and values of a mapping, by their numbers.
    fn entries(&self, number: usize) -> Vec<(usize, usize)> {
        let Some(Object::Map(keys, values)) = self.objects.get(number) else { return Vec::new() };
        let of = |word: &str| {
            let mut all = keys.each().zip(values.each());
            let found = all
                .find(|(key, _)| matches!(self.objects.get(*key), Some(Object::Text(key)) if key.is(word)));
            match found.map(|(_, value)| self.objects.get(value)) {
                Some(Some(Object::Several(all))) => Some(all),
                _ => None,
            }
        };
        // A mapping in an archive.
        let (keys, values) = of("NS.keys").zip(of("NS.objects")).unwrap_or((keys, values));
        let pairs = keys.each().zip(values.each());
        pairs
            .map(|(key, value)| (self.meant(key), self.meant(value)))
            .filter(|(key, _)| self.is_key(*key))
            .collect()
    }

    fn is_key(&self, number: usize) -> bool {
        matches!(self.objects.get(number), Some(Object::Text(key)) if key.len() <= LONGEST_KEY && !key.is(ARCHIVE))
    }

    /// Everything as text, piece by piece.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Vec<u8>> {
        (0..self.named.len()).flat_map(move |number| {
            let pairs = self.entries(number).into_iter().flat_map(move |(key, value)| self.pair(key, value));
            pairs.chain(self.alone(number))
        })
    }

    /// `key="text"`, `key=["a", "b"]`; the key alone where its value is told by itself.
    fn pair(&self, key: usize, value: usize) -> Box<dyn Iterator<Item = Vec<u8>> + '_> {
        let Some(Object::Text(key)) = self.objects.get(key) else { return Box::new(std::iter::empty()) };
        let key = key.plain().into_owned();
        match self.objects.get(value) {
            Some(Object::Several(all)) => {
                let start = [key, b"=[".to_vec()].concat();
                let items = all.each().filter_map(|item| self.item(self.meant(item)));
                Box::new(std::iter::once(start).chain(items).chain(std::iter::once(b"]\n".to_vec())))
            }
            Some(Object::Map(..)) if !key.starts_with(b"$") => {
                Box::new(std::iter::once([&key[..], b"\n"].concat()))
            }
            Some(object) => Box::new(value_of(object).map(|value| line(&key, &value)).into_iter()),
            None => Box::new(std::iter::empty()),
        }
    }

    fn item(&self, number: usize) -> Option<Vec<u8>> {
        let text = value_of(self.objects.get(number)?)?;
        let marked = |b: &u8| if matches!(b, b'"' | b'\\') { vec![b'\\', *b] } else { vec![*b] };
        Some([b"\"", text.iter().flat_map(marked).collect::<Vec<u8>>().as_slice(), b"\", "].concat())
    }

    /// A text that has no key: the whole list, or an item of several that have none.
    fn alone(&self, number: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        let items = match self.objects.get(number) {
            Some(Object::Several(all)) if !self.is_named(number) => Some(all),
            _ => None,
        };
        let whole = (self.named.len() == 1).then_some(number);
        let texts = items.into_iter().flat_map(Numbers::each).chain(whole);
        texts.filter(|item| !self.is_named(*item)).filter_map(|item| match self.objects.get(item)? {
            Object::Text(text) => Some([&text.plain()[..], b"\n"].concat()),
            _ => None,
        })
    }

    /// What is kept as data, with its number.
    pub(super) fn data(&self) -> impl Iterator<Item = (usize, &'f [u8])> {
        (0..self.named.len()).filter_map(|number| match self.objects.get(number)? {
            Object::Data(data) => Some((number, data)),
            _ => None,
        })
    }
}

/// How many objects from the first on lie beside each other, and how many are none. Those that lie in each other could be of any
/// size together.
fn known(objects: &Objects<'_>) -> (usize, usize) {
    let (mut left, mut lost) = (objects.len(), 0);
    for number in 0..objects.count() {
        let length = match objects.get(number) {
            Some(Object::Map(keys, values)) => keys.len().saturating_add(values.len()),
            Some(Object::Several(all)) => all.len(),
            Some(_) => 1,
            None => {
                lost += 1;
                1
            }
        };
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return (number, lost + objects.count() - number),
        }
    }
    (objects.count(), lost)
}

/// What is said of a value: a text, a whole number, data that can be read.
fn value_of(object: Object<'_>) -> Option<Vec<u8>> {
    match object {
        Object::Text(text) => Some(text.plain().into_owned()),
        Object::Whole(number) => Some(number.to_string().into_bytes()),
        Object::Data(data) => is_readable(data).then(|| data.to_vec()),
        _ => None,
    }
}

fn is_readable(data: &[u8]) -> bool {
    let text = std::str::from_utf8(data).unwrap_or_default();
    !text.is_empty()
        && !text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
}

fn line(key: &[u8], value: &[u8]) -> Vec<u8> {
    let plain = !value.iter().any(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'));
    let mark: &[u8] = if plain { b"\"" } else { b"" };
    [key, b"=", mark, value, mark, b"\n"].concat()
}
