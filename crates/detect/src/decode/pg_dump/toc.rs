//! The header and the table of contents of an archive.

use std::collections::HashMap;
use std::io::{self, Read};

use crate::decode::seam::{Limit, Members, Stop, text};

pub(super) fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// How numbers are written: a sign, and so many bytes.
#[derive(Clone, Copy)]
pub(super) struct Numbers(u8);

impl Numbers {
    pub(super) fn read(self, body: &mut dyn Read) -> io::Result<i64> {
        let [sign] = bytes(body)?;
        let mut number = 0_i64;
        for at in 0..self.0 {
            let [byte] = bytes(body)?;
            number |= i64::from(byte).checked_shl(u32::from(at).saturating_mul(8)).unwrap_or_default();
        }
        Ok(if sign == 0 { number } else { number.wrapping_neg() })
    }
}

fn bytes<const N: usize>(body: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    body.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What packs the data.
#[derive(Clone, Copy)]
pub(super) enum Packing {
    None,
    Zlib,
    Zstd,
    Other,
}

/// Data of the archive.
pub(super) struct Entry {
    /// With its schema.
    pub(super) name: String,
    /// The statement that loads it.
    pub(super) load: Vec<u8>,
}

pub(super) struct Toc {
    pub(super) numbers: Numbers,
    pub(super) packing: Packing,
    /// Whether data follows in the same file.
    pub(super) is_custom: bool,
    /// Of all entries.
    pub(super) statements: Vec<u8>,
    pub(super) entries: HashMap<i64, Entry>,
}

/// The form whose data stands in the same file.
const CUSTOM: u8 = 1;

impl Toc {
    pub(super) fn read(body: &mut dyn Read, members: &mut dyn Members) -> Result<Self, Stop> {
        let [.., minor, _revision, size, offset, format] = bytes::<11>(body)?;
        if !(11..=16).contains(&minor) || size > 8 {
            return Err(Stop::unsupported(format!("version 1.{minor} of the format")));
        }
        let mut reader = Reader { body, numbers: Numbers(size), left: members.budget().limits().held };
        let packing = reader.packing(minor)?;
        // When it was made.
        for _ in 0..7 {
            reader.number()?;
        }
        // The database, and the versions of the server and the program.
        for _ in 0..3 {
            reader.word()?;
        }
        let (mut statements, mut entries) = (Vec::new(), HashMap::new());
        for _ in 0..reader.number()? {
            let (id, statement, entry) = reader.entry((minor, offset), format)?;
            if !statement.is_empty() {
                statements.extend(statement);
                statements.push(b'\n');
            }
            entries.insert(id, entry);
        }
        let numbers = reader.numbers;
        Ok(Self { numbers, packing, is_custom: format == CUSTOM, statements, entries })
    }
}

struct Reader<'b> {
    body: &'b mut dyn Read,
    numbers: Numbers,
    /// So much may still be held.
    left: u64,
}

impl Reader<'_> {
    fn number(&mut self) -> Result<i64, Stop> {
        Ok(self.numbers.read(self.body)?)
    }

    /// A text; nothing where there is none.
    fn word(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        let Ok(length) = u64::try_from(self.number()?) else { return Ok(None) };
        self.hold(length)?;
        let mut word = Vec::new();
        self.body.take(length).read_to_end(&mut word)?;
        if (word.len() as u64) < length {
            return Err(cut().into());
        }
        Ok(Some(word))
    }

    fn hold(&mut self, length: u64) -> Result<(), Stop> {
        self.left = self.left.checked_sub(length).ok_or(Limit::Held)?;
        Ok(())
    }

    fn packing(&mut self, minor: u8) -> Result<Packing, Stop> {
        if minor < 15 {
            return Ok(if self.number()? == 0 { Packing::None } else { Packing::Zlib });
        }
        Ok(match bytes(self.body)? {
            [0] => Packing::None,
            [1] => Packing::Zlib,
            [3] => Packing::Zstd,
            [_] => Packing::Other,
        })
    }

    /// The number of an entry, what makes it, and its data.
    fn entry(&mut self, (minor, offset): (u8, u8), format: u8) -> Result<(i64, Vec<u8>, Entry), Stop> {
        // What an entry costs beside its texts.
        self.hold(128)?;
        let id = self.number()?;
        self.number()?;
        // What the server calls it: its table and its number.
        self.word()?;
        self.word()?;
        let tag = self.word()?.unwrap_or_default();
        self.word()?;
        self.number()?;
        let statement = self.word()?.unwrap_or_default();
        self.word()?;
        let load = self.word()?.unwrap_or_default();
        let schema = self.word()?.unwrap_or_default();
        self.word()?;
        if minor >= 14 {
            self.word()?;
        }
        if minor >= 16 {
            self.number()?;
        }
        // The owner, and whether there are numbers of rows.
        self.word()?;
        self.word()?;
        while self.word()?.is_some() {}
        self.place(offset, format)?;
        let name = if schema.is_empty() { text(&tag) } else { format!("{}.{}", text(&schema), text(&tag)) };
        Ok((id, statement, Entry { name, load }))
    }

    /// Where the data is: in the same file, or in which other one.
    fn place(&mut self, offset: u8, format: u8) -> Result<(), Stop> {
        if format == CUSTOM {
            for _ in 0..=offset {
                bytes::<1>(self.body)?;
            }
            return Ok(());
        }
        self.word().map(drop)
    }
}
