//! The blocks of an image: its tables in metadata blocks of 8 KiB, and the data of files.

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use flate2::read::ZlibDecoder;

use super::inode::Reference;
use crate::decode::packed;
use crate::decode::seam::{Budget, Bytes, Limit, Stop, Unread};

/// Unpacked size of a metadata block.
pub(super) const META: usize = 8 << 10;
/// Metadata blocks that are kept: 8 MiB.
const KEPT: usize = 1 << 10;
/// Most of a table that is held at once.
pub(super) const TABLE: usize = 16 << 20;
/// Largest data block that the format allows.
const LARGEST: u32 = 1 << 20;
/// Place of a table that is not there.
const NONE: u64 = u64::MAX;

/// How blocks are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Gzip,
    Lzma,
    Xz,
    Lz4,
    Zstd,
}

/// An image in memory.
pub(super) struct Image<'f> {
    file: Bytes<'f>,
    budget: Budget,
    method: Method,
    pub(super) block: usize,
    pub(super) root: Reference,
    inodes: usize,
    directories: usize,
    fragments: Option<usize>,
    attributes: Option<usize>,
    /// Unpacked metadata blocks with where the next one begins, by place.
    kept: HashMap<usize, Meta>,
    /// The tails of files that were read last.
    tails: Option<(usize, Rc<Vec<u8>>)>,
}

/// A metadata block, and where the next one begins.
type Meta = (Rc<Vec<u8>>, usize);

impl<'f> Image<'f> {
    /// Reads the first 96 bytes.
    pub(super) fn new(file: Bytes<'f>, budget: Budget) -> Result<Self, Stop> {
        let head = Bytes(file.slice(0, 96).ok_or_else(cut)?);
        let method = match head.u16_le(20) {
            Some(1) => Method::Gzip,
            Some(2) => Method::Lzma,
            Some(3) => return Err(Stop::unsupported("compressed with LZO")),
            Some(4) => Method::Xz,
            Some(5) => Method::Lz4,
            Some(6) => Method::Zstd,
            _ => return Err(Stop::unsupported("a compression that is not known")),
        };
        let block = head.u32_le(12).filter(|size| *size <= LARGEST && size.is_power_of_two());
        let block = block.ok_or_else(|| Stop::damaged("a block size that cannot be"))?;
        let table = |at: usize| {
            let place = head.u64_le(at).filter(|place| *place != NONE);
            place.and_then(|place| usize::try_from(place).ok())
        };
        if head.u64_le(40).is_some_and(|used| used > file.0.len() as u64) {
            return Err(cut());
        }
        Ok(Self {
            file,
            budget,
            method,
            block: usize::try_from(block).unwrap_or_default(),
            root: Reference(head.u64_le(32).ok_or_else(cut)?),
            inodes: table(64).ok_or_else(cut)?,
            directories: table(72).ok_or_else(cut)?,
            fragments: table(80),
            attributes: table(56),
            kept: HashMap::new(),
            tails: None,
        })
    }

    /// A reader of the inode table from a place on.
    pub(super) fn inodes(&mut self, at: Reference) -> Reading<'_, 'f> {
        let start = self.inodes.saturating_add(at.block());
        Reading { image: self, next: start, block: Rc::default(), at: 0, skip: at.offset() }
    }

    /// A reader of the directory table.
    pub(super) fn directory(&mut self, block: u32, offset: u16) -> Reading<'_, 'f> {
        let start = self.directories.saturating_add(usize::try_from(block).unwrap_or(usize::MAX));
        Reading { image: self, next: start, block: Rc::default(), at: 0, skip: offset.into() }
    }

    fn meta(&mut self, at: usize) -> Result<Meta, Stop> {
        if let Some(known) = self.kept.get(&at) {
            return Ok(known.clone());
        }
        let header = self.file.u16_le(at).ok_or_else(cut)?;
        let size = usize::from(header & 0x7fff);
        let start = at.checked_add(2).ok_or_else(cut)?;
        let packed = self.file.slice(start, size).ok_or_else(cut)?;
        self.budget.take(META as u64)?;
        let plain = if header & 0x8000 == 0 { self.unpack(packed, META)? } else { packed.to_vec() };
        let known = (Rc::new(plain), start.saturating_add(size));
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        self.kept.insert(at, known.clone());
        Ok(known)
    }

    /// A data block of which the image says where it is and how large: the 25th bit says that it is not packed.
    pub(super) fn data(&mut self, at: u64, stated: u32) -> Result<Vec<u8>, Stop> {
        let size = usize::try_from(stated & 0x00ff_ffff).unwrap_or(usize::MAX);
        let at = usize::try_from(at).map_err(|_| cut())?;
        let packed = self.file.slice(at, size).ok_or_else(cut)?;
        if stated & 0x0100_0000 == 0 { self.unpack(packed, self.block) } else { Ok(packed.to_vec()) }
    }

    /// The block that holds the tails of several files, by its number; and how many packed bytes it has.
    pub(super) fn tails(&mut self, number: u32) -> Result<Rc<Vec<u8>>, Stop> {
        let number = usize::try_from(number).map_err(|_| cut())?;
        if let Some((known, block)) = &self.tails
            && *known == number
        {
            return Ok(block.clone());
        }
        let table = self.fragments.ok_or_else(cut)?;
        let entry = number.checked_rem(META / 16).unwrap_or_default().saturating_mul(16);
        let index = table.saturating_add((number / (META / 16)).saturating_mul(8));
        let place = self.file.slice(index, 8).and_then(|place| Bytes(place).u64_le(0)).ok_or_else(cut)?;
        let (block, _) = self.meta(usize::try_from(place).map_err(|_| cut())?)?;
        let entry = Bytes(block.get(entry..).unwrap_or_default());
        let (start, size) = entry.u64_le(0).zip(entry.u32_le(8)).ok_or_else(cut)?;
        let plain = Rc::new(self.data(start, size)?);
        self.budget.take(plain.len() as u64)?;
        self.tails = Some((number, plain.clone()));
        Ok(plain)
    }

    /// Names and values of extended attributes: the metadata blocks before those that say whose they are.
    pub(super) fn attributes(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        let Some(table) = self.attributes else { return Ok(None) };
        let header = Bytes(self.file.from(table));
        let start = header.u64_le(0).and_then(|start| usize::try_from(start).ok()).ok_or_else(cut)?;
        let end = header.u64_le(16).and_then(|end| usize::try_from(end).ok()).unwrap_or(table);
        let (mut at, mut all) = (start, Vec::new());
        while at < end.min(table) {
            let (block, next) = self.meta(at)?;
            all.extend_from_slice(&block);
            if all.len() > TABLE {
                return Err(Limit::Held.into());
            }
            at = next;
        }
        Ok(Some(all))
    }

    fn unpack(&self, packed: &[u8], most: usize) -> Result<Vec<u8>, Stop> {
        let mut plain: Box<dyn Read + '_> = match self.method {
            Method::Gzip => Box::new(ZlibDecoder::new(packed)),
            Method::Lzma => packed::lzma(packed)?,
            Method::Xz => packed::xz(packed)?,
            Method::Zstd => packed::zstd(packed)?,
            Method::Lz4 => {
                let plain = lz4_flex::block::decompress(packed, most);
                return plain.map_err(|error| Stop::damaged(error.to_string()));
            }
        };
        let mut out = Vec::new();
        plain.by_ref().take(most.saturating_add(1) as u64).read_to_end(&mut out)?;
        if out.len() > most {
            return Err(Stop::damaged("a block that is larger than blocks are"));
        }
        Ok(out)
    }
}

pub(super) fn cut() -> Stop {
    Stop::Fault(Unread::Truncated, "it ends before its end".into())
}

/// Reads a table across the borders of its blocks.
pub(super) struct Reading<'i, 'f> {
    image: &'i mut Image<'f>,
    next: usize,
    block: Rc<Vec<u8>>,
    at: usize,
    skip: usize,
}

impl Reading<'_, '_> {
    /// So many bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<u8>, Stop> {
        let mut out = Vec::new();
        while out.len() < count {
            let rest = self.block.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                let (block, next) = self.image.meta(self.next)?;
                if block.is_empty() || (self.skip > 0 && self.skip >= block.len()) {
                    return Err(Stop::damaged("a table that has no such place"));
                }
                (self.block, self.next, self.at) = (block, next, std::mem::take(&mut self.skip));
                continue;
            }
            let part = rest.get(..count.saturating_sub(out.len())).unwrap_or(rest);
            out.extend_from_slice(part);
            self.at = self.at.saturating_add(part.len());
        }
        Ok(out)
    }
}
