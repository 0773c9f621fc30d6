//! Packages of apk-tools 3: a container whose first block says what the files are called and whose data blocks are the files, all of
//! it compressed or not (`apk-v3(5)`).

use std::io::Read;

use flate2::read::DeflateDecoder;
use flate2::{Decompress, FlushDecompress};

use super::seam::{Bytes, Exactly, Limit, Members, Stop, Unread, fill, give, skip, text};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// Packages, indexes, the database of what is installed.
pub(crate) static DECODER: Decoder = Decoder { name: "apk", claims, open, tool: None, holds: Holds::Files };

/// What a container begins with, and what its root is.
const PLAIN: &[u8] = b"ADB.";
const SCHEMAS: [&[u8]; 3] = [b"pckg", b"indx", b"idb\0"];
/// Both of them.
const HEADER: usize = 8;
/// The highest level of compression.
const BEST: u8 = 22;
/// So many files are counted.
const MOST: usize = 1 << 20;
/// What scripts are called in packages of version 2.
const SCRIPTS: [&str; 7] = [
    ".trigger",
    ".pre-install",
    ".post-install",
    ".pre-deinstall",
    ".post-deinstall",
    ".pre-upgrade",
    ".post-upgrade",
];

fn is_plain(head: &[u8]) -> bool {
    head.starts_with(PLAIN) && SCHEMAS.iter().any(|schema| Bytes(head).has(PLAIN.len(), schema))
}

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    match head {
        [b'A', b'D', b'B', b'd', deflated @ ..] => {
            let mut begin = [0; HEADER];
            let mut stream = Decompress::new(false);
            stream.decompress(deflated, &mut begin, FlushDecompress::None).is_ok() && is_plain(&begin)
        }
        [b'A', b'D', b'B', b'c', 0, _, whole @ ..] => is_plain(whole),
        [b'A', b'D', b'B', b'c', 1 | 2, level, _, ..] => *level <= BEST,
        head => is_plain(head),
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut magic = [0; 4];
    Exactly::new(body, 4).read_exact(&mut magic)?;
    let way = match magic[3] {
        b'.' => return container(body, members),
        b'd' => 1,
        _ => {
            let mut way = [0; 2];
            Exactly::new(body, 2).read_exact(&mut way)?;
            way[0]
        }
    };
    match way {
        0 => give(members, "", body).map(drop),
        1 => packed::one(body, members, |body| Ok(Box::new(DeflateDecoder::new(body)))),
        2 => packed::one(body, members, |body| packed::zstd(body)),
        _ => Err(Stop::unsupported("compressed in a way that is not known")),
    }
}

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Everything but the content of files.
    Root,
    Data,
    /// A signature.
    Other,
}

/// The kind of the next block, how long it is, and how much of a multiple of eight is left behind it; none at the end.
fn block(body: &mut dyn Read) -> Result<Option<(Kind, u64, u64)>, Stop> {
    let mut word = [0; 4];
    match fill(body, &mut word)? {
        0 => return Ok(None),
        4 => {}
        _ => return Err(Stop::Fault(Unread::Truncated, "it ends before its end".into())),
    }
    let word = u32::from_le_bytes(word);
    let (mut kind, mut size, mut header) = (word >> 30, u64::from(word & 0x3fff_ffff), 4);
    if kind == 3 {
        let mut long = [0; 12];
        Exactly::new(body, 12).read_exact(&mut long)?;
        (kind, header) = (word & 0x3fff_ffff, 16);
        size = Bytes(&long).u64_le(4).unwrap_or_default();
    }
    let length =
        size.checked_sub(header).ok_or_else(|| Stop::damaged("a block that is shorter than its header"))?;
    let kind = match kind {
        0 => Kind::Root,
        2 => Kind::Data,
        _ => Kind::Other,
    };
    Ok(Some((kind, length, size.wrapping_neg() % 8)))
}

/// Behind the magic.
fn container(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut schema = [0; 4];
    Exactly::new(body, 4).read_exact(&mut schema)?;
    let is_package = schema == *b"pckg";
    let (mut root, mut given) = (Vec::new(), 0_usize);
    while let Some((kind, length, padding)) = block(body)? {
        match kind {
            Kind::Root if root.is_empty() => {
                if length > members.budget().limits().held {
                    return Err(Limit::Held.into());
                }
                Exactly::new(body, length).read_to_end(&mut root)?;
                give(members, "database", &mut root.as_slice())?;
                if is_package {
                    scripts(Database(Bytes(&root)), members)?;
                }
            }
            Kind::Data if is_package => {
                let mut place = [0; 8];
                Exactly::new(body, 8).read_exact(&mut place)?;
                let mut inside = Exactly::new(body, length.saturating_sub(8));
                give(members, &Database(Bytes(&root)).path(Bytes(&place)), &mut inside)?;
                inside.rest()?;
                given = given.saturating_add(1);
            }
            _ => skip(body, length)?,
        }
        // The last block need not be filled up.
        let mut rest = [0; 8];
        fill(body, rest.get_mut(..usize::try_from(padding).unwrap_or(0)).unwrap_or_default())?;
    }
    if root.is_empty() || is_package && given < Database(Bytes(&root)).files() {
        return Err(Stop::Fault(Unread::Truncated, "it ends before its end".into()));
    }
    Ok(())
}

fn scripts(database: Database<'_>, members: &mut dyn Members) -> Result<(), Stop> {
    let Some(scripts) = database.slot(database.root(), 3) else { return Ok(()) };
    for (name, slot) in SCRIPTS.iter().zip(1..) {
        if let Some(script) = database.slot(Some(scripts), slot).and_then(|value| database.blob(value)) {
            give(members, name, &mut &*script)?;
        }
    }
    Ok(())
}

/// The first block: values of four bits of type and 28 bits of value, which for most is where they stand.
#[derive(Clone, Copy)]
struct Database<'d>(Bytes<'d>);

impl<'d> Database<'d> {
    fn root(self) -> Option<u32> {
        self.0.u32_le(4)
    }

    /// A field of an object, an item of a list: the first slot says how many there are.
    fn slot(self, of: Option<u32>, slot: u32) -> Option<u32> {
        let of = of.filter(|value| matches!(value >> 28, 0xd | 0xe))?;
        let at = usize::try_from(of & 0x0fff_ffff).ok()?;
        let count = self.0.u32_le(at)?;
        let place = at.checked_add(usize::try_from(slot).ok()?.checked_mul(4)?)?;
        (slot < count).then(|| self.0.u32_le(place)).flatten()
    }

    fn blob(self, value: u32) -> Option<&'d [u8]> {
        let at = usize::try_from(value & 0x0fff_ffff).ok()?;
        let (length, width) = match value >> 28 {
            8 => (u32::from(self.0.u8(at)?), 1),
            9 => (u32::from(self.0.u16_le(at)?), 2),
            0xa => (self.0.u32_le(at)?, 4),
            _ => return None,
        };
        self.0.slice(at.checked_add(width)?, usize::try_from(length).ok()?)
    }

    /// What is in a list, in order.
    fn each(self, list: Option<u32>) -> impl Iterator<Item = u32> {
        (1..).map_while(move |slot| self.slot(list, slot))
    }

    /// How many files have content, which stands in a block.
    fn files(self) -> usize {
        let folders = self.each(self.slot(self.root(), 2));
        let files = folders.flat_map(move |folder| self.each(self.slot(Some(folder), 3)));
        let has =
            |file: &u32, slot| self.slot(Some(*file), slot).is_some_and(|value| value & 0x0fff_ffff != 0);
        files.take(MOST).filter(|file| has(file, 3) && !has(file, 6)).count()
    }

    /// The path of a file: the number of its folder, and its number in there.
    fn path(self, place: Bytes<'_>) -> String {
        let (folder, file) = (place.u32_le(0).unwrap_or_default(), place.u32_le(4).unwrap_or_default());
        let folder = self.slot(self.slot(self.root(), 2), folder);
        let name = |of| self.slot(of, 1).and_then(|value| self.blob(value));
        let path = name(self.slot(self.slot(folder, 3), file)).map(|file| match name(folder) {
            Some(folder) if !folder.is_empty() => format!("{}/{}", text(folder), text(file)),
            _ => text(file),
        });
        path.unwrap_or_else(|| "a file without a name".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::decode::seam::law;

    fn block_of(kind: u32, payload: &[u8]) -> Vec<u8> {
        let size = u32::try_from(payload.len() + 4).unwrap();
        let mut block = [&(kind << 30 | size).to_le_bytes(), payload].concat();
        block.resize(block.len().next_multiple_of(8), 0);
        block
    }

    /// Writes values behind each other.
    struct Writer(Vec<u8>);

    impl Writer {
        fn blob(&mut self, text: &str) -> u32 {
            let at = u32::try_from(self.0.len()).unwrap();
            self.0.push(u8::try_from(text.len()).unwrap());
            self.0.extend(text.as_bytes());
            8 << 28 | at
        }

        fn slots(&mut self, kind: u32, slots: &[u32]) -> u32 {
            self.0.resize(self.0.len().next_multiple_of(4), 0);
            let at = u32::try_from(self.0.len()).unwrap();
            self.0.extend((u32::try_from(slots.len()).unwrap() + 1).to_le_bytes());
            self.0.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
            kind << 28 | at
        }
    }

    fn root() -> Vec<u8> {
        let mut writer = Writer(vec![0; 8]);
        let (object, list) = (0xe, 0xd);
        let names = [writer.blob("app.conf"), writer.blob("etc/app")];
        let file = writer.slots(object, &[names[0], 0, 1 << 28 | 12]);
        let files = writer.slots(list, &[file]);
        let folders = [writer.slots(object, &[0, 0, 0]), writer.slots(object, &[names[1], 0, files])];
        let paths = writer.slots(list, &folders);
        let script = writer.blob("#!/bin/sh\n");
        let scripts = writer.slots(object, &[0, script]);
        let root = writer.slots(object, &[0, paths, scripts]);
        writer.0[4..8].copy_from_slice(&root.to_le_bytes());
        writer.0
    }

    fn package() -> Vec<u8> {
        let place = [2_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
        [
            b"ADB.pckg".to_vec(),
            block_of(0, &root()),
            block_of(1, b"signature"),
            block_of(2, &[&place[..], b"name = value"].concat()),
        ]
        .concat()
    }

    #[test]
    fn files_have_the_paths_that_the_first_block_says() {
        let members: [(&str, &[u8]); 3] =
            [("database", &root()), (".pre-install", b"#!/bin/sh\n"), ("etc/app/app.conf", b"name = value")];
        law::holds(&DECODER, &package(), &members);
        let nowhere = block_of(2, &[&[9, 0, 0, 0, 1, 0, 0, 0], &b"text"[..]].concat());
        let seen = law::see(&DECODER, &[package(), nowhere].concat());
        assert_eq!(seen.of("a file without a name"), b"text");
    }

    #[test]
    fn a_long_block_has_a_longer_header() {
        let place = [2_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
        let size = 16_u64 + 8 + 4;
        let long =
            [&(3_u32 << 30 | 2).to_le_bytes()[..], &[0; 4], &size.to_le_bytes(), &place, b"text"].concat();
        let file = [&b"ADB.pckg"[..], &block_of(0, &root()), &long].concat();
        assert_eq!(law::see(&DECODER, &file).of("etc/app/app.conf"), b"text");
    }

    #[test]
    fn what_is_compressed_is_one_member() {
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(&package()).unwrap();
        let deflated = deflated.finish().unwrap();
        for file in [
            [b"ADBd", &deflated[..]].concat(),
            [b"ADBc\x01\x06", &deflated[..]].concat(),
            [b"ADBc\x02\x03", &zstd::encode_all(&package()[..], 3).unwrap()[..]].concat(),
            [b"ADBc\0\0", &package()[..]].concat(),
        ] {
            law::holds(&DECODER, &file, &[("", &package())]);
        }
    }

    #[test]
    fn texts_are_none() {
        for text in [&b"ADBd and adb"[..], b"ADB. is a bridge", b"ADBc drivers", b"ADBc"] {
            assert!(!claims(text, &Hint::Text));
        }
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        law::cuts_are_told(&DECODER, &package());
        law::changes_are_survived(&DECODER, &package());
    }
}
