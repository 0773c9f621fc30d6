//! Laws over the table of decoders.

use std::io::Read;

use proptest::prelude::*;

use super::seam::law;
use super::*;

/// Every file of a folder is in the table by its name, but for those that are the seam.
pub(super) fn table_matches(folder: &str, seam: &[&str], names: impl Iterator<Item = &'static str>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = folder.read_dir().unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let stem = |path: std::path::PathBuf| path.file_stem().unwrap().to_string_lossy().replace('_', "-");
    let mut files: Vec<String> = files.map(stem).filter(|name| !seam.contains(&name.as_str())).collect();
    let mut names: Vec<String> =
        names.map(|name| name.replace("7z", "sevenz").replace("utf-", "utf")).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

#[test]
fn the_table_lists_every_file() {
    table_matches("src/decode", &["mod", "fuzz", "tests"], DECODERS.iter().map(|decoder| decoder.name));
}

/// The beginnings of what decoders claim, so that they look further than at the magic.
const BEGINNINGS: [&[u8]; 18] = [
    b"bplist00",
    b"b0VIM 8.2\0\0\0\0\x10\0\0",
    b"",
    &[0x1f, 0x8b, 8],
    b"PK\x03\x04",
    &[0x28, 0xb5, 0x2f, 0xfd],
    &[0xfd, b'7', b'z', b'X', b'Z', 0],
    b"BZh91AY&SY",
    &[0x04, 0x22, 0x4d, 0x18],
    b"!<arch>\n",
    b"070701",
    b"070707",
    b"7z\xbc\xaf\x27\x1c",
    b"PACK\0\0\0\x02\0\0\0\x09",
    b"SQLite format 3\0\x02\x00",
    &[0x37, 0x7f, 6, 0x82],
    &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61],
    &[0xdb, 0x0d, b'\r', b'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xe3],
];

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(
        beginning in proptest::sample::select(&BEGINNINGS[..]),
        rest in proptest::collection::vec(any::<u8>(), 0..1500),
    ) {
        fuzz::decode(&[beginning, &rest].concat());
    }

    #[test]
    fn few_bytes_in_many_places_make_no_decoder_panic(
        beginning in proptest::sample::select(&BEGINNINGS[..]),
        rest in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(13), Just(255), any::<u8>()], 0..1500),
    ) {
        fuzz::decode(&[beginning, &rest].concat());
    }
}

#[test]
fn ordinary_files_are_claimed_by_nobody() {
    for file in [
        &b"#!/bin/sh\nexit 0\n"[..],
        b"{\"key\": 1}",
        b"",
        b"\0",
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff",
        &[0; 12],
    ] {
        assert_eq!(Decoder::of(file, &Hint::Text).map(|decoder| decoder.name), None);
    }
}

#[test]
fn a_fault_outside_is_told_once() {
    let mut inner = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let archive = format!("!<arch>\n{:<48}{:<10}`\n{}", "name", 3000, "x".repeat(3000));
    std::io::Write::write_all(&mut inner, archive.as_bytes()).unwrap();
    let file = inner.finish().unwrap();
    let mut nest = Nest::default();
    gzip::DECODER.open(&mut &file[..1000], &mut nest);
    assert_eq!(nest.told, [Unread::Truncated]);
}

/// Opens the first member as an archive.
#[derive(Default)]
struct Nest {
    told: Vec<Unread>,
    deep: bool,
}

impl Members for Nest {
    fn member(&mut self, _: &str, body: &mut dyn Read) -> std::ops::ControlFlow<()> {
        if self.deep {
            std::io::copy(body, &mut std::io::sink()).ok();
        } else {
            self.deep = true;
            ar::DECODER.open(body, self);
        }
        std::ops::ControlFlow::Continue(())
    }

    fn unread(&mut self, _: &str, why: Unread, _: &str) {
        self.told.push(why);
    }

    fn budget(&self) -> Budget {
        Budget::default()
    }
}

#[test]
fn a_used_up_budget_ends_a_decoder() {
    let file = [&b"!<arch>\n"[..], format!("{:<48}{:<10}`\nx\n", "name", 1).repeat(20).as_bytes()].concat();
    let seen = law::within(&ar::DECODER, &file, Limits { members: 5, ..Limits::default() });
    assert_eq!(seen.members.len(), 5);
    assert_eq!(seen.unread, [("name".to_owned(), Unread::Limit(Limit::Members))]);
    let seen = law::within(&sqlite::DECODER, &[0; 100], Limits { held: 99, ..Limits::default() });
    assert_eq!(seen.unread, [(String::new(), Unread::Limit(Limit::Held))]);
}
