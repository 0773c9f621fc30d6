//! Edits change what they name and nothing else.

use std::io::Read as _;
use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::{Compression, Digest, Expected, Limits};

fn edit(range: Range<u64>, change: Change) -> Edit {
    Edit { range, change }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut blob).unwrap();
    blob
}

fn rewrite(blob: &[u8], edits: &Edits) -> (Vec<u8>, Rewritten) {
    let mut out = Vec::new();
    let limits = Limits::default();
    let done = layer(&mut &*blob, &Expected::default(), (edits, &limits), &mut out).unwrap();
    (out, done)
}

fn tar_of(blob: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    unpack(&mut &*blob, &Expected::default(), &Limits::default(), &mut |bytes, _| {
        tar.extend_from_slice(bytes);
        Ok(())
    })
    .unwrap();
    tar
}

fn header(name: &str, size: usize) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).unwrap();
    header.set_size(size as u64);
    header.set_cksum();
    header.as_bytes().to_vec()
}

#[test]
fn the_strongest_edit_counts_where_several_meet() {
    let edits = Edits::new(
        vec![
            edit(0..10, Change::Mask),
            edit(5..15, Change::Cut),
            edit(12..20, Change::Blank),
            edit(30..30, Change::Cut),
        ],
        &[],
    );
    assert_eq!(
        edits.list(),
        [edit(0..5, Change::Mask), edit(5..15, Change::Cut), edit(15..20, Change::Blank)]
    );
    assert_eq!(edits.cut(), 10);
}

#[test]
fn a_masked_header_has_a_checksum_that_holds() {
    let tar = [header("very-secret-name", 3), b"abc".to_vec(), vec![0; 509 + 1024]].concat();
    let edits = Edits::new(vec![edit(5..11, Change::Mask)], &[Range { start: 0, end: 512 }]);
    let (out, done) = rewrite(&tar, &edits);
    assert!(crate::tar::is_header(&out));
    assert_eq!(&out[..16], b"very-xxxxxx-name");
    assert_eq!((out[512..].to_vec(), done.compression), (tar[512..].to_vec(), Compression::None));
}

#[test]
fn every_compression_stays_what_it_is_and_gives_the_same_blob_each_time() {
    let tar = [header("a", 6), b"secret".to_vec(), vec![0; 506 + 1024]].concat();
    let mut xz = Vec::new();
    liblzma::read::XzEncoder::new(tar.as_slice(), 1).read_to_end(&mut xz).unwrap();
    let mut bz = Vec::new();
    bzip2::read::BzEncoder::new(tar.as_slice(), bzip2::Compression::fast()).read_to_end(&mut bz).unwrap();
    let blobs = [tar.clone(), gzip(&tar), zstd::encode_all(tar.as_slice(), 1).unwrap(), xz, bz];
    let edits = Edits::new(vec![edit(512..518, Change::Mask)], &[]);
    for blob in blobs {
        let (out, done) = rewrite(&blob, &edits);
        assert_eq!((done.digest.clone(), done.size), (Digest::of(&out), out.len() as u64));
        let new = tar_of(&out);
        assert_eq!(done.diff_id, Digest::of(&new));
        assert_eq!(&new[512..518], b"xxxxxx");
        assert_eq!(rewrite(&blob, &edits).1, done);
        // A scrubbed layer that is scrubbed again is the same layer.
        assert_eq!(rewrite(&out, &edits).0, out);
    }
}

#[test]
fn a_layer_that_is_not_what_its_name_says_is_not_rewritten() {
    let expected = Expected { digest: Some(Digest::of(b"other")), ..Expected::default() };
    let edits = Edits::default();
    let mut out = Vec::new();
    let limits = Limits::default();
    let error = layer(&mut &[0; 1024][..], &expected, (&edits, &limits), &mut out).unwrap_err();
    assert!(error.to_string().contains("digest-mismatch"), "{error}");
    let cut = gzip(&[7; 9999]);
    assert!(layer(&mut &cut[..20], &Expected::default(), (&edits, &limits), &mut out).is_err());
}

#[test]
fn a_document_keeps_everything_that_no_splice_names() {
    let text = br#"{ "a": [1, "x\u0026y", {"b":null}], "a":"again" , "c" : -1.5e3}"#;
    let node = Node::read(text).unwrap();
    assert_eq!(node.get(text, "a").unwrap().text(text).unwrap(), "again");
    let list = &node.members()[0].value;
    assert_eq!(list.items()[1].text(text).unwrap(), "x&y");
    let mut splices = Splices::default();
    splices.put(list.items()[1].span.clone(), quote("é\""));
    for span in node.without(&|index| index == 1) {
        splices.put(span, Vec::new());
    }
    let new = String::from_utf8(splices.apply(text)).unwrap();
    assert_eq!(new, r#"{ "a": [1, "é\"", {"b":null}] , "c" : -1.5e3}"#);
    assert!(Node::read(b"{\"a\":}").is_none());
}

#[test]
fn parts_go_with_their_commas() {
    let text = b"[1, 2, 3,4]";
    let node = Node::read(text).unwrap();
    for (gone, left) in [
        (vec![0], "[2, 3,4]"),
        (vec![3], "[1, 2, 3]"),
        (vec![1, 2], "[1,4]"),
        (vec![0, 1], "[3,4]"),
        (vec![0, 3], "[2, 3]"),
        (vec![0, 1, 2, 3], "[]"),
    ] {
        let mut splices = Splices::default();
        node.without(&|index| gone.contains(&index))
            .into_iter()
            .for_each(|span| splices.put(span, Vec::new()));
        assert_eq!(String::from_utf8(splices.apply(text)).unwrap(), left, "{gone:?}");
    }
}

proptest! {
    #[test]
    fn edits_in_pieces_are_the_same_as_edits_at_once(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
        list in prop::collection::vec((0_u64..3000, 0_u64..700, 0_usize..3), 0..6),
        piece in 1_usize..900,
    ) {
        let changes = [Change::Mask, Change::Blank, Change::Cut];
        let list: Vec<Edit> = list.into_iter().map(|(at, length, how)| edit(at..at + length, changes[how])).collect();
        let edits = Edits::new(list, &[Range { start: 512, end: 2048 }]);
        let mut expected = Vec::new();
        for (at, byte) in bytes.iter().enumerate() {
            let change = edits.list().iter().find(|e| e.range.contains(&(at as u64))).map(|e| e.change);
            let mut one = [*byte];
            match change {
                Some(Change::Cut) => continue,
                Some(Change::Blank) => one = [0],
                Some(Change::Mask) => fill(&mut one),
                None => {}
            }
            expected.extend(one);
        }
        let mut patch = super::patch::Patch::new(&edits, Vec::new());
        for part in bytes.chunks(piece) {
            patch.push(part).unwrap();
        }
        // Random bytes are no headers, so that no checksum is made.
        prop_assert_eq!(patch.finish().unwrap(), expected);
    }
}
