//! The records of a dump, one behind the other.

use super::{lists, stream};
use crate::decode::seam::{Budget, Bytes, Limit, Stop, Unread};

/// As much of one key's value is held.
const LARGEST: usize = 64 << 20;
/// LZF makes at most 264 bytes of three.
const RATIO: usize = 88;
/// What a record costs beside its bytes, so that many empty ones are not free.
const EACH: u64 = 16;

/// Values, those of fields with their names.
pub(super) type Values = Vec<(Option<Vec<u8>>, Vec<u8>)>;

/// A key with its value: fields with names, or elements without.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) key: Vec<u8>,
    pub(super) values: Values,
}

/// A dump that is being read.
pub(super) struct Dump<'f> {
    file: Bytes<'f>,
    at: usize,
    budget: Budget,
    /// Bytes of the record so far.
    weight: usize,
    ended: bool,
}

/// How long a string is, or how it is written.
enum Length {
    Bytes(usize),
    Number(i64),
    Packed,
}

impl<'f> Dump<'f> {
    pub(super) fn new(file: &'f [u8], at: usize, budget: Budget) -> Self {
        Self { file: Bytes(file), at, budget, weight: 0, ended: false }
    }

    /// What stands behind the end.
    pub(super) fn behind(&self) -> &'f [u8] {
        if self.ended { self.file.from(self.at) } else { &[] }
    }

    /// The next key, or what is told about the dump itself; none at its end.
    pub(super) fn next(&mut self) -> Result<Option<Record>, Stop> {
        self.weight = 0;
        loop {
            if self.ended {
                return Ok(None);
            }
            self.budget.take(EACH)?;
            match self.byte()? {
                0xff => {
                    // A checksum, since version 5.
                    self.at = self.at.saturating_add(8).min(self.file.0.len());
                    self.ended = true;
                }
                0xfa => {
                    let (key, value) = (self.string()?, self.string()?);
                    return Ok(Some(Record { key, values: vec![(None, value)] }));
                }
                0xf5 => {
                    return Ok(Some(Record {
                        key: b"function".to_vec(),
                        values: vec![(None, self.string()?)],
                    }));
                }
                0xf7 => return self.module_aux().map(Some),
                0xfe | 0xf8 => self.lengths(1)?,
                0xfb => self.lengths(2)?,
                0xf4 => self.lengths(3)?,
                0xfd => self.skip(4)?,
                0xfc => self.skip(8)?,
                0xf9 => self.skip(1)?,
                kind => {
                    let key = self.string()?;
                    return Ok(Some(Record { key, values: self.values(kind)? }));
                }
            }
        }
    }

    fn values(&mut self, kind: u8) -> Result<Values, Stop> {
        match kind {
            0 => Ok(vec![(None, self.string()?)]),
            1 | 2 => self.many(|dump| Ok((None, dump.string()?))),
            // Scores as text, then in eight bytes.
            3 => {
                self.many(|dump| Ok((None, dump.string().and_then(|member| dump.score().map(|()| member))?)))
            }
            5 => {
                self.many(|dump| Ok((None, dump.string().and_then(|member| dump.skip(8).map(|()| member))?)))
            }
            4 => self.many(|dump| Ok((Some(dump.string()?), dump.string()?))),
            6 => Err(Stop::Fault(Unread::Unsupported, "a value of a module in its first form".into())),
            7 => self.module(),
            9 => self.small(lists::zipmap, Lie::Pairs(2)),
            10 | 12 => self.small(lists::ziplist, Lie::Each),
            13 => self.small(lists::ziplist, Lie::Pairs(2)),
            // Numbers only.
            11 => self.string().map(|_| Vec::new()),
            14 => self.quicklist(lists::ziplist),
            15 | 19 | 21 => stream::read(self, kind),
            16 => self.small(lists::listpack, Lie::Pairs(2)),
            17 | 20 => self.small(lists::listpack, Lie::Each),
            18 => self.quicklist2(),
            22 | 24 => self.fields_that_expire(kind),
            23 | 25 => {
                self.skip(if kind == 25 { 8 } else { 0 })?;
                self.small(lists::listpack, Lie::Pairs(3))
            }
            _ => Err(Stop::Fault(Unread::Unsupported, format!("a value of the unknown kind {kind}"))),
        }
    }

    fn many(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<(Option<Vec<u8>>, Vec<u8>), Stop>,
    ) -> Result<Values, Stop> {
        let count = self.length()?;
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(one(self)?);
        }
        Ok(values)
    }

    /// A collection in one string.
    fn small(&mut self, read: lists::Read, lie: Lie) -> Result<Values, Stop> {
        let packed = self.string()?;
        let elements = read(&packed).ok_or_else(|| Stop::damaged("a list that cannot be read"))?;
        let mut elements = elements.into_iter().map(lists::Element::text);
        let Lie::Pairs(step) = lie else { return Ok(elements.map(|element| (None, element)).collect()) };
        let mut values = Vec::new();
        while let Some((name, value)) = elements.next().zip(elements.next()) {
            values.push((Some(name), value));
            // When it expires.
            (2..step).for_each(|_| drop(elements.next()));
        }
        Ok(values)
    }

    fn quicklist(&mut self, read: lists::Read) -> Result<Values, Stop> {
        let mut values = Vec::new();
        for _ in 0..self.length()? {
            values.extend(self.small(read, Lie::Each)?);
        }
        Ok(values)
    }

    fn quicklist2(&mut self) -> Result<Values, Stop> {
        let mut values = Vec::new();
        for _ in 0..self.length()? {
            match self.length()? {
                1 => values.push((None, self.string()?)),
                _ => values.extend(self.small(lists::listpack, Lie::Each)?),
            }
        }
        Ok(values)
    }

    fn fields_that_expire(&mut self, kind: u8) -> Result<Values, Stop> {
        self.skip(if kind == 24 { 8 } else { 0 })?;
        self.many(|dump| {
            dump.length()?;
            Ok((Some(dump.string()?), dump.string()?))
        })
    }

    /// What a module keeps beside the keys.
    fn module_aux(&mut self) -> Result<Record, Stop> {
        self.lengths(3)?;
        Ok(Record { key: b"module".to_vec(), values: self.module_parts()? })
    }

    fn module(&mut self) -> Result<Values, Stop> {
        self.length()?;
        self.module_parts()
    }

    /// What a module writes says of each part what it is.
    fn module_parts(&mut self) -> Result<Values, Stop> {
        let mut values = Vec::new();
        loop {
            match self.length()? {
                0 => return Ok(values),
                1 | 2 => self.lengths(1)?,
                3 => self.skip(4)?,
                4 => self.skip(8)?,
                5 => values.push((None, self.string()?)),
                _ => return Err(Stop::damaged("a part of a module's value of an unknown kind")),
            }
        }
    }

    /// A number as text, with the three that have none.
    fn score(&mut self) -> Result<(), Stop> {
        match self.byte()? {
            253..=255 => Ok(()),
            length => self.skip(length.into()),
        }
    }

    pub(super) fn lengths(&mut self, count: usize) -> Result<(), Stop> {
        (0..count).try_for_each(|_| self.length().map(drop))
    }

    /// A count.
    pub(super) fn length(&mut self) -> Result<usize, Stop> {
        match self.any_length()? {
            Length::Bytes(length) => Ok(length),
            _ => Err(Stop::damaged("a string where a number should be")),
        }
    }

    fn any_length(&mut self) -> Result<Length, Stop> {
        let first = self.byte()?;
        let low = usize::from(first & 0x3f);
        Ok(match (first >> 6, low) {
            (0, _) => Length::Bytes(low),
            (1, _) => Length::Bytes(low << 8 | usize::from(self.byte()?)),
            (2, 0) => Length::Bytes(self.take(4)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))),
            // Nothing is longer than a file that could be held.
            (2, 1) => {
                let long = self.take(8)?.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
                Length::Bytes(usize::try_from(long).unwrap_or(usize::MAX))
            }
            (3, 0..=2) => Length::Number(lists::little(self.take(1 << low)?)),
            (3, 3) => Length::Packed,
            _ => return Err(Stop::damaged("a length of an unknown form")),
        })
    }

    /// A string of any form.
    pub(super) fn string(&mut self) -> Result<Vec<u8>, Stop> {
        let string = match self.any_length()? {
            Length::Bytes(length) => self.take(length)?.to_vec(),
            Length::Number(number) => number.to_string().into_bytes(),
            Length::Packed => {
                let (packed, plain) = (self.length()?, self.length()?);
                if plain > packed.saturating_mul(RATIO) || plain > LARGEST {
                    return Err(Limit::Ratio.into());
                }
                self.budget.take(plain as u64)?;
                lzf(self.take(packed)?, plain)
                    .ok_or_else(|| Stop::damaged("a packed string that does not unpack"))?
            }
        };
        self.weight = self.weight.saturating_add(string.len()).saturating_add(16);
        if self.weight > LARGEST { Err(Limit::Held.into()) } else { Ok(string) }
    }

    pub(super) fn skip(&mut self, count: usize) -> Result<(), Stop> {
        self.take(count).map(drop)
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        self.take(1).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    fn take(&mut self, count: usize) -> Result<&'f [u8], Stop> {
        let cut = || Stop::Fault(Unread::Truncated, "it ends before its end".into());
        let taken = self.file.slice(self.at, count).ok_or_else(cut)?;
        self.at = self.at.saturating_add(count);
        Ok(taken)
    }
}

/// How the elements of a collection belong together.
#[derive(Clone, Copy)]
enum Lie {
    Each,
    /// Name and value, and so many elements from one name to the next.
    Pairs(usize),
}

/// Undoes LZF: literals, and copies of what came before.
fn lzf(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let bytes = Bytes(packed);
    let (mut plain, mut at) = (Vec::with_capacity(length), 0_usize);
    while at < packed.len() {
        let control = usize::from(bytes.u8(at)?);
        at = at.checked_add(1)?;
        if control < 32 {
            plain.extend_from_slice(bytes.slice(at, control.checked_add(1)?)?);
            at = at.checked_add(control)?.checked_add(1)?;
        } else {
            let mut count = control >> 5;
            if count == 7 {
                count = count.checked_add(bytes.u8(at)?.into())?;
                at = at.checked_add(1)?;
            }
            let back = (control & 31) << 8 | usize::from(bytes.u8(at)?);
            at = at.checked_add(1)?;
            let from = plain.len().checked_sub(back)?.checked_sub(1)?;
            for place in from..from.checked_add(count)?.checked_add(2)? {
                plain.push(*plain.get(place)?);
            }
        }
        if plain.len() > length {
            return None;
        }
    }
    (plain.len() == length).then_some(plain)
}
