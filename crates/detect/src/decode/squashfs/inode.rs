//! What stands in the tables: files, links and directories, and the content of files.

use std::cell::Cell;
use std::io::{self, Read};

use super::image::{Image, TABLE, cut};
use crate::decode::seam::{Bytes, Limit, Stop, text};

/// Blocks of one file: 4 million of them are held while it is read.
const BLOCKS: u64 = 4 << 20;
/// Longest target of a link.
const TARGET: u32 = 64 << 10;
/// A file whose tail is in no block of tails.
const NO_TAIL: u32 = u32::MAX;

/// Where an inode is: the place of its block in the table, and its place in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Reference(pub(super) u64);

impl Reference {
    pub(super) fn block(self) -> usize {
        usize::try_from(self.0 >> 16).unwrap_or(usize::MAX)
    }

    pub(super) fn offset(self) -> usize {
        usize::try_from(self.0 & 0xffff).unwrap_or_default()
    }
}

pub(super) struct Inode {
    pub(super) content: Content,
}

pub(super) enum Content {
    Directory {
        block: u32,
        offset: u16,
        size: u32,
    },
    File(File),
    Link(Vec<u8>),
    /// A device, a pipe, a socket.
    Other,
}

pub(super) struct File {
    start: u64,
    size: u64,
    /// The block of tails, and where in it.
    tail: Option<(u32, u32)>,
    blocks: Vec<u32>,
}

impl Image<'_> {
    pub(super) fn inode(&mut self, at: Reference) -> Result<Inode, Stop> {
        let block_size = self.block as u64;
        let mut table = self.inodes(at);
        let kind = Bytes(&table.take(16)?).u16_le(0).unwrap_or_default();
        let content = match kind {
            1 => {
                let fields = table.take(16)?;
                let fields = Bytes(&fields);
                let size = fields.u16_le(8).map(u32::from);
                directory(fields.u32_le(0), fields.u16_le(10), size)?
            }
            8 => {
                let fields = table.take(24)?;
                let fields = Bytes(&fields);
                directory(fields.u32_le(8), fields.u16_le(18), fields.u32_le(4))?
            }
            2 | 9 => {
                let file = if kind == 2 { small(&table.take(16)?) } else { large(&table.take(40)?) };
                let file = file.ok_or_else(cut)?;
                let whole = match file.tail {
                    None => file.size.div_ceil(block_size),
                    Some(_) => file.size / block_size,
                };
                if whole > BLOCKS {
                    return Err(Limit::Held.into());
                }
                let sizes = table.take(usize::try_from(whole).unwrap_or_default().saturating_mul(4))?;
                let blocks = sizes.chunks_exact(4).filter_map(|size| Bytes(size).u32_le(0)).collect();
                Content::File(File { blocks, ..file })
            }
            3 | 10 => {
                let size = Bytes(&table.take(8)?).u32_le(4).filter(|size| *size <= TARGET);
                let size = size.ok_or_else(|| Stop::damaged("a link that is too long"))?;
                Content::Link(table.take(usize::try_from(size).unwrap_or_default())?)
            }
            4..=7 | 11..=14 => Content::Other,
            _ => return Err(Stop::damaged("an entry of a kind that is not known")),
        };
        Ok(Inode { content })
    }

    /// The names in a directory, with where their inodes are.
    pub(super) fn list(&mut self, inode: &Inode) -> Result<Vec<(String, Reference)>, Stop> {
        let Content::Directory { block, offset, size } = inode.content else {
            return Err(Stop::damaged("a directory that is none"));
        };
        if u64::from(size) > TABLE as u64 {
            return Err(Limit::Held.into());
        }
        let mut listed = Vec::new();
        // The size counts two entries that are not written, `.` and `..`.
        let mut left = size.saturating_sub(3);
        let mut table = self.directory(block, offset);
        while left > 0 {
            let head = table.take(12)?;
            let (count, start) = Bytes(&head).u32_le(0).zip(Bytes(&head).u32_le(4)).ok_or_else(cut)?;
            left = left.checked_sub(12).ok_or_else(odd)?;
            for _ in 0..=count {
                let entry = table.take(8)?;
                let (offset, length) =
                    Bytes(&entry).u16_le(0).zip(Bytes(&entry).u16_le(6)).ok_or_else(cut)?;
                let length = u32::from(length).saturating_add(1);
                left = left.checked_sub(8).and_then(|left| left.checked_sub(length)).ok_or_else(odd)?;
                let name = table.take(usize::try_from(length).unwrap_or_default())?;
                listed.push((text(&name), Reference(u64::from(start) << 16 | u64::from(offset))));
            }
        }
        Ok(listed)
    }
}

fn odd() -> Stop {
    Stop::damaged("a directory that is not as long as stated")
}

fn directory(block: Option<u32>, offset: Option<u16>, size: Option<u32>) -> Result<Content, Stop> {
    let (block, offset) = block.zip(offset).ok_or_else(cut)?;
    Ok(Content::Directory { block, offset, size: size.ok_or_else(cut)? })
}

fn small(fields: &[u8]) -> Option<File> {
    let fields = Bytes(fields);
    let tail = (fields.u32_le(4)?, fields.u32_le(8)?);
    file(fields.u32_le(0)?.into(), fields.u32_le(12)?.into(), tail)
}

fn large(fields: &[u8]) -> Option<File> {
    let fields = Bytes(fields);
    file(fields.u64_le(0)?, fields.u64_le(8)?, (fields.u32_le(28)?, fields.u32_le(32)?))
}

fn file(start: u64, size: u64, tail: (u32, u32)) -> Option<File> {
    Some(File { start, size, tail: Some(tail).filter(|tail| tail.0 != NO_TAIL), blocks: Vec::new() })
}

/// The content of a file, block by block, then its tail.
pub(super) struct Body<'i, 'f> {
    image: &'i mut Image<'f>,
    file: File,
    taken: &'i Cell<u64>,
    /// Where the next block is, and which one it is.
    place: u64,
    number: usize,
    left: u64,
    chunk: Vec<u8>,
    read: usize,
}

impl<'i, 'f> Body<'i, 'f> {
    pub(super) fn new(image: &'i mut Image<'f>, file: File, taken: &'i Cell<u64>) -> Self {
        let (place, left) = (file.start, file.size);
        Self { image, file, taken, place, number: 0, left, chunk: Vec::new(), read: 0 }
    }

    fn refill(&mut self) -> Result<(), Stop> {
        let most = self.left.min(self.image.block as u64);
        let size = usize::try_from(most).unwrap_or_default();
        let stated = self.file.blocks.get(self.number).copied();
        self.chunk = match (stated, self.file.tail) {
            // A hole is as long as a block, and zeros.
            (Some(0), _) => vec![0; size],
            (Some(stated), _) => {
                let packed = u64::from(stated & 0x00ff_ffff);
                let block = self.image.data(self.place, stated)?;
                self.place = self.place.saturating_add(packed);
                self.taken.set(self.taken.get().saturating_add(packed));
                block
            }
            (None, Some((number, offset))) => {
                let tails = self.image.tails(number)?;
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                let end = offset.saturating_add(size);
                self.taken.set(self.taken.get().saturating_add(most));
                tails.get(offset..end).ok_or_else(cut)?.to_vec()
            }
            (None, None) => return Err(cut()),
        };
        if self.chunk.len() as u64 != most {
            return Err(Stop::damaged("a block that is not as long as stated"));
        }
        self.number = self.number.saturating_add(1);
        self.left = self.left.saturating_sub(most);
        self.read = 0;
        Ok(())
    }
}

impl Read for Body<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read >= self.chunk.len() && self.left > 0 {
            self.refill().map_err(|stop| match stop {
                Stop::Fault(crate::decode::Unread::Truncated, _) => io::ErrorKind::UnexpectedEof.into(),
                Stop::Fault(_, detail) => io::Error::new(io::ErrorKind::InvalidData, detail),
                Stop::Enough => io::ErrorKind::Other.into(),
            })?;
        }
        let mut ready = self.chunk.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}
