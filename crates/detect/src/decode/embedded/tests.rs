//! Streams in files.

use std::io::Write;

use super::*;
use crate::decode::seam::law;
use crate::decode::{Limit, Limits, Unread};

const FRONT: &[u8] = b"\0\x01\x02\x03a header of some kind\0\xff";

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}

fn xz(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    liblzma::read::XzEncoder::new(plain, 6).read_to_end(&mut packed).unwrap();
    packed
}

fn bzip2(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    bzip2::read::BzEncoder::new(plain, bzip2::Compression::default()).read_to_end(&mut packed).unwrap();
    packed
}

/// Text that does not pack well.
fn text(count: u32) -> Vec<u8> {
    (0..count).map(|n| b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26).collect()
}

#[test]
fn every_kind_of_stream_is_found_one_behind_the_other() {
    for pack in [gzip, zlib, zstd, xz, bzip2] {
        let plains = [b"some content, and more of it".to_vec(), text(700), text(300_000)];
        let mut file = FRONT.to_vec();
        let mut wanted = Vec::new();
        for plain in &plains {
            wanted.push((file.len(), plain));
            file.extend(pack(plain));
            file.extend(b"\0\0\0between");
        }
        let seen = law::see(&DECODER, &file);
        let name = seen.members[0].0.split(' ').next().unwrap().to_owned();
        let wanted: Vec<_> = wanted.iter().map(|(at, plain)| (format!("{name} at {at}"), plain)).collect();
        let wanted: Vec<_> = wanted.iter().map(|(name, plain)| (name.as_str(), plain.as_slice())).collect();
        law::holds(&DECODER, &file, &wanted);
    }
}

#[test]
fn a_stream_is_seen_wherever_a_chunk_ends() {
    for length in (64 << 10) - 8..(64 << 10) + 16 {
        let file = [FRONT, &vec![0xaa; length - FRONT.len()], &zlib(b"content of a stream")].concat();
        let name = format!("zlib at {length}");
        law::holds(&DECODER, &file, &[(&name, b"content of a stream")]);
    }
}

#[test]
fn what_only_begins_like_a_stream_is_no_member_and_no_gap() {
    for head in [
        &b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..],
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"BZh91AX",
        b"x\x9c",
        b"x\x01",
    ] {
        law::holds(&DECODER, &[FRONT, head].concat(), &[]);
        law::holds(&DECODER, &[FRONT, head, FRONT, &text(40_000)].concat(), &[]);
        // A list of what the formats begin with hides nothing behind it.
        let file = [FRONT, head, &gzip(b"a stream behind it")].concat();
        let name = format!("gzip at {}", FRONT.len() + head.len());
        law::holds(&DECODER, &file, &[(&name, b"a stream behind it")]);
    }
}

#[test]
fn a_stored_block_is_taken_for_one_where_it_is_text_or_ends_well() {
    let stored = |plain: &[u8]| {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    };
    assert_eq!(law::see(&DECODER, &[FRONT, &stored(&text(9_000))].concat()).members.len(), 1);
    assert_eq!(law::see(&DECODER, &[FRONT, &stored(&[7; 90])].concat()).members.len(), 1);
    let other = [FRONT, &stored(&[7; 60_000])[..50_000]].concat();
    law::holds(&DECODER, &other, &[]);
}

#[test]
fn the_points_of_a_picture_inside_are_passed_over() {
    let file = [FRONT, b"IDAT", &zlib(&text(5_000)), b"tEXt", &zlib(b"a text that stands in it")].concat();
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.members.len(), 1);
}

#[test]
fn a_stream_that_breaks_off_is_told_where_it_was_surely_one() {
    let packed = zlib(&text(100_000));
    let seen = law::see(&DECODER, &[FRONT, &packed[..packed.len() / 2]].concat());
    assert_eq!(seen.unread.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unread::Truncated]);
    assert!(seen.members[0].1.len() > 4_096);
    let noise: Vec<u8> = text(100_000).iter().map(|letter| letter ^ 0x80).collect();
    let packed = zlib(&noise);
    let seen = law::see(&DECODER, &[FRONT, &packed[..packed.len() / 2]].concat());
    assert_eq!((seen.members.len(), seen.unread.len()), (1, 0));
    // What came before a fault is not lost with it.
    let whole = text(300_000);
    let mut packed = gzip(&whole);
    let fault = packed.len() * 3 / 4;
    packed[fault..fault + 200].fill(0xff);
    let seen = law::see(&DECODER, &[FRONT, &packed].concat());
    assert!(seen.members[0].1.starts_with(&whole[..20_000]));
    let packed = zlib(b"a text that goes on for some time, and is cut");
    let seen = law::see(&DECODER, &[FRONT, &packed[..packed.len() - 4]].concat());
    assert_eq!((seen.members.len(), seen.unread.len()), (1, 0));
}

#[test]
fn limits_hold() {
    law::bomb_is_stopped(&DECODER, &[FRONT, &zlib(&vec![0; 8 << 20])].concat());
    let file = [FRONT, &zlib(b"one of many of them").repeat(20)].concat();
    let seen = law::within(&DECODER, &file, Limits { members: 5, ..Limits::default() });
    assert_eq!((seen.members.len(), seen.unread[0].1), (5, Unread::Limit(Limit::Members)));
    // Heads that come to nothing are not free.
    let file = [FRONT, &b"x\x9c".repeat(10_000)].concat();
    let seen = law::within(&DECODER, &file, Limits { decoded: 1 << 20, ..Limits::default() });
    assert_eq!(seen.unread[0].1, Unread::Limit(Limit::Decoded));
}

#[test]
fn texts_programs_and_pictures_are_not_claimed() {
    for file in [
        &b"x\x9c and more of what is a text\r\n"[..],
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01",
        b"OTTO\0\x0c\0\x80\0\x03\0\x40CFF \0\0\0\0",
        b"\0\x01\x02",
    ] {
        assert!(!claims(file, &Hint::Text));
    }
    assert!(claims(FRONT, &Hint::Text));
}

#[test]
fn a_value_with_a_stream_behind_a_few_bytes_is_known() {
    assert!(begins_near(&[b"\0\0\0\x1a", &zlib(b"a text in a row")[..]].concat()));
    for value in [&b"\0\0\0\x1ax\x9cnothing packed"[..], FRONT, b""] {
        assert!(!begins_near(value));
    }
}

#[test]
fn any_change_is_survived() {
    law::changes_are_survived(
        &DECODER,
        &[FRONT, &gzip(b"first"), &zstd(b"second"), &zlib(b"third")].concat(),
    );
}
