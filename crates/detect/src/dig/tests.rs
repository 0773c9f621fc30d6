//! Encodings in files of any length.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use crate::decode::Budget;
use crate::{Hint, Match, RuleSet, Scanner, ScannerOptions, Sink, Skipped};

/// Rule, place, line and encodings of every match, and every gap.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    hits: Vec<(&'static str, u64, u64, u64, Vec<&'static str>)>,
    gaps: Vec<String>,
}

impl Sink for Seen {
    fn hit(&mut self, found: &Match<'_>) {
        let (start, end) = (found.span.start, found.span.end);
        self.hits.push((found.rule.id, start, end, found.line, found.decoded_from.clone()));
    }

    fn gap(&mut self, gap: Skipped) {
        self.gaps.push(gap.what);
    }
}

fn seen(window: usize, bytes: &[u8]) -> Seen {
    let options = ScannerOptions { window, overlap: window / 4 };
    let scanner = Scanner::new(&RuleSet::builtin().unwrap(), options).unwrap();
    let mut seen = Seen::default();
    let source = (Hint::File(b"app/notes.txt"), &mut &bytes[..] as &mut dyn std::io::Read);
    scanner.deep_stream(source, &Budget::default(), &mut seen).unwrap();
    seen.hits.sort();
    seen
}

#[test]
fn a_password_with_percent_signs_is_told_once() {
    let text = "DB=postgres://app:Gr%C3%BCn%40Haus%238332@db:5432/app\n";
    let told: Vec<_> = seen(1 << 16, text.as_bytes()).hits.into_iter().map(|hit| (hit.0, hit.1)).collect();
    assert_eq!(told, [("url-password", 18)]);
    let nested = "x=https://proxy/?to=https%3A%2F%2Fbob%3AGarten77kz%40box.acme.dev%2Fa\n";
    let told: Vec<_> = seen(1 << 16, nested.as_bytes()).hits.into_iter().map(|hit| hit.0).collect();
    assert_eq!(told, ["url-password"]);
}

/// An archive of stored entries, without its directory.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let entry = |(name, text): &(&str, &[u8])| {
        let sizes = [number(text.len()), number(text.len())].concat();
        let crc = crc32fast::hash(text).to_le_bytes();
        let front = [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0"[..], &crc, &sizes, &number(name.len())].concat();
        [&front[..], name.as_bytes(), text].concat()
    };
    entries.iter().flat_map(entry).collect()
}

#[test]
fn the_parts_of_a_workbook_know_each_other_and_no_other_workbook() {
    let strings =
        "<sst><si><t>user</t></si><si><t>password</t></si><si><t>bob</t></si><si><t>p4kdwmz97</t></si></sst>";
    let cell = |number: u8| format!("<c t=\"s\"><v>{number}</v></c>");
    let row = |from: u8| format!("<row>{}{}</row>", cell(from), cell(from + 1));
    let sheet = format!("<worksheet>{}{}</worksheet>", row(0), row(2));
    let sheet = ("xl/worksheets/sheet1.xml", sheet.as_bytes());
    let strings = ("xl/sharedStrings.xml", strings.as_bytes());
    let found = |bytes: &[u8]| -> Vec<_> {
        seen(1 << 16, bytes).hits.into_iter().map(|hit| (hit.0, hit.3)).collect()
    };
    assert_eq!(found(&stored(&[sheet, strings])), [("secret-in-table", 2)]);
    assert_eq!(found(&stored(&[strings, sheet])), [("secret-in-table", 2)]);
    let outer = [("a.xlsx", &stored(&[strings])[..]), ("b.xlsx", &stored(&[sheet]))];
    assert_eq!(found(&stored(&outer)), []);
}

#[test]
fn a_match_knows_the_stretch_that_holds_it() {
    #[derive(Default)]
    struct Stretches(Vec<Option<(std::ops::Range<u64>, Vec<u8>)>>);

    impl Sink for Stretches {
        fn hit(&mut self, found: &Match<'_>) {
            let stretch =
                found.encoded.as_ref().map(|encoded| (encoded.span.clone(), encoded.bytes.expose().to_vec()));
            self.0.push(stretch);
        }

        fn gap(&mut self, _: Skipped) {}
    }

    let token = token(8);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &token).unwrap();
    let twice = BASE64_STANDARD.encode(BASE64_STANDARD.encode(&token));
    let packed = BASE64_STANDARD.encode(packed.finish().unwrap());
    let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
    for (text, stretch) in [
        (token.clone(), None),
        (twice.clone().into_bytes(), Some(twice)),
        (packed.clone().into_bytes(), Some(packed)),
    ] {
        let text = [b"see ", text.as_slice(), b" there"].concat();
        let mut seen = Stretches::default();
        scanner.deep((Hint::Text, &text), &Budget::default(), &mut seen);
        assert_eq!(seen.0.len(), 1);
        let expected = stretch.map(|stretch| (4..4 + stretch.len() as u64, stretch.into_bytes()));
        assert_eq!(seen.0[0], expected);
    }
}

fn token(seed: u64) -> Vec<u8> {
    RuleSet::builtin().unwrap().sample("github-pat", seed).unwrap()
}

fn encoded(token: &[u8], way: u8) -> String {
    let line = format!("token = {}", String::from_utf8_lossy(token));
    match way {
        0 => BASE64_STANDARD.encode(line),
        1 => line.bytes().map(|byte| format!("{byte:02x}")).collect(),
        2 => line.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        _ => format!("\"{}\"", line.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn what_is_encoded_in_a_long_file_is_found_where_it_is_found_in_a_short_one(
        gaps in prop::collection::vec((0_usize..6_000, 0_u8..4, any::<u64>()), 1..6),
    ) {
        let mut text = Vec::new();
        for (gap, way, seed) in gaps {
            text.extend(b"some words.\n".iter().cycle().take(gap));
            text.push(b'\n');
            text.extend(encoded(&token(seed), way).as_bytes());
            text.extend(b"\n");
        }
        let whole = seen(1 << 20, &text);
        prop_assert!(!whole.hits.is_empty());
        prop_assert_eq!(seen(4 << 10, &text), whole);
    }
}

#[test]
fn first_bytes_of_a_container_in_a_source_are_no_damaged_one() {
    let list = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte}, ")).collect::<String>();
    let mut whole = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let text: Vec<u8> = (0..2_000_u32).map(|n| b'a' + (n * n / 7 % 23) as u8).collect();
    std::io::Write::write_all(&mut whole, &text).unwrap();
    let whole = whole.finish().unwrap();
    let gaps = |bytes: &[u8]| seen(1 << 20, format!("let file = [{}];\n", list(bytes)).as_bytes()).gaps.len();
    assert_eq!(gaps(&[31, 139, 8, 0, 0, 0, 0, 0, 2, 3]), 0);
    assert_eq!(gaps(&whole[..31]), 0);
    let magic = r#"magic = "\x89LZO\x00\r\n\x1a\n\x00""#;
    assert_eq!(seen(1 << 20, magic.as_bytes()).gaps.len(), 0);
    assert_eq!((gaps(&whole[..300]), gaps(&whole[..1_000]), gaps(&whole)), (1, 1, 0));
}

#[test]
fn the_cut_end_of_a_long_encoded_stretch_is_a_gap() {
    let text = BASE64_STANDARD.encode("some words in a row, ".repeat(400));
    assert_eq!(seen(4 << 10, text.as_bytes()).gaps, ["the end of a long stretch of base64"]);
    assert_eq!(seen(1 << 20, text.as_bytes()).gaps, [""; 0]);
}
