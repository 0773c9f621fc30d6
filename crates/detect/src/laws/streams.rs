//! Laws about streams: however the bytes come, the matches are the same.

use std::io::{self, Read};

use proptest::prelude::*;

use super::{Kept, expand, sample_scanner, scan};
use crate::{Hint, ScannerOptions};

#[test]
fn a_long_stream_that_is_judged_as_a_whole_leaves_a_gap() {
    let scanner = sample_scanner(ScannerOptions { window: 100, overlap: 20 });
    for (length, gaps) in [(100, 0), (101, 1)] {
        let mut kept = Kept::default();
        let bytes = vec![b'.'; length];
        scanner.stream(Hint::File(b"a/secret"), &mut &bytes[..], &mut kept).unwrap();
        assert_eq!(kept.hits.len(), 1);
        assert_eq!(kept.gaps.len(), gaps, "{length}");
    }
}

#[test]
fn what_came_before_an_error_is_scanned() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable cut"))
        }
    }
    let text = expand("skey_live_{base62:19}2 ", 1);
    let scanner = sample_scanner(ScannerOptions { window: 1000, overlap: 20 });
    let mut kept = Kept::default();
    let error = scanner.stream(Hint::Text, &mut text.chain(Broken), &mut kept).unwrap_err();
    assert_eq!(error.to_string(), "cable cut");
    assert_eq!(kept.hits.len(), 1);
}

/// Gives bytes in slices of the sizes listed, again and again.
struct Slices<'b> {
    bytes: &'b [u8],
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Slices<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(buffer.len());
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.bytes.read(&mut buffer[..size])
    }
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let templates = prop::sample::select(vec![
        "skey_live_{base62:20}",
        "key=skey_test_{base62:19}2",
        "sclosed-{B36:8-12}{pad}",
        "samplecorp={hex:32}",
        "{base62:6}.innerv1.{b64u:10-14}",
        "samplepass = {base62:8}",
        "key={base62:8-60}",
        "skey_live_",
        "key=",
        "\\n",
        " ",
        "\n",
        "x",
        "{[ ]:60}",
        "{b64u:40}",
    ]);
    let piece = (templates, any::<u64>()).prop_map(|(template, seed)| expand(template, seed));
    prop::collection::vec(piece, 1..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn chunks_do_not_matter(
        bytes in pieces(), sizes in prop::collection::vec(1_usize..900, 1..5), window in 1100_usize..3000,
    ) {
        let whole = scan(&sample_scanner(ScannerOptions::default()), Hint::Text, &bytes);
        let scanner = sample_scanner(ScannerOptions { window, overlap: 1000 });
        let mut kept = Kept::default();
        let counted = scanner.stream(Hint::Text, &mut Slices { bytes: &bytes, sizes, turn: 0 }, &mut kept).unwrap();
        prop_assert_eq!(counted.bytes, bytes.len() as u64);
        prop_assert_eq!(kept, whole);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "[ -~\\n]{0,300}") {
        let scanner = sample_scanner(ScannerOptions { window: 64, overlap: 32 });
        for bytes in [&bytes[..], text.as_bytes()] {
            let mut kept = Kept::default();
            scanner.stream(Hint::File(b"secret"), &mut &bytes[..], &mut kept).unwrap();
        }
    }
}
