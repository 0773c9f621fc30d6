//! Blocks of one stream and one method that the library does not read: Zstandard, deflate and deflate64.

use std::cell::Cell;
use std::io::{self, Read};

use deflate64::Deflate64Decoder;
use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use sevenz_rust2::{Archive, ArchiveEntry, EncoderMethod};

use crate::decode::packed::{self, Plain};
use crate::decode::seam::{Counted, Ending, Exactly, Members, Stop, Unread, drain, leave, unpack};

/// Behind the header that every archive has.
const SIGNATURE: u64 = 32;

/// Such a block.
pub(super) struct Block<'a> {
    method: &'a [u8],
    packed: &'a [u8],
    entries: Vec<&'a ArchiveEntry>,
}

impl<'a> Block<'a> {
    /// None where the library has to do it.
    pub(super) fn of(archive: &'a Archive, block: usize, file: &'a [u8]) -> Option<Self> {
        let [coder] = archive.blocks.get(block)?.coders.as_slice() else { return None };
        let method = coder.encoder_method_id();
        let known = [EncoderMethod::ID_ZSTD, EncoderMethod::ID_DEFLATE, EncoderMethod::ID_DEFLATE64]
            .contains(&method);
        // Where every block has one stream, they have the same number.
        let sizes = archive.pack_sizes();
        if !known || sizes.len() != archive.blocks.len() {
            return None;
        }
        let before = sizes.get(..block)?.iter().try_fold(0_u64, |sum, size| sum.checked_add(*size))?;
        let start = SIGNATURE.checked_add(archive.pack_pos())?.checked_add(before)?;
        let start = usize::try_from(start).ok()?;
        let end = start.checked_add(usize::try_from(*sizes.get(block)?).ok()?)?;
        let of = archive.files.iter().zip(&archive.stream_map.file_block_index);
        let entries = of.filter(|(entry, of)| entry.has_stream && **of == Some(block));
        let packed = file.get(start..end.min(file.len()))?;
        Some(Self { method, packed, entries: entries.map(|(entry, _)| entry).collect() })
    }

    fn plain<'r>(&self, packed: impl Read + 'r) -> io::Result<Plain<'r>> {
        match self.method {
            EncoderMethod::ID_ZSTD => packed::zstd(packed),
            EncoderMethod::ID_DEFLATE => Ok(Box::new(DeflateDecoder::new(packed))),
            _ => Ok(Box::new(Deflate64Decoder::new(packed))),
        }
    }

    /// Hands over its entries, one behind the other.
    pub(super) fn open(&self, members: &mut dyn Members) -> Result<(), Stop> {
        let taken = Cell::new(0);
        let mut packed = self.packed;
        let mut plain = self.plain(Counted::new(&mut packed, &taken))?;
        for entry in &self.entries {
            let stated = entry.has_crc.then_some(entry.crc);
            let mut whole = Whole { crc: CrcReader::new(Exactly::new(&mut plain, entry.size)), stated };
            if unpack(members, &entry.name, &mut whole, &taken)? == Ending::Broken {
                let behind = self.entries.iter().skip_while(|other| !std::ptr::eq(**other, *entry)).skip(1);
                for entry in behind {
                    leave(members, &entry.name, Unread::Damaged, "what stands before it is damaged")?;
                }
                return Ok(());
            }
            drain(&mut whole, &members.budget(), taken.get()).or_else(Stop::beyond_limits)?;
        }
        Ok(())
    }
}

/// An entry, an error at its end where the checksum does not hold.
struct Whole<R> {
    crc: CrcReader<R>,
    stated: Option<u64>,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.crc.read(buffer)?;
        let holds = self.stated.is_none_or(|stated| stated == u64::from(self.crc.crc().sum()));
        if count == 0 && !buffer.is_empty() && !holds {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum does not hold"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DECODER;
    use crate::decode::seam::law;

    /// An archive of one block: what is packed, its method, and the entries.
    fn archive(method: &[u8], packed: &[u8], entries: &[(&str, &[u8])]) -> Vec<u8> {
        let number =
            |n: usize| [&[0xe0][..], &u32::try_from(n).unwrap().to_le_bytes()[..3], &[0][..]].concat();
        // A number of four bytes behind its mark: 1110 and the high bits, then three bytes.
        let number = |n: usize| [&[0xe0], &number(n)[1..4]].concat();
        let all: usize = entries.iter().map(|(_, body)| body.len()).sum();
        let mut header = vec![1, 4, 6, 0, 1, 9];
        header.extend(number(packed.len()));
        header.extend([0, 7, 0x0b, 1, 0, 1, u8::try_from(method.len()).unwrap()]);
        header.extend(method);
        header.push(0x0c);
        header.extend(number(all));
        header.extend([0, 8, 0x0d, u8::try_from(entries.len()).unwrap(), 9]);
        entries.iter().rev().skip(1).rev().for_each(|(_, body)| header.extend(number(body.len())));
        header.extend([0x0a, 1]);
        entries.iter().for_each(|(_, body)| header.extend(crc32fast::hash(body).to_le_bytes()));
        header.extend([0, 0, 5, u8::try_from(entries.len()).unwrap(), 0x11]);
        let names: Vec<u8> = entries
            .iter()
            .flat_map(|(name, _)| name.encode_utf16().chain([0]))
            .flat_map(u16::to_le_bytes)
            .collect();
        header.extend(number(names.len() + 1));
        header.push(0);
        header.extend(names);
        header.extend([0, 0]);
        let place = [packed.len() as u64, header.len() as u64].map(u64::to_le_bytes).concat();
        let start = [&place[..], &crc32fast::hash(&header).to_le_bytes()].concat();
        let crc = crc32fast::hash(&start).to_le_bytes();
        [b"7z\xbc\xaf\x27\x1c\0\x04", &crc[..], &start, packed, &header].concat()
    }

    fn deflate(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut writer, plain).unwrap();
        writer.finish().unwrap()
    }

    const ZSTD: &[u8] = &[4, 0xf7, 0x11, 1];
    const DEFLATE: &[u8] = &[4, 1, 8];
    const DEFLATE64: &[u8] = &[4, 1, 9];

    #[test]
    fn entries_of_one_block_are_members() {
        let entries: [(&str, &[u8]); 2] = [("a/b.ini", b"first "), ("c", b"second")];
        for (method, packed) in [
            (ZSTD, zstd::encode_all(&b"first second"[..], 3).unwrap()),
            (DEFLATE, deflate(b"first second")),
            (DEFLATE64, deflate(b"first second")),
        ] {
            let file = archive(method, &packed, &entries);
            law::holds(&DECODER, &file, &entries);
            law::cuts_are_told(&DECODER, &file);
            law::changes_are_survived(&DECODER, &file);
        }
    }

    #[test]
    fn what_is_damaged_is_told_with_all_behind_it() {
        let packed = zstd::encode_all(&b"first second"[..], 3).unwrap();
        let wrong: [(&str, &[u8]); 2] = [("a", b"wrong "), ("b", b"second")];
        let seen = law::see(&DECODER, &archive(ZSTD, &packed, &wrong));
        let told: Vec<&str> = seen.unread.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(told, ["a", "b"]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        let zeros = vec![0; 8 << 20];
        let packed = zstd::encode_all(&zeros[..], 3).unwrap();
        law::bomb_is_stopped(&DECODER, &archive(ZSTD, &packed, &[("zeros", &zeros)]));
    }
}
