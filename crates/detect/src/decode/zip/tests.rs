//! ZIP archives, whole, encrypted, damaged and hostile.

use std::io::{Read as _, Write};

use super::*;
use crate::decode::Unread;
use crate::decode::seam::law;

/// How an entry is written.
#[derive(Clone, Copy, PartialEq)]
enum Sizes {
    Before,
    After,
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

/// Zeros as the long copies that only deflate64 knows; anything else as it is.
fn deflate64(plain: &[u8]) -> Vec<u8> {
    if plain.iter().any(|byte| *byte != 0) {
        let length = u16::try_from(plain.len()).unwrap().to_le_bytes();
        return [&[1], &length[..], &length.map(|byte| !byte), plain].concat();
    }
    // The last block, with fixed codes: a zero, copies of 65,538 bytes from one byte back, the rest as zeros, the end.
    let (copies, rest) = ((plain.len() - 1) / 65_538, (plain.len() - 1) % 65_538);
    let copy = ["11000101", &"1".repeat(16), "00000"].concat();
    let bits = ["110", "00110000", &copy.repeat(copies), &"00110000".repeat(rest), "0000000"].concat();
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
    bits.as_bytes().chunks(8).map(byte).collect()
}

fn bzip2(plain: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    bzip2::read::BzEncoder::new(plain, bzip2::Compression::fast()).read_to_end(&mut file).unwrap();
    file
}

fn xz(plain: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    liblzma::read::XzEncoder::new(plain, 6).read_to_end(&mut file).unwrap();
    file
}

/// As 7-Zip writes it: the header of a file without its size, behind a version and a length.
fn lzma(plain: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
    let stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
    let mut file = Vec::new();
    liblzma::read::XzEncoder::new_stream(plain, stream).read_to_end(&mut file).unwrap();
    [&[22, 0, 5, 0], &file[..5], &file[13..]].concat()
}

fn ppmd(plain: &[u8]) -> Vec<u8> {
    let mut file = vec![0x07, 0x00];
    let mut writer =
        ppmd_rust::Ppmd8Encoder::new(&mut file, 8, 1 << 20, ppmd_rust::RestoreMethod::Restart).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish(false).unwrap();
    file
}

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap().to_le_bytes()
}

/// An entry: its header and content, and its line in the directory but for the place.
fn written(name: &str, method: u16, plain: &[u8], sizes: Sizes) -> (Vec<u8>, Vec<u8>) {
    let packed = match method {
        8 => deflate(plain),
        12 => bzip2(plain),
        14 => lzma(plain),
        93 => zstd::encode_all(plain, 3).unwrap(),
        95 => xz(plain),
        98 => ppmd(plain),
        9 => deflate64(plain),
        _ => plain.to_vec(),
    };
    let crc = crc32fast::hash(plain).to_le_bytes();
    let known = [&crc[..], &number(packed.len()), &number(plain.len())].concat();
    let (flags, own) = match sizes {
        Sizes::Before => (0_u16, known.clone()),
        Sizes::After => (8, vec![0; 12]),
    };
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common = [&[20, 0][..], &flags.to_le_bytes(), &method.to_le_bytes(), &[0; 4]].concat();
    let mut local = [LOCAL, &common, &own, &length, &[0; 2], name.as_bytes(), &packed].concat();
    if sizes == Sizes::After {
        local.extend([b"PK\x07\x08", &known[..]].concat());
    }
    let central = [b"PK\x01\x02\x14\x00", &common[..], &known, &length, &[0; 12]].concat();
    (local, central)
}

fn archive(front: &[u8], entries: &[(&str, u16, &[u8], Sizes)]) -> Vec<u8> {
    let mut file = front.to_vec();
    let mut directory = Vec::new();
    for (name, method, plain, sizes) in entries {
        let (local, central) = written(name, *method, plain, *sizes);
        directory.extend([&central, &number(file.len() - front.len())[..], name.as_bytes()].concat());
        file.extend(local);
    }
    let start = file.len() - front.len();
    let size = directory.len();
    file.extend(directory);
    file.extend([b"PK\x05\x06\0\0\0\0\0\0\0\0", &number(size)[..], &number(start), &[0, 0]].concat());
    file
}

fn sample() -> Vec<u8> {
    archive(
        b"",
        &[
            ("stored.txt", 0, b"as it is", Sizes::Before),
            ("config/db.properties", 8, b"packed packed packed", Sizes::Before),
            ("streamed", 8, b"sizes come later", Sizes::After),
            ("stored streamed", 0, b"sizes come later too", Sizes::After),
        ],
    )
}

const WANTED: [(&str, &[u8]); 4] = [
    ("stored.txt", b"as it is"),
    ("config/db.properties", b"packed packed packed"),
    ("streamed", b"sizes come later"),
    ("stored streamed", b"sizes come later too"),
];

#[test]
fn entries_of_every_kind_are_members() {
    law::holds(&DECODER, &sample(), &WANTED);
}

#[test]
fn every_method_of_compression_is_read() {
    let plain = b"one and another and one and another and one".repeat(40);
    for method in [9, 12, 14, 20, 93, 95, 98] {
        let written = if method == 20 { 93 } else { method };
        let mut file =
            archive(b"", &[("config.ini", written, &plain, Sizes::Before), ("last", 0, b"x", Sizes::Before)]);
        file[8] = u8::try_from(method).unwrap();
        law::holds(&DECODER, &file, &[("config.ini", &plain), ("last", b"x")]);
        let low = crate::decode::Limits { held: 10, ..Default::default() };
        let seen = law::within(&DECODER, &file, low);
        assert_eq!(
            (seen.of("config.ini"), seen.unread.len()),
            (&plain[..], 0),
            "{method}, too large to hold"
        );
        law::bomb_is_stopped(
            &DECODER,
            &archive(b"", &[("zeros", written, &vec![0; 8 << 20], Sizes::Before)]),
        );
        let small = archive(b"", &[("config.ini", written, b"some content", Sizes::Before)]);
        law::cuts_are_told(&DECODER, &small);
        law::changes_are_survived(&DECODER, &small);
    }
}

#[test]
fn entries_are_found_without_a_directory_and_its_loss_is_told() {
    let file = sample();
    let directory = memchr::memmem::find(&file, b"PK\x01\x02").unwrap();
    let seen = law::see(&DECODER, &file[..directory]);
    assert_eq!(
        seen.members.iter().map(|(name, body)| (name.as_str(), body.as_slice())).collect::<Vec<_>>(),
        WANTED
    );
    assert_eq!(seen.unread, [(String::new(), Unread::Truncated)]);
}

#[test]
fn what_no_directory_lists_counts_too() {
    let hidden = written("unlisted", 8, b"left behind by an update", Sizes::Before).0;
    let front = [&hidden[..], b" and forty bytes that belong to no entry "].concat();
    let file = [archive(&front, &[("listed", 0, b"x", Sizes::Before)]), b"appended".to_vec()].concat();
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.of("unlisted"), b"left behind by an update");
    assert_eq!(seen.of("listed"), b"x");
    assert_eq!(seen.of(&format!("between entries at {}", hidden.len())), &front[hidden.len()..]);
    assert_eq!(seen.of("after the end"), b"appended");
    assert_eq!(seen.unread, []);
}

#[test]
fn an_archive_inside_an_archive_does_not_confuse_the_walk() {
    let inner = sample();
    let file = archive(b"", &[("inner.jar", 0, &inner, Sizes::After), ("last", 8, b"last", Sizes::Before)]);
    law::holds(&DECODER, &file, &[("inner.jar", &inner), ("last", b"last")]);
}

#[test]
fn what_only_a_password_opens_takes_from_the_limit_of_members_too() {
    let names: Vec<String> = (0..50).map(|nth| nth.to_string()).collect();
    let locked = |name: &String| {
        let mut entry = written(name, 0, b"", Sizes::Before).0;
        entry[6] = 1;
        entry
    };
    let file: Vec<u8> = names.iter().flat_map(locked).collect();
    let unknown: Vec<u8> = names.iter().flat_map(|name| written(name, 77, b"", Sizes::Before).0).collect();
    for held in [1 << 20, 10] {
        let few = crate::decode::Limits { held, members: 7, ..Default::default() };
        for file in [&file, &unknown] {
            let told: Vec<_> = law::within(&DECODER, file, few).unread;
            assert_eq!(told.len(), 8, "{told:?}");
            assert_eq!(told[7], ("7".to_owned(), Unread::Limit(crate::decode::Limit::Members)));
        }
    }
}

#[test]
fn what_cannot_be_opened_is_told_and_the_rest_is_read() {
    let mut file = archive(
        b"",
        &[
            ("locked", 0, b"????", Sizes::Before),
            ("odd", 1, b"????", Sizes::Before),
            ("plain", 0, b"yes", Sizes::Before),
        ],
    );
    file[6] |= 1;
    let seen = law::see(&DECODER, &file);
    assert_eq!(
        seen.unread,
        [("locked".to_owned(), Unread::Encrypted), ("odd".to_owned(), Unread::Unsupported)]
    );
    assert_eq!(seen.members, [("plain".to_owned(), b"yes".to_vec())]);
}

#[test]
fn a_checksum_that_does_not_hold_is_told() {
    let mut file = sample();
    let at = memchr::memmem::find(&file, b"as it is").unwrap();
    file[at] ^= 1;
    assert_eq!(law::see(&DECODER, &file).unread, [("stored.txt".to_owned(), Unread::Damaged)]);
}

#[test]
fn a_bomb_hits_the_ratio() {
    law::bomb_is_stopped(&DECODER, &archive(b"", &[("zeros", 8, &vec![0; 8 << 20], Sizes::Before)]));
}

#[test]
fn any_cut_is_told_and_any_change_survived() {
    law::cuts_are_told(&DECODER, &sample());
    law::changes_are_survived(&DECODER, &sample());
}

#[test]
fn archives_that_start_themselves_are_claimed() {
    let file = archive(b"#!/usr/bin/env python3\n", &[("__main__.py", 8, b"print()", Sizes::Before)]);
    law::holds(&DECODER, &file, &[("__main__.py", b"print()")]);
    assert!(claims(b"#!/bin/bash\n# a long script", &Hint::File(b"srv/app.jar")));
    assert!(!claims(b"#!/bin/bash\n# a long script", &Hint::File(b"srv/app.sh")));
}

#[test]
fn modules_of_java_and_extensions_of_chromium_are_archives() {
    for front in [&b"JM\x01\0"[..], b"Cr24\x03\0\0\0\x04\0\0\0abcd"] {
        let file = archive(front, &[("a.conf", 8, b"some content", Sizes::Before)]);
        law::holds(&DECODER, &file, &[("a.conf", b"some content")]);
    }
}

#[test]
fn a_file_too_large_to_hold_is_read_as_it_passes() {
    let low = crate::decode::Limits { held: 10, ..Default::default() };
    let entries = [
        ("stored.txt", 0, &b"as it is"[..], Sizes::Before),
        ("odd", 1, b"????", Sizes::Before),
        ("streamed", 8, b"sizes come later", Sizes::After),
        ("last", 8, b"sizes come before", Sizes::Before),
    ];
    let seen = law::within(&DECODER, &archive(b"", &entries), low);
    let names: Vec<&str> = seen.members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["stored.txt", "streamed", "last"]);
    assert_eq!(seen.of("streamed"), b"sizes come later");
    assert_eq!(seen.unread, [("odd".to_owned(), Unread::Unsupported)]);
    for length in 1..archive(b"", &entries).len() {
        law::within(&DECODER, &archive(b"", &entries)[..length], low);
    }
}
