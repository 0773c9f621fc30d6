//! Packs of git: whole objects, deltas, and damage.

use std::io::Write as _;

use super::*;
use crate::decode::seam::law;

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn header(kind: u8, mut size: usize) -> Vec<u8> {
    let mut header = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *header.last_mut().unwrap() |= 0x80;
        header.push((size & 0x7f) as u8);
        size >>= 7;
    }
    header
}

fn object(kind: u8, base: &[u8], content: &[u8]) -> Vec<u8> {
    [header(kind, content.len()), base.to_vec(), zlib(content)].concat()
}

fn pack(objects: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(objects.len()).unwrap();
    let mut file = [b"PACK\0\0\0\x02", &count.to_be_bytes()[..], &objects.concat()].concat();
    let digest = Sha1::digest(&file);
    file.extend(digest);
    file
}

const BASE: &[u8] = b"name = app\ntoken = old value\n";
/// Sizes, a copy of the first 19 bytes, an insertion of 10.
const DELTA: &[u8] = b"\x1d\x1d\x90\x13\x0anew value\n";
const MADE: &[u8] = b"name = app\ntoken = new value\n";

fn name(kind: &str, content: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", content.len()));
    hash.update(content);
    let digest = hash.finalize();
    format!("{kind} {}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn sample() -> Vec<u8> {
    let base = object(3, b"", BASE);
    let back = u8::try_from(base.len()).unwrap();
    let commit = object(1, b"", b"tree 0\n\nwords\n");
    pack(&[base, object(6, &[back], DELTA), commit])
}

#[test]
fn objects_have_their_names_and_deltas_are_undone() {
    let (base, made, commit) = (name("blob", BASE), name("blob", MADE), name("commit", b"tree 0\n\nwords\n"));
    law::holds(&DECODER, &sample(), &[(&commit, b"tree 0\n\nwords\n"), (&base, BASE), (&made, MADE)]);
}

#[test]
fn blobs_have_the_paths_that_trees_before_and_behind_them_say() {
    let blob = |content: &[u8]| id_of(Kind::Blob, content);
    let folder = names::tree(&[("100644", "app.conf", blob(MADE)), ("100644", "old.conf", blob(BASE))]);
    let root = names::tree(&[("40000", "etc", id_of(Kind::Tree, &folder))]);
    let base = object(3, b"", BASE);
    let back = u8::try_from(base.len()).unwrap();
    let blobs = [base, object(6, &[back], DELTA), object(3, b"", b"of no tree")];
    let trees = [object(2, b"", &root), object(2, b"", &folder)];
    for order in [[&blobs[..], &trees[..]].concat(), [&trees[..], &blobs[..]].concat()] {
        let seen = law::see(&DECODER, &pack(&order));
        assert_eq!(seen.of(&format!("{} etc/old.conf", name("blob", BASE))), BASE);
        assert_eq!(seen.of(&format!("{} etc/app.conf", name("blob", MADE))), MADE);
        assert_eq!(seen.of(&name("blob", b"of no tree")), b"of no tree");
        assert_eq!((seen.members.len(), seen.unread.len()), (5, 0));
    }
}

#[test]
fn more_names_than_are_kept_are_told_once() {
    let tree = names::tree(&[("100644", "a", [1; 20]), ("100644", "b", [2; 20]), ("100644", "c", [3; 20])]);
    let other = names::tree(&[("100644", "d", [4; 20]), ("100644", "e", [5; 20])]);
    let file = pack(&[object(2, b"", &tree), object(2, b"", &other), object(3, b"", b"blob")]);
    let limits = crate::decode::Limits { held: 400, ..Default::default() };
    let seen = law::within(&DECODER, &file, limits);
    assert_eq!(seen.unread, [(String::new(), Unread::Limit(Limit::Held))]);
    assert_eq!(seen.members.len(), 3);
}

#[test]
fn the_name_is_what_git_says() {
    assert_eq!(name("blob", b"hello\n"), "blob ce013625030ba8dba906f756967f9e9ca394464a");
}

#[test]
fn a_base_may_come_later_or_be_missing() {
    let digest = |content: &[u8]| {
        let name = name("blob", content);
        (5..name.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&name[at..at + 2], 16).unwrap())
            .collect::<Vec<_>>()
    };
    let file = pack(&[
        object(7, &digest(BASE), DELTA),
        object(7, &digest(b"elsewhere"), DELTA),
        object(3, b"", BASE),
    ]);
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.of(&name("blob", MADE)), MADE);
    assert_eq!(seen.unread.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unread::Unsupported]);
}

#[test]
fn what_is_new_is_read_where_the_base_is_missing() {
    let file = pack(&[object(7, &[9; 20], b"\x1d\x0c\x05first\x90\x05\x91\x01\x02\x04last")]);
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.of("object at 12"), b"first\nlast");
    assert_eq!(seen.unread.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unread::Unsupported]);
}

#[test]
fn a_delta_that_does_not_fit_is_told_and_the_rest_is_read() {
    let base = object(3, b"", BASE);
    let back = u8::try_from(base.len()).unwrap();
    let file = pack(&[base, object(6, &[back], b"\x1d\x1d\x90\xff"), object(4, b"", b"tag")]);
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.members.len(), 2);
    assert_eq!(seen.unread.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unread::Damaged]);
}

#[test]
fn any_cut_is_told_and_any_change_survived() {
    law::cuts_are_told(&DECODER, &sample()[..sample().len() - 20]);
    law::changes_are_survived(&DECODER, &sample());
}

#[test]
fn a_long_chain_of_deltas_is_undone_within_the_budget() {
    let mut objects = vec![object(3, b"", BASE)];
    for _ in 0..300 {
        let back = u8::try_from(objects.last().unwrap().len()).unwrap();
        objects.push(object(6, &[back], b"\x1d\x1d\x90\x1d"));
    }
    let file = pack(&objects);
    assert_eq!(law::see(&DECODER, &file).members.len(), 301);
    let few = crate::decode::Limits { decoded: 50_000, ..Default::default() };
    let seen = law::within(&DECODER, &file, few);
    assert_eq!(seen.unread.last().map(|(_, why)| *why), Some(Unread::Limit(Limit::Decoded)));
}
