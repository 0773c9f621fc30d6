//! Images of disks and of file systems that are not walked: that is told. What is packed in them is found where it lies in one piece.

use std::io::Read;

use super::seam::{Bytes, Members, Stop, fill};
use super::{Decoder, HEAD, Holds, embedded};
use crate::Hint;

/// Disks.
pub(crate) static DECODER: Decoder = Decoder { name: "disk", claims, open, tool: None, holds: Holds::Parts };

/// What they are, where their magic stands, and what it is.
const KINDS: &[(&str, usize, &[u8])] = &[
    ("a disk of QEMU (qcow)", 0, b"QFI\xfb\0\0\0"),
    ("a disk of VMware", 0, b"KDMV"),
    ("a disk of VMware", 0, b"COWD"),
    ("the description of a disk of VMware", 0, b"# Disk DescriptorFile"),
    ("a disk of Hyper-V (vhdx)", 0, b"vhdxfile"),
    ("a disk of Virtual PC (vhd)", 0, b"conectix"),
    ("a disk of VirtualBox", 0x40, b"\x7f\x10\xda\xbe"),
    ("a disk with partitions", 512, b"EFI PART"),
    ("a file system (cramfs)", 16, b"Compressed ROMFS"),
    ("a file system (EROFS)", 1024, b"\xe2\xe1\xf5\xe0"),
    ("a file system (XFS)", 0, b"XFSB\0\0"),
    ("a file system (UBI)", 0, b"UBI#\x01"),
];

fn kind(head: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(_, at, magic)| Bytes(head).has(*at, magic)).map(|(name, ..)| *name);
    known
        .or_else(|| is_ext(Bytes(head))?.then_some("a file system (ext2, ext3, ext4)"))
        .or_else(|| has_partitions(Bytes(head))?.then_some("a disk with partitions"))
}

/// The superblock stands behind the first 1,024 bytes. Its magic alone is two bytes of anything.
fn is_ext(head: Bytes<'_>) -> Option<bool> {
    let block = Bytes(head.slice(1024, 1024)?);
    let (inodes, blocks, first) = (block.u32_le(0)?, block.u32_le(4)?, block.u32_le(0x14)?);
    Some(
        block.u16_le(0x38)? == 0xef53
            && inodes > 0
            && blocks > 0
            && first <= 1
            // The size of a block, the state and what is done about errors, the revision.
            && block.u32_le(0x18)? <= 6
            && block.u16_le(0x3a)? <= 7
            && block.u16_le(0x3c)? <= 3
            && block.u32_le(0x4c)? <= 1,
    )
}

/// The table of a master boot record: four entries, each of them empty or a partition with a beginning and a length.
fn has_partitions(head: Bytes<'_>) -> Option<bool> {
    let table = head.slice(446, 64)?;
    let entries: Vec<Bytes<'_>> = table.chunks_exact(16).map(Bytes).collect();
    let is_empty = |entry: &Bytes<'_>| entry.0.iter().all(|byte| *byte == 0);
    let is_used = |entry: &Bytes<'_>| {
        matches!(entry.u8(0), Some(0 | 0x80))
            && entry.u8(4) != Some(0)
            && entry.u32_le(8).is_some_and(|begin| begin > 0)
            && entry.u32_le(12).is_some_and(|length| length > 0)
    };
    Some(
        head.has(510, b"\x55\xaa")
            // More than a loader that is to be written to a disk.
            && head.0.len() == HEAD
            && entries.iter().any(is_used)
            && entries.iter().all(|entry| is_empty(entry) || is_used(entry)),
    )
}

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    kind(head).is_some()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut head = vec![0; HEAD];
    let filled = fill(body, &mut head)?;
    head.truncate(filled);
    let kind = kind(&head).unwrap_or("a disk");
    embedded::search(&mut head.as_slice().chain(body), members)?;
    Err(Stop::unsupported(format!("{kind}, whose files are not opened")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Unread;
    use crate::decode::seam::law;

    const GAP: [(String, Unread); 1] = [(String::new(), Unread::Unsupported)];

    fn ext() -> Vec<u8> {
        let mut image = vec![0; 4096];
        for (at, value) in [(0, 64), (4, 200), (0x14, 1), (0x38, 0xef53), (0x3a, 1), (0x3c, 1), (0x4c, 1)] {
            image[1024 + at..][..2].copy_from_slice(&u16::to_le_bytes(value));
        }
        image
    }

    fn partitioned() -> Vec<u8> {
        let mut image = vec![0; HEAD];
        image[446..462].copy_from_slice(&[0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0]);
        image[510..512].copy_from_slice(b"\x55\xaa");
        image
    }

    #[test]
    fn each_kind_is_a_gap() {
        for (name, at, magic) in KINDS {
            let file = [&vec![0; *at][..], magic, b"\0\0\0\x02and more of it"].concat();
            assert_eq!(Decoder::of(&file, &Hint::Text).map(|decoder| decoder.name), Some("disk"), "{name}");
            assert_eq!(law::see(&DECODER, &file).unread, GAP, "{name}");
        }
        for file in [ext(), partitioned()] {
            assert!(claims(&file, &Hint::Text));
            assert_eq!(law::see(&DECODER, &file).unread, GAP);
        }
    }

    #[test]
    fn what_is_packed_in_one_is_a_member() {
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(&b"some text"[..], flate2::Compression::default())
            .read_to_end(&mut packed)
            .unwrap();
        let seen = law::see(&DECODER, &[ext(), packed].concat());
        assert_eq!(seen.members, [("gzip at 4096".to_owned(), b"some text".to_vec())]);
        assert_eq!(seen.unread, GAP);
    }

    #[test]
    fn other_files_are_none() {
        let (mut ext, mut boot) = (ext(), partitioned());
        ext[1024 + 0x4c] = 9;
        boot[446] = 0x33;
        for file in [&ext[..], &boot, &partitioned()[..512], b"# Disk usage", b"QFI is a text"] {
            assert!(!claims(file, &Hint::Text));
        }
    }
}
