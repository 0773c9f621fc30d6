//! Blobs in every compression, whole, cut, joined and with bytes beside the stream.

use flate2::GzBuilder;

use super::*;
use crate::testing::{Tape, Tar, bzip2, gzip, gzip_with, read, read_with, xz, zstd};
use crate::{End, Expected, Facts, SlackKind, Within};

const MARK: &str = "MARK-7f3a9c41";

fn layer() -> Vec<u8> {
    Tar::default().file("a", "1").file("b", vec![b'b'; 300_000]).file("c", MARK).end()
}

fn check(blob: &[u8], compression: Compression) -> Tape {
    let (tape, facts) = read(blob);
    assert_eq!(tape.paths(), ["a", "b", "c"]);
    assert_eq!((tape.body("c"), tape.body("b").len()), (MARK.as_bytes(), 300_000));
    assert_eq!((facts.compression, facts.end, tape.problems.as_slice()), (compression, End::Whole, &[][..]));
    assert_eq!((facts.size, facts.tar_size), (blob.len() as u64, layer().len() as u64));
    assert_eq!((facts.digest, facts.diff_id), (sha256(blob), sha256(&layer())));
    tape
}

fn sha256(bytes: &[u8]) -> crate::Digest {
    let mut hasher = crate::Hasher::new(crate::Algorithm::Sha256);
    hasher.update(bytes);
    hasher.finish()
}

fn skippable(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&0x184D_2A53_u32.to_le_bytes()[..], &length.to_le_bytes(), bytes].concat()
}

#[test]
fn every_compression_gives_the_same_layer() {
    let tar = layer();
    check(&tar, Compression::None);
    check(&gzip(&tar), Compression::Gzip);
    check(&zstd(&tar), Compression::Zstd);
    check(&xz(&tar), Compression::Xz);
    check(&bzip2(&tar), Compression::Bzip2);
}

#[test]
fn members_frames_and_streams_follow_each_other() {
    let tar = layer();
    for (pack, compression) in [
        (gzip as fn(&[u8]) -> Vec<u8>, Compression::Gzip),
        (zstd, Compression::Zstd),
        (xz, Compression::Xz),
        (bzip2, Compression::Bzip2),
    ] {
        let parts: Vec<u8> = tar.chunks(77_777).flat_map(pack).chain(pack(b"")).collect();
        check(&parts, compression);
    }
}

#[test]
fn bytes_behind_the_compressed_stream_are_slack() {
    for (pack, compression) in [
        (gzip as fn(&[u8]) -> Vec<u8>, Compression::Gzip),
        (zstd, Compression::Zstd),
        (xz, Compression::Xz),
        (bzip2, Compression::Bzip2),
    ] {
        let packed = pack(&layer());
        let tape = check(&[packed.as_slice(), b"TRAILING"].concat(), compression);
        assert_eq!(tape.slack_of(SlackKind::TrailingData), [b"TRAILING"]);
        assert_eq!((tape.slack[0].0.offset, tape.slack[0].0.within), (packed.len() as u64, Within::Blob));
    }
}

#[test]
fn gzip_header_fields_of_every_member_are_slack() {
    let tar = layer();
    let (first, second) = tar.split_at(1000);
    let builder = || GzBuilder::new().extra(b"EXTRA".as_slice()).filename("NAME").comment("COMMENT");
    let tape =
        check(&[gzip_with(builder(), first), gzip_with(builder(), second)].concat(), Compression::Gzip);
    let fields: [&[u8]; 3] = [b"EXTRA", b"NAME", b"COMMENT"];
    assert_eq!(tape.slack_of(SlackKind::GzipHeader), [fields, fields].concat());
    assert_eq!(tape.slack[0].0.offset, 12);
}

#[test]
fn skippable_frames_are_slack_wherever_they_stand() {
    let tar = layer();
    let (first, second) = tar.split_at(150_000);
    let blob = [
        skippable(b"ONE"),
        zstd(first),
        skippable(b"TWO"),
        zstd(second),
        skippable(b""),
        skippable(b"THREE"),
    ];
    let tape = check(&blob.concat(), Compression::Zstd);
    let expected: [&[u8]; 3] = [b"ONE", b"TWO", b"THREE"];
    assert_eq!(tape.slack_of(SlackKind::SkippableFrame), expected);
}

#[test]
fn slack_within_a_body_beyond_the_queue_is_a_problem_with_its_bytes() {
    let tar = layer();
    let (first, second) = tar.split_at(150_000);
    let blob = [zstd(first), skippable(&[b'x'; 10_000]), zstd(second)].concat();
    let limits = Limits { queue_bytes: 1000, ..Limits::default() };
    let (tape, facts) = read_with(&blob, &Expected::default(), &limits);
    assert_eq!(
        (tape.kinds(), facts.end, tape.body("c")),
        (vec![ProblemKind::Limit], End::Cut, MARK.as_bytes())
    );
    assert!(tape.problems[0].detail.contains("queue-bytes") && tape.problems[0].bytes.unwrap() >= 9_000);
}

#[test]
fn a_wrong_gzip_checksum_is_told_and_reading_goes_on() {
    let tar = layer();
    let (first, second) = tar.split_at(1000);
    let mut bad = gzip(first);
    let at = bad.len() - 8;
    bad[at] ^= 1;
    let (tape, facts) = read(&[bad, gzip(second)].concat());
    assert_eq!(
        (tape.kinds(), facts.end, tape.body("c")),
        (vec![ProblemKind::Corrupt], End::Cut, MARK.as_bytes())
    );
}

#[test]
fn everything_before_damage_is_given_out() {
    // Bytes that do not compress, so that damage near the end is near the end of the data.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(600_000)
    .collect();
    let tar = Tar::default().file("first", MARK).file("noise", &noise).end();
    for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd] {
        let whole = pack(&tar);
        for cut in [whole.len() / 2, whole.len() * 9 / 10] {
            let (tape, facts) = read(&whole[..cut]);
            assert_eq!((tape.body("first"), facts.end), (MARK.as_bytes(), End::Cut));
            assert_eq!(tape.kinds(), [ProblemKind::Truncated]);
            assert!(tape.body("noise").len() + 300_000 > noise.len() * cut / whole.len());
            assert!(noise.starts_with(tape.body("noise")));

            let mut damaged = whole.clone();
            damaged[cut..cut + 64].fill(0xFF);
            let (tape, facts) = read(&damaged);
            assert_eq!((tape.body("first"), facts.end), (MARK.as_bytes(), End::Cut));
            assert!(!tape.problems.is_empty() && facts.digest == sha256(&damaged));
        }
    }
}

#[test]
fn a_bomb_hits_the_limit_and_is_still_hashed() {
    let zeros = vec![0; 64 << 20];
    let tar = Tar::default().file("zeros", &zeros).end();
    for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd, bzip2] {
        let blob = pack(&tar);
        let limits = Limits { ratio: 500, ratio_from: 1 << 20, ..Limits::default() };
        let (tape, facts) = read_with(&blob, &Expected::default(), &limits);
        assert_eq!((tape.kinds(), facts.end), (vec![ProblemKind::Limit], End::Cut));
        assert!(tape.problems[0].detail.starts_with("ratio") && facts.tar_size < 64 << 20);
        assert_eq!(facts.digest, sha256(&blob));
    }
}

#[test]
fn too_many_bytes_are_a_limit() {
    let limits = Limits { layer_bytes: 100_000, ..Limits::default() };
    let (tape, facts) = read_with(&gzip(&layer()), &Expected::default(), &limits);
    assert_eq!((tape.kinds(), facts.tar_size, facts.end), (vec![ProblemKind::Limit], 100_000, End::Cut));
    assert!(tape.problems[0].detail.contains("layer-bytes") && tape.problems[0].what == "b");
}

#[test]
fn a_window_beyond_the_limit_is_named() {
    let mut encoder = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    std::io::copy(&mut layer().as_slice(), &mut encoder).unwrap();
    let blob = encoder.finish().unwrap();
    check(&blob, Compression::Zstd);
    let limits = Limits { window_bytes: 1 << 20, ..Limits::default() };
    let (tape, facts) = read_with(&blob, &Expected::default(), &limits);
    assert_eq!((tape.kinds()[0], facts.end), (ProblemKind::Limit, End::Cut));
    assert!(tape.problems[0].detail.contains("window-bytes"));
}

#[test]
fn a_compression_that_is_not_read_is_named() {
    let (tape, facts): (Tape, Facts) = read(&[0x04, 0x22, 0x4D, 0x18, 1, 2, 3]);
    assert_eq!((tape.kinds(), facts.end), (vec![ProblemKind::UnknownCompression], End::Cut));
    assert_eq!(tape.slack_of(SlackKind::Unparsed), [[0x04, 0x22, 0x4D, 0x18, 1, 2, 3]]);
}

#[test]
fn a_tar_whose_first_file_is_named_like_a_compression_is_a_tar() {
    for name in [&[0x1F_u8, 0x8B, 8][..], b"BZh91AY&SY", &[0x28, 0xB5, 0x2F, 0xFD], &[0x50, 0x2A, 0x4D, 0x18]]
    {
        let (tape, facts) = read(&Tar::default().entry(b'0', name, b"x").end());
        assert_eq!((tape.one().name.as_slice(), facts.end), (name, End::Whole));
    }
}

#[test]
fn the_table_names_every_file_of_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/compress");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let others = ["mod.rs", "stream.rs", "plain.rs", "tests.rs"];
    let mut files: Vec<String> = files.filter(|name| !others.contains(&name.as_str())).collect();
    let mut table: Vec<String> =
        FORMATS.iter().map(|format| format!("{:?}.rs", format.compression).to_lowercase()).collect();
    files.sort();
    table.sort();
    assert_eq!(files, table);
}
