//! Images of every compression, whole, damaged and hostile.

use std::io::Read;

use super::*;
use crate::decode::Limits;
use crate::decode::seam::law;

const BLOCK: usize = 4096;

type Pack = fn(&[u8]) -> Vec<u8>;

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::ZlibEncoder::new(plain, flate2::Compression::default()).read_to_end(&mut out).unwrap();
    out
}

fn xz(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    liblzma::read::XzEncoder::new(plain, 1).read_to_end(&mut out).unwrap();
    out
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(plain, 1).unwrap()
}

const METHODS: [(u16, Pack); 4] = [(1, zlib), (4, xz), (5, lz4_flex::block::compress), (6, zstd)];

/// Writes an image: `etc` with files and a link, as `mksquashfs` lays them out.
struct Writer {
    pack: Pack,
    file: Vec<u8>,
    inodes: Vec<u8>,
    directories: Vec<u8>,
}

impl Writer {
    fn meta(&self, plain: &[u8]) -> Vec<u8> {
        let packed = (self.pack)(plain);
        [&u16::try_from(packed.len()).unwrap().to_le_bytes()[..], &packed].concat()
    }

    fn inode(&mut self, kind: u16, fields: &[u8]) -> u16 {
        let at = u16::try_from(self.inodes.len()).unwrap();
        self.inodes.extend([&kind.to_le_bytes()[..], &[0; 14], fields].concat());
        at
    }

    /// The blocks of a file but for its tail, which is told apart by where it begins among the tails.
    fn regular(&mut self, body: &[u8], tails: &mut Vec<u8>) -> u16 {
        let start = u32::try_from(self.file.len()).unwrap();
        let (whole, tail) = body.split_at(body.len() / BLOCK * BLOCK);
        let mut sizes = Vec::new();
        for block in whole.chunks(BLOCK) {
            let packed = (self.pack)(block);
            sizes.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            self.file.extend(packed);
        }
        let (number, offset) = if tail.is_empty() { (u32::MAX, 0) } else { (0, tails.len()) };
        tails.extend(tail);
        let numbers = [start, number, u32::try_from(offset).unwrap(), u32::try_from(body.len()).unwrap()];
        self.inode(2, &[numbers.map(u32::to_le_bytes).concat(), sizes].concat())
    }

    /// A directory with these names, whose inode comes after those of what is in it.
    fn directory(&mut self, entries: &[(&str, u16)]) -> u16 {
        let at = u16::try_from(self.directories.len()).unwrap();
        let count = u32::try_from(entries.len() - 1).unwrap();
        self.directories.extend([count, 0, 1].map(u32::to_le_bytes).concat());
        for (name, inode) in entries {
            let length = u16::try_from(name.len() - 1).unwrap();
            self.directories.extend([*inode, 0, 2, length].map(u16::to_le_bytes).concat());
            self.directories.extend(name.as_bytes());
        }
        let size = u16::try_from(self.directories.len()).unwrap() - at + 3;
        let fields = [&[0; 8][..], &size.to_le_bytes(), &at.to_le_bytes(), &[0; 4]].concat();
        self.inode(1, &fields)
    }
}

fn image((method, pack): (u16, Pack), files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer { pack, file: vec![0; 96], inodes: Vec::new(), directories: Vec::new() };
    let mut tails = Vec::new();
    let mut entries: Vec<(&str, u16)> =
        files.iter().map(|(name, body)| (*name, writer.regular(body, &mut tails))).collect();
    let target = b"../srv/target";
    entries.push(("link", writer.inode(3, &[&[1, 0, 0, 0, 13, 0, 0, 0][..], target].concat())));
    let etc = writer.directory(&entries);
    let root = writer.directory(&[("etc", etc)]);
    let packed = pack(&tails);
    let tail = [(writer.file.len() as u64).to_le_bytes(), (packed.len() as u64).to_le_bytes()].concat();
    writer.file.extend(packed);
    let mut place = |table: Vec<u8>| {
        let at = writer.file.len() as u64;
        let table = [&u16::try_from(pack(&table).len()).unwrap().to_le_bytes()[..], &pack(&table)].concat();
        writer.file.extend(table);
        at
    };
    let (inodes, directories, fragments) =
        (place(writer.inodes.clone()), place(writer.directories.clone()), place(tail));
    let index = writer.file.len() as u64;
    writer.file.extend(fragments.to_le_bytes());
    let mut head = b"hsqs".to_vec();
    head.extend([9_u32, 0, BLOCK as u32, 1].map(u32::to_le_bytes).concat());
    head.extend([method, 12, 0x200, 1, 4, 0].map(u16::to_le_bytes).concat());
    let none = u64::MAX;
    let size = writer.file.len() as u64;
    head.extend(
        [root.into(), size, none, none, inodes, directories, index, none].map(u64::to_le_bytes).concat(),
    );
    writer.file[..96].copy_from_slice(&head);
    writer.file
}

#[test]
fn files_and_links_are_members() {
    let long: Vec<u8> = (0..3 * BLOCK + 50).map(|n| u8::try_from(n * n % 251).unwrap()).collect();
    let files: [(&str, &[u8]); 3] = [("app.ini", b"short"), ("empty", b""), ("long", &long)];
    for method in METHODS {
        let wanted: [(&str, &[u8]); 4] = [
            ("etc/app.ini", b"short"),
            ("etc/empty", b""),
            ("etc/long", &long),
            ("etc/link", b"../srv/target"),
        ];
        law::holds(&DECODER, &image(method, &files), &wanted);
    }
}

#[test]
fn any_cut_is_told_and_any_change_survived() {
    for method in METHODS {
        let file = image(method, &[("a", b"content of a file")]);
        law::cuts_are_told(&DECODER, &file);
        law::changes_are_survived(&DECODER, &file);
    }
}

#[test]
fn a_bomb_hits_the_ratio() {
    law::bomb_is_stopped(&DECODER, &image(METHODS[3], &[("zeros", &vec![0; 4 << 20])]));
}

#[test]
fn a_directory_in_itself_is_told() {
    let mut writer = Writer { pack: zlib, file: Vec::new(), inodes: Vec::new(), directories: Vec::new() };
    // The root is the first inode, and holds itself.
    writer.directory(&[("again", 0)]);
    let mut file = image((1, zlib), &[("a", b"x")]);
    let inodes = file.len() as u64;
    file.extend(writer.meta(&writer.inodes));
    let directories = file.len() as u64;
    file.extend(writer.meta(&writer.directories));
    let size = file.len() as u64;
    file[32..48].copy_from_slice(&[0, size].map(u64::to_le_bytes).concat());
    file[64..80].copy_from_slice(&[inodes, directories].map(u64::to_le_bytes).concat());
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.unread, [("again".to_owned(), Unread::Damaged)]);
}

#[test]
fn what_is_too_large_or_of_another_kind_is_told() {
    let mut file = image((1, zlib), &[("a", b"x")]);
    let held = Limits { held: 100, ..Limits::default() };
    assert_eq!(law::within(&DECODER, &file, held).unread, [(String::new(), Unread::Limit(Limit::Held))]);
    file[20] = 3;
    assert_eq!(law::see(&DECODER, &file).unread, [(String::new(), Unread::Unsupported)]);
}
