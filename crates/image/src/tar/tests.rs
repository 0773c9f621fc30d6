//! Tar streams as no sane tool writes them: every byte is given out once.

use super::*;
use crate::testing::{Tar, header, put, read};
use crate::{End, ProblemKind, SlackKind};

const MARK: &str = "MARK-7f3a9c41";

fn one(tar: Tar) -> Entry {
    let (tape, facts) = read(&tar.end());
    assert_eq!((tape.problems.len(), facts.end), (0, End::Whole), "{tape:?}");
    tape.one().clone()
}

#[test]
fn an_entry_tells_its_fields_and_its_offsets() {
    let entry = one(Tar::default().file("a/b.txt", "hello"));
    assert_eq!((entry.path.as_slice(), entry.size, entry.mode), (b"a/b.txt".as_slice(), 5, 0o644));
    assert_eq!((entry.uid, entry.gid, entry.mtime), (0o1750, 0o144, 0o14512345670));
    assert_eq!((entry.user.as_slice(), entry.group.as_slice()), (b"user".as_slice(), b"group".as_slice()));
    assert_eq!((entry.header_offset, entry.body_offset, entry.kind), (0, 512, EntryKind::File));
}

#[test]
fn names_become_labels_and_are_never_refused() {
    let names: &[(&[u8], &[u8])] = &[
        (b"/etc/x", b"etc/x"),
        (b"./a", b"a"),
        (b"a//b/./c/", b"a/b/c"),
        (b"../../etc", b"../../etc"),
        (b"./", b""),
        (b"/", b""),
        (b"\xFF\xFE/n", b"\xFF\xFE/n"),
    ];
    for (name, path) in names {
        let entry = one(Tar::default().entry(b'0', name, b""));
        assert_eq!((entry.name.as_slice(), entry.path.as_slice()), (*name, *path));
    }
}

#[test]
fn every_type_flag_has_its_kind() {
    let kinds = [
        (0, EntryKind::File),
        (b'0', EntryKind::File),
        (b'7', EntryKind::File),
        (b'1', EntryKind::HardLink),
        (b'2', EntryKind::Symlink),
        (b'3', EntryKind::CharDevice),
        (b'4', EntryKind::BlockDevice),
        (b'5', EntryKind::Directory),
        (b'6', EntryKind::Fifo),
        (b'D', EntryKind::Directory),
        (b'M', EntryKind::Other(b'M')),
        (b'V', EntryKind::Other(b'V')),
    ];
    for (flag, kind) in kinds {
        assert_eq!(one(Tar::default().entry(flag, b"x", b"")).kind, kind);
    }
    assert_eq!(one(Tar::default().entry(0, b"old/", b"")).kind, EntryKind::Directory);
}

#[test]
fn whiteouts_and_opaque_markers_are_recognised() {
    let kind = |name: &str| one(Tar::default().file(name, "")).kind;
    assert_eq!(kind("a/.wh.b"), EntryKind::Whiteout { hides: b"a/b".to_vec() });
    assert_eq!(kind("./.wh.b"), EntryKind::Whiteout { hides: b"b".to_vec() });
    assert_eq!(kind("a/.wh..wh..opq"), EntryKind::Opaque { directory: b"a".to_vec() });
    assert_eq!(kind(".wh..wh..opq"), EntryKind::Opaque { directory: Vec::new() });
    assert_eq!(kind("a/.wh..wh.plnk"), EntryKind::File);
    assert_eq!(kind(".wh.a/b"), EntryKind::File);
}

#[test]
fn a_whiteout_without_a_name_hides_nothing_and_is_told() {
    for name in [".wh.", "a/.wh..", "a/.wh..."] {
        let (tape, _) = read(&Tar::default().file(name, "").end());
        assert_eq!((tape.kinds(), &tape.one().kind), (vec![ProblemKind::Corrupt], &EntryKind::File));
    }
}

#[test]
fn bodies_of_links_whiteouts_and_devices_are_given_out() {
    for (flag, name) in [(b'1', "l"), (b'2', "s"), (b'3', "d"), (b'5', "dir"), (b'6', "p"), (b'0', ".wh.x")] {
        let (tape, facts) =
            read(&Tar::default().entry(flag, name.as_bytes(), MARK.as_bytes()).file("next", "n").end());
        assert_eq!((tape.body(name), tape.body("next")), (MARK.as_bytes(), b"n".as_slice()));
        assert_eq!((facts.end, tape.problems.len()), (End::Whole, 0));
    }
}

#[test]
fn a_link_with_a_size_and_no_body_swallows_no_entry() {
    let (tape, facts) = read(&Tar::default().block(header(b'1', b"l", 700)).file("next", MARK).end());
    assert_eq!((tape.paths(), tape.body("next")), (vec!["l".to_owned(), "next".to_owned()], MARK.as_bytes()));
    assert_eq!(facts.end, End::Whole);
}

#[test]
fn ustar_prefix_and_gnu_long_names_are_joined() {
    let mut block = header(b'0', b"name", 0);
    put(&mut block, 345, b"some/prefix");
    assert_eq!(one(Tar::default().block(block)).path, b"some/prefix/name");

    let long = "d/".repeat(100) + "f";
    let gnu = Tar::default().entry(b'L', b"././@LongLink", format!("{long}\0").as_bytes());
    let gnu = gnu.entry(b'K', b"././@LongLink", b"target\0").link(b'2', &long[..100], "targ");
    let entry = one(gnu);
    assert_eq!((entry.path, entry.link), (long.into_bytes(), Some(b"target".to_vec())));
    assert_eq!((entry.header_offset, entry.body_offset), (0, 5 * 512));
}

#[test]
fn base_256_numbers_are_read() {
    let mut block = header(b'0', b"x", 0);
    put(&mut block, 108, &[0x80, 0, 0, 0, 0x12, 0x34, 0x56, 0x78]);
    put(&mut block, 136, &[0xFF; 12]);
    put(&mut block, 124, &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    let entry = one(Tar::default().block(block).body(b"abc"));
    assert_eq!((entry.uid, entry.mtime, entry.size), (0x1234_5678, -1, 3));
}

#[test]
fn a_size_that_is_no_number_is_a_problem_and_the_bytes_are_still_given_out() {
    for size in [&[0xFF_u8; 12][..], b"secret?MARK!", &[0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
        let mut block = header(b'0', b"x", 0);
        put(&mut block, 124, size);
        let (tape, facts) = read(&Tar::default().block(block).body(MARK.as_bytes()).file("next", "n").end());
        assert!(tape.tells(MARK) && facts.end == End::Cut && tape.paths().contains(&"next".to_owned()));
    }
}

#[test]
fn pax_records_override_the_header_and_are_all_told() {
    let records = [
        ("path", "long/päth"),
        ("size", "4"),
        ("uname", "u"),
        ("uid", "5000000"),
        ("mtime", "12.75"),
        ("SCHILY.xattr.user.tok", "v=w"),
        ("comment", "hi"),
    ];
    let entry = one(Tar::default().pax(b'x', &records).block(header(b'0', b"long/p_th", 0)).body(b"body"));
    assert_eq!((entry.path, entry.size, entry.user), ("long/päth".into(), 4, b"u".to_vec()));
    assert_eq!((entry.uid, entry.mtime, entry.header_offset), (5_000_000, 12, 0));
    assert!(entry.pax.contains(&(b"SCHILY.xattr.user.tok".to_vec(), b"v=w".to_vec())));
    assert_eq!(entry.pax.len(), records.len());
}

#[test]
fn a_pax_size_is_for_the_entry_and_not_for_the_long_name_before_it() {
    let tar = Tar::default().pax(b'x', &[("size", "600")]).entry(b'L', b"././@LongLink", b"real-name\0");
    let entry = one(tar.block(header(b'0', b"x", 0)).body(&[b'a'; 600]));
    assert_eq!((entry.path.as_slice(), entry.size), (b"real-name".as_slice(), 600));
}

#[test]
fn a_global_header_is_an_entry_of_its_own() {
    let (tape, facts) = read(&Tar::default().pax(b'g', &[("comment", MARK)]).file("x", "y").end());
    let (global, _) = &tape.entries[0];
    assert_eq!((&global.kind, global.pax.len()), (&EntryKind::Other(b'g'), 1));
    assert!(tape.entries[1].0.pax.is_empty() && facts.entries == 2 && facts.end == End::Whole);
}

#[test]
fn a_pax_record_that_cannot_be_read_is_told_with_its_bytes() {
    for bad in ["999 path=x\n", "x=y\n", "5\n", "10 novalue\n", "99999999999999999999999 a=b\n"] {
        let body = format!("{}{bad}{MARK}", crate::testing::record("uname", "u"));
        let (tape, _) =
            read(&Tar::default().entry(b'x', b"PaxHeaders.0/x", body.as_bytes()).file("x", "y").end());
        assert_eq!((tape.kinds(), tape.body("x")), (vec![ProblemKind::Corrupt], b"y".as_slice()));
        assert!(tape.tells(MARK) && tape.tells(bad.trim_end()) && tape.one().user == b"u");
    }
}

#[test]
fn an_extension_without_an_entry_is_told_with_its_bytes() {
    for tar in [
        Tar::default().pax(b'x', &[("comment", MARK)]),
        Tar::default().entry(b'L', b"././@LongLink", MARK.as_bytes()),
        Tar::default().entry(b'L', b"././@LongLink", MARK.as_bytes()).entry(b'L', b"././@LongLink", b"other"),
        Tar::default().pax(b'x', &[("comment", MARK)]).raw(&[b'?'; 512]),
    ] {
        let (tape, facts) = read(&tar.end());
        assert!(tape.tells(MARK) && facts.end == End::Cut, "{tape:?}");
    }
}

#[test]
fn an_extension_beyond_the_limit_is_still_given_out() {
    let long = "v".repeat(1 << 20) + MARK;
    let (tape, _) = read(&Tar::default().pax(b'x', &[("comment", &long)]).file("x", "y").end());
    assert_eq!((tape.kinds(), tape.body("x")), (vec![ProblemKind::Limit], b"y".as_slice()));
    assert!(tape.tells(MARK) && tape.problems[0].detail.contains("extension-bytes"));
}

#[test]
fn sparse_files_are_read_as_stored() {
    let mut block = header(b'S', b"old", 512);
    put(&mut block, 257, b"ustar  \0");
    put(&mut block, 386, b"00000000000 00000001000 ");
    block[482] = 1;
    let mut more = [0; 512];
    put(&mut more, 0, b"00000004000 00000001000 ");
    let tar = Tar::default().block(block).raw(&more).body(&[b'z'; 512]);
    let tar = tar
        .pax(b'x', &[("GNU.sparse.major", "1"), ("GNU.sparse.name", "real")])
        .file("GNUSparseFile.0/real", "1\n");
    let (tape, facts) = read(&tar.end());
    assert_eq!(
        (tape.paths(), facts.end),
        (vec!["old".to_owned(), "real".to_owned()], End::Whole),
        "{tape:?}"
    );
    assert_eq!(tape.body("old"), [b'z'; 512]);
    assert!(tape.entries.iter().all(|(entry, _)| entry.sparse));
}

#[test]
fn a_damaged_header_loses_no_bytes_and_no_later_entry() {
    let good = Tar::default().file("a", "1");
    let mut bad = good.0.clone();
    bad[3] ^= 1;
    let (tape, facts) = read(&good.raw(&bad).file("b", MARK).end());
    assert_eq!(
        (tape.paths(), tape.kinds()),
        (vec!["a".to_owned(), "b".to_owned()], vec![ProblemKind::Corrupt])
    );
    assert_eq!(tape.slack_of(SlackKind::Unparsed), [bad.as_slice()]);
    assert_eq!((facts.end, tape.slack[0].0.offset), (End::Cut, 1024));
}

#[test]
fn signed_checksums_of_old_writers_hold() {
    let mut block = header(b'0', b"\xE9t\xE9", 0);
    put(&mut block, 148, b"        ");
    let sum: i64 = block.iter().map(|byte| i64::from(byte.cast_signed())).sum();
    put(&mut block, 148, format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(one(Tar::default().raw(&block)).path, b"\xE9t\xE9");
}

#[test]
fn entries_behind_the_end_are_read_and_marked() {
    let (tape, facts) =
        read(&[Tar::default().file("a", "1").end(), Tar::default().file("b", MARK).end()].concat());
    let marks: Vec<bool> = tape.entries.iter().map(|(entry, _)| entry.after_end).collect();
    assert_eq!((marks, tape.body("b"), facts.end), (vec![false, true], MARK.as_bytes(), End::Whole));
}

#[test]
fn bytes_behind_the_end_are_slack_from_the_first_that_is_not_zero() {
    let tail = [&[0; 2048], MARK.as_bytes(), &[0; 600]].concat();
    let (tape, facts) = read(&[Tar::default().file("a", "1").end(), tail].concat());
    assert!(tape.slack_of(SlackKind::AfterEnd)[0].starts_with(MARK.as_bytes()));
    assert_eq!((tape.slack[0].0.offset, facts.end), (2048 + 2048, End::Whole));
}

#[test]
fn zeros_behind_the_end_are_not_worth_a_word() {
    let (tape, facts) = read(&[Tar::default().file("a", "1").end(), vec![0; 10_000]].concat());
    assert_eq!((tape.slack.len(), tape.problems.len(), facts.end), (0, 0, End::Whole));
}

#[test]
fn padding_that_is_not_zero_is_slack() {
    let body = [b"abc".as_slice(), MARK.as_bytes()].concat();
    let mut padded = body.clone();
    padded.resize(512, 0);
    let (tape, facts) = read(&Tar::default().block(header(b'0', b"x", 3)).raw(&padded).end());
    assert_eq!((tape.body("x"), facts.end), (b"abc".as_slice(), End::Whole));
    assert!(tape.slack_of(SlackKind::Padding)[0].starts_with(MARK.as_bytes()));
    assert_eq!(tape.slack[0].0.offset, 515);
}

#[test]
fn every_unused_byte_of_a_header_is_slack() {
    let texts = [(20, "S3CR"), (200, "S3CR"), (280, "S3CR"), (310, "S3CR"), (345, "p\0S3CR"), (501, "S3CR")];
    let numbers = [(100, "0 S3CR\0\0"), (136, "0 S3CR\0\0\0\0\0\0"), (329, "0\0S3CR"), (108, "\0\0\0\0S3CR")];
    for (at, bytes) in texts.into_iter().chain(numbers) {
        let mut block = header(b'0', b"x", 0);
        put(&mut block, at, bytes.as_bytes());
        let (tape, facts) = read(&Tar::default().block(block).end());
        let told = tape.slack_of(SlackKind::HeaderPadding);
        assert!(told.iter().any(|bytes| bytes.ends_with(b"S3CR")), "{at} {tape:?}");
        assert_eq!(facts.end, End::Whole);
    }
}

#[test]
fn unused_bytes_of_old_and_gnu_headers_are_slack() {
    for (magic, at) in [
        (b"\0\0\0\0\0\0\0\0", 300),
        (b"\0\0\0\0\0\0\0\0", 335),
        (b"\0\0\0\0\0\0\0\0", 400),
        (b"ustar  \0", 350),
        (b"ustar  \0", 390),
        (b"ustar  \0", 500),
    ] {
        let mut block = header(b'0', b"x", 0);
        block[257..].fill(0);
        put(&mut block, 257, magic);
        put(&mut block, at, &MARK.as_bytes()[..8]);
        let (tape, _) = read(&Tar::default().block(block).end());
        assert!(tape.tells(&MARK[..8]), "{at} {tape:?}");
    }
}

#[test]
fn ordinary_archives_have_no_slack() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for path in ["short".to_owned(), "long/".repeat(60)] {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(3);
        header.set_mtime(1_700_000_000);
        builder.append_data(&mut header, path.trim_end_matches('/'), b"abc".as_slice()).unwrap();
    }
    let (tape, facts) = read(&builder.into_inner().unwrap());
    assert_eq!((tape.slack.len(), tape.problems.len(), facts.end), (0, 0, End::Whole), "{tape:?}");
}

#[test]
fn overridden_names_that_differ_are_slack_and_those_that_do_not_are_not() {
    let (tape, _) = read(&Tar::default().pax(b'x', &[("path", "innocent")]).file(MARK, "").end());
    assert!(tape.tells(MARK));
    let (tape, _) =
        read(&Tar::default().pax(b'x', &[("path", "dir/x-and-more")]).file("dir/x-and", "").end());
    assert_eq!(tape.slack, []);
    let (tape, _) =
        read(&Tar::default().pax(b'x', &[("path", "d/x")]).file("d/GNUSparseFile.12/x", "").end());
    assert_eq!(tape.slack, []);
    let (tape, _) = read(&Tar::default().entry(b'x', MARK.as_bytes(), b"").file("x", "").end());
    assert!(tape.tells(MARK));
}
