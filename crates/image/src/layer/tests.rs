//! Layers of every kind: what is in them is given out, what is wrong with them is said.

use std::io;

use proptest::prelude::*;

use super::*;
use crate::testing::{Slices, Tape, Tar, gzip, read, read_with, zstd};

const MARK: &str = "MARK-7f3a9c41";

fn small() -> Vec<u8> {
    Tar::default().dir("d/").file("d/a", MARK).pax(b'x', &[("comment", "c")]).file("b", "2").end()
}

/// What a manifest would say about a blob.
fn stated(blob: &[u8]) -> Expected {
    let (_, facts) = read(blob);
    Expected { digest: Some(facts.digest), size: Some(facts.size), diff_id: Some(facts.diff_id) }
}

#[test]
fn a_layer_that_is_what_it_says_has_no_problem() {
    for blob in [small(), gzip(&small()), zstd(&small())] {
        let (tape, facts) = read_with(&blob, &stated(&blob), &Limits::default());
        assert_eq!((tape.problems.as_slice(), facts.end), (&[][..], End::Whole));
    }
}

#[test]
fn a_layer_that_is_not_what_it_says_is_read_and_told() {
    let expected = stated(&Tar::default().file("other", "").end());
    let (tape, facts) = read_with(&gzip(&small()), &expected, &Limits::default());
    use ProblemKind::{DigestMismatch, SizeMismatch};
    assert_eq!(tape.kinds(), [SizeMismatch, DigestMismatch, DigestMismatch]);
    assert_eq!((tape.body("d/a"), facts.end), (MARK.as_bytes(), End::Whole));
}

#[test]
fn digests_of_the_longer_kind_are_checked_with_their_own_function() {
    let mut hasher = crate::Hasher::new(Algorithm::Sha512);
    hasher.update(&small());
    let expected = Expected { digest: Some(hasher.finish()), ..Expected::default() };
    let (tape, facts) = read_with(&small(), &expected, &Limits::default());
    assert_eq!((tape.kinds().len(), facts.digest.algorithm()), (0, Algorithm::Sha512));
    assert_eq!(facts.diff_id.algorithm(), Algorithm::Sha256);
}

#[test]
fn a_layer_cut_anywhere_is_never_whole() {
    let whole = gzip(&small());
    for cut in 0..whole.len() {
        let (tape, facts) = read(&whole[..cut]);
        assert_eq!((facts.end, tape.problems.is_empty()), (End::Cut, false), "cut at {cut}");
    }
    let whole = zstd(&small());
    for cut in 0..whole.len() {
        assert_eq!(read(&whole[..cut]).1.end, End::Cut, "cut at {cut}");
    }
}

#[test]
fn a_plain_archive_cut_anywhere_before_its_end_is_never_whole() {
    let whole = small();
    let expected = stated(&whole);
    for cut in 0..whole.len() {
        let (tape, facts) = read(&whole[..cut]);
        assert_eq!((facts.end, tape.problems.is_empty()), (End::Cut, false), "cut at {cut}");
        let (tape, _) = read_with(&whole[..cut], &expected, &Limits::default());
        assert!(tape.kinds().contains(&ProblemKind::SizeMismatch));
    }
}

#[test]
fn an_archive_without_end_is_whole_if_the_manifest_says_that_this_is_all() {
    let blob = Tar::default().file("a", "1").0;
    assert_eq!(read(&blob).0.kinds(), [ProblemKind::Truncated]);
    let (tape, facts) = read_with(&blob, &stated(&blob), &Limits::default());
    assert_eq!((tape.problems.as_slice(), facts.end), (&[][..], End::Whole));
}

#[test]
fn an_empty_blob_is_a_layer_only_if_it_should_be_empty() {
    assert_eq!(read(b"").1.end, End::Cut);
    let expected = Expected { size: Some(0), ..Expected::default() };
    assert_eq!(read_with(b"", &expected, &Limits::default()).1.end, End::Whole);
}

#[test]
fn a_blob_that_is_no_archive_is_given_out_as_it_is() {
    for blob in [b"{\"a\":1}".to_vec(), vec![b'x'; 5000]] {
        for stored in [blob.clone(), gzip(&blob)] {
            let (tape, facts) = read(&stored);
            assert_eq!((tape.kinds(), facts.end), (vec![ProblemKind::Corrupt], End::Cut));
            assert_eq!(tape.slack_of(SlackKind::Unparsed), [blob.as_slice()]);
        }
    }
}

#[test]
fn a_failing_source_is_unreadable_and_never_whole() {
    struct Failing<'b>(&'b [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("connection reset")),
                length => Ok(length),
            }
        }
    }
    for blob in [small(), gzip(&small())] {
        for cut in 0..=blob.len() {
            let mut tape = Tape::default();
            let facts = walk(&mut Failing(&blob[..cut]), &stated(&blob), &Limits::default(), &mut tape);
            assert_eq!(facts.end, End::Cut);
            assert!(tape.kinds().contains(&ProblemKind::Unreadable), "cut at {cut}: {tape:?}");
            assert!(tape.problems.iter().any(|problem| problem.detail.contains("connection reset")));
        }
    }
}

#[test]
fn an_interrupted_read_is_tried_again() {
    struct Interrupted<'b>(&'b [u8], bool);
    impl Read for Interrupted<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(out) }
        }
    }
    let mut tape = Tape::default();
    let facts = walk(&mut Interrupted(&small(), false), &Expected::default(), &Limits::default(), &mut tape);
    assert_eq!(facts.end, End::Whole);
}

#[test]
fn what_a_visitor_does_not_read_is_still_hashed() {
    struct Lazy;
    impl Visit for Lazy {
        fn entry(&mut self, _: &Entry, _: &mut dyn Read) {}
        fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}
        fn problem(&mut self, problem: Problem) {
            panic!("{problem}");
        }
    }
    let tar = Tar::default().file("big", vec![7; 700_000]).end();
    let blob = [gzip(&[tar, b"after the end".repeat(500)].concat()), b"trailing".repeat(500)].concat();
    let facts = walk(&mut blob.as_slice(), &stated(&blob), &Limits::default(), &mut Lazy);
    assert_eq!(facts.end, End::Whole);
}

#[test]
fn a_walk_stops_when_told() {
    struct Impatient(u64);
    impl Visit for Impatient {
        fn entry(&mut self, _: &Entry, _: &mut dyn Read) {
            self.0 += 1;
        }
        fn slack(&mut self, _: &Slack, _: &mut dyn Read) {}
        fn problem(&mut self, _: Problem) {}
        fn progress(&mut self, _: u64) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
    let tar = Tar::default().file("big", vec![7; 7_000_000]).file("more", "").end();
    let mut visit = Impatient(0);
    let facts = walk(&mut tar.as_slice(), &Expected::default(), &Limits::default(), &mut visit);
    assert_eq!((facts.end, visit.0), (End::Stopped, 0));
    assert!(facts.size < 1_000_000);
}

#[test]
fn too_many_entries_are_still_given_out_as_bytes() {
    let limits = Limits { entries: 2, ..Limits::default() };
    let (tape, facts) = read_with(&small(), &Expected::default(), &limits);
    let (first, _) = read(&small());
    assert_eq!((facts.entries, tape.kinds()[0]), (2, ProblemKind::Limit));
    let tail = Tar::default().file("b", "2").end();
    assert!(first.entries.len() == 3 && tape.slack.iter().any(|(_, bytes)| bytes.ends_with(&tail)));
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let tar = (0..50).fold(Tar::default(), |tar, _| tar.file(".wh.", ""));
    let limits = Limits { problems: 10, ..Limits::default() };
    let (tape, _) = read_with(&tar.end(), &Expected::default(), &limits);
    assert_eq!((tape.problems.len(), tape.kinds()[10]), (11, ProblemKind::Limit));
}

#[test]
fn a_plain_blob_is_one_stretch_of_content() {
    for (blob, compression) in [(b"{}".to_vec(), Compression::None), (gzip(b"{}"), Compression::Gzip)] {
        let mut tape = Tape::default();
        let facts = plain(&mut blob.as_slice(), &stated(&blob), &Limits::default(), &mut tape);
        assert_eq!((tape.slack_of(SlackKind::Content), facts.end), (vec![b"{}".as_slice()], End::Whole));
        assert_eq!(facts.compression, compression);
    }
}

#[test]
fn first_bytes_tell_what_a_blob_is() {
    assert_eq!(sniff(&small()), Content::Tar);
    assert_eq!(sniff(&Tar::default().end()), Content::Tar);
    assert_eq!(sniff(&gzip(b"")), Content::Compressed(Compression::Gzip));
    assert_eq!(sniff(&zstd(b"")), Content::Compressed(Compression::Zstd));
    assert_eq!(sniff(b" \n[1]"), Content::Json);
    assert_eq!(sniff(b""), Content::Empty);
    assert_eq!(sniff(b"MZ"), Content::Unknown);
}

/// A valid archive by the usual library.
fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, body) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(body.len() as u64);
        builder.append_data(&mut header, path, body.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let path = proptest::string::string_regex("[a-z]{1,9}(/[a-zé]{1,60}){0,4}").unwrap();
    let body = prop_oneof![prop::collection::vec(any::<u8>(), 0..1600), Just(vec![5; 70_000])];
    prop::collection::vec((path, body), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_archive_walks_to_the_same_entries_however_its_bytes_come(files in files(), slice in 1_usize..5000) {
        let tar = archive(&files);
        let (whole, facts) = read(&tar);
        let told: Vec<_> = whole.entries.iter().map(|(entry, body)| (entry.path.clone(), body.clone())).collect();
        let given: Vec<_> = files.iter().map(|(path, body)| (path.clone().into_bytes(), body.clone())).collect();
        prop_assert_eq!(told, given);
        prop_assert!(whole.slack.is_empty() && facts.end == End::Whole, "{:?}", whole);
        for blob in [tar.clone(), gzip(&tar), zstd(&tar)] {
            for slice in [1, slice] {
                let mut tape = Tape::default();
                let sliced = walk(&mut Slices(&blob, slice), &Expected::default(), &Limits::default(), &mut tape);
                prop_assert_eq!(&tape, &whole);
                prop_assert_eq!(&sliced.diff_id, &facts.diff_id);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        crate::fuzz::layer(&bytes);
        crate::fuzz::names(&bytes);
    }

    #[test]
    fn damaged_archives_lose_nothing(files in files(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut tar = archive(&files);
        let at = at.index(tar.len());
        tar[at] = to;
        crate::fuzz::layer(&tar);
        crate::fuzz::names(&tar);
        for mut packed in [gzip(&tar), zstd(&tar)] {
            let at = at % packed.len();
            packed[at] ^= to;
            crate::fuzz::layer(&packed);
        }
    }
}
