//! What is found in which spelling, in one piece and over lines.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

fn needles(values: &[&str]) -> Needles {
    Needles::new(values.iter().map(|value| (format!("n{value}"), value.as_bytes()))).unwrap()
}

fn encodings(values: &[&str], text: &[u8]) -> Vec<(usize, &'static str)> {
    let mut hits = Vec::new();
    needles(values).find(text, &mut |hit| hits.push((hit.name, hit.encoding)));
    hits
}

#[test]
fn a_value_is_found_in_every_spelling() {
    let value = "s3cr3t \"<p&ss>\"/'x'";
    for (text, encoding) in [
        (value.to_owned(), "raw"),
        (STANDARD.encode(format!("user:{value}\n")), "base64"),
        ("73336372337420223c702673733e222f277827".to_owned(), "hex"),
        ("s3cr3t%20%22%3Cp%26ss%3E%22%2F%27x%27".to_owned(), "url"),
        ("s3cr3t%20%22%3cp%26ss%3e%22%2f%27x%27".to_owned(), "url"),
        ("s3cr3t+%22%3Cp%26ss%3E%22%2F%27x%27".to_owned(), "url"),
        ("s3cr3t \\\"<p&ss>\\\"/'x'".to_owned(), "json"),
        ("s3cr3t \\\"\\u003cp\\u0026ss\\u003e\\\"/'x'".to_owned(), "json"),
        ("s3cr3t \"<p&ss>\"/'\\''x'\\''".to_owned(), "shell"),
        ("$'s3cr3t \"<p&ss>\"/\\'x\\''".to_owned(), "shell"),
        ("s3cr3t%2520%2522%253Cp%2526ss%253E%2522%252F%2527x%2527".to_owned(), "url"),
        ("73 33 63 72 33 74 20 22 3c 70 26 73 73 3e 22 2f 27 78 27".to_owned(), "hex"),
        (r"\x73\x33\x63\x72\x33\x74\x20\x22\x3c\x70\x26\x73\x73\x3e\x22\x2f\x27\x78\x27".to_owned(), "hex"),
        ("s3cr3t &quot;&lt;p&amp;ss&gt;&quot;/'x'".to_owned(), "html"),
        ("s3cr3t \"<p&ss>\"/''x''".to_owned(), "doubled"),
        ("s3cr3t \"\"<p&ss>\"\"/'x'".to_owned(), "doubled"),
        (value.chars().map(|c| format!("{c} ")).collect(), "spaced"),
        (value.chars().rev().collect(), "reversed"),
    ] {
        assert_eq!(encodings(&[value], format!("a={text}.").as_bytes()), [(0, encoding)], "{text}");
    }
    assert_eq!(encodings(&["ki:es=el#1!ä"], br"k=ki\:es\=el\#1\!\u00E4"), [(0, "properties")]);
    assert_eq!(encodings(&["correct-horse.staple"], br"\fBcorrect\-horse.staple\fR"), [(0, "pattern")]);
    assert_eq!(encodings(&["correct-horse.staple"], br"^correct\-horse\.staple$"), [(0, "pattern")]);
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(encodings(&[value], &wide), [(0, "utf-16le")]);
}

#[test]
fn the_longest_value_wins() {
    assert_eq!(encodings(&["hunter", "hunter22"], b"x hunter22 hunter"), [(1, "raw"), (0, "raw")]);
    assert_eq!(encodings(&["hunter2", "hunter2"], b"hunter2"), [(0, "raw")]);
}

#[test]
fn a_tiny_value_must_stand_alone() {
    assert_eq!(encodings(&["abc"], b"xabc abcd abc,"), [(0, "raw")]);
    assert_eq!(encodings(&["abc", "pabc p"], b"abc pabc p abc").len(), 3);
}

#[test]
fn a_short_value_is_found_in_base64_of_it_alone() {
    for text in ["x7$k", "x7$k\n", "x7$kq"] {
        let text = format!("a: {}.", STANDARD.encode(text));
        let found = !encodings(&["x7$k"], text.as_bytes()).is_empty();
        assert_eq!(found, !text.contains("eDcka3E"), "{text}");
    }
}

#[test]
fn a_long_value_is_found_by_its_middle_and_masked_whole() {
    let value = String::from_utf8(crate::Sampler::new(3).expand("{base62:2000}").unwrap()).unwrap();
    let needles = needles(&[&value]);
    assert_eq!(needles.mask(&format!("key={value};")), format!("key={MASK};"));
    let mut hits = Vec::new();
    needles.find(format!("key={value};").as_bytes(), &mut |hit| hits.push(hit.span));
    assert_eq!((hits.len(), hits.first()), (1, Some(&(4..2004))));
}

#[test]
fn the_last_bits_of_a_value_in_base64_are_masked_too() {
    for length in 94..=124 {
        let value: Vec<u8> = crate::Sampler::new(length).expand(&format!("{{base62:{length}}}")).unwrap();
        let needles = Needles::new(std::iter::once((String::new(), value.as_slice()))).unwrap();
        let body = wrapped(STANDARD.encode(&value).as_bytes(), 64, "\n");
        let body = String::from_utf8(body).unwrap();
        let text = format!("-----BEGIN X-----\n{body}\n-----END X-----\n");
        assert_eq!(needles.mask(&text), format!("-----BEGIN X-----\n{MASK}\n-----END X-----\n"), "{length}");
    }
    assert_eq!(needles(&["hunter22"]).mask("hunter22=="), format!("{MASK}=="));
}

#[test]
fn a_mask_hides_every_spelling() {
    let needles = needles(&["hunter22"]);
    assert_eq!(needles.mask("a hunter22 b 68756e7465723232"), format!("a {MASK} b {MASK}"));
    assert_eq!(format!("{needles:?}"), "Needles(1 values)");
}

proptest! {
    #[test]
    fn base64_finds_a_value_at_any_alignment(
        value in "[ -~]{4,40}", before in prop::collection::vec(any::<u8>(), 0..7), after in prop::collection::vec(any::<u8>(), 0..7),
    ) {
        let bytes = [&before[..], value.as_bytes(), &after[..]].concat();
        // A value of four bytes may lie across five characters of which none but three are its own.
        prop_assume!(value.len() >= 6);
        for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            prop_assert!(!encodings(&[&value], text.as_bytes()).is_empty(), "{}", text);
        }
    }

    #[test]
    fn a_mask_leaves_no_value(value in "[a-zA-Z0-9\"\\\\<>&' /+]{4,20}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
        let masked = needles(&[&value]).mask(&format!("{before}{value}{after}"));
        prop_assert!(!masked.contains(&value));
    }
}

#[test]
fn no_part_of_a_value_is_left_beside_another() {
    let long = format!("start{}", (0..600).map(|n| format!("{n:x}-")).collect::<String>());
    let text = format!("a {long} b");
    assert_eq!(needles(&[&long, "start", "100-101-102-103-104-"]).mask(&text), format!("a {MASK} b"));
    assert_eq!(needles(&["abcdef", "defghi", "ghijkl"]).mask("1 abcdefghijkl 2"), format!("1 {MASK} 2"));
}

/// A text of lines of so many bytes, with something between them.
fn wrapped(text: &[u8], width: usize, between: &str) -> Vec<u8> {
    text.chunks(width).collect::<Vec<_>>().join(between.as_bytes())
}

const BETWEEN: [&str; 12] = [
    "\n",
    "\r\n",
    "\n    ",
    "\n# ",
    "\n> ",
    "\\n",
    "\\r\\n",
    "\\\\n",
    "\\n\" +\n      \"",
    "\\\n  ",
    " \\\r\n\t",
    "\n#12 0.345 2026-11-28T10:50:26.123456789Z INFO [main] ",
];

#[test]
fn every_spelling_is_found_over_lines() {
    let value = crate::Sampler::new(9).expand("{base62:30}\"&$ /{base62:40}").unwrap();
    let needles = Needles::new([("a".to_owned(), value.as_slice())].into_iter()).unwrap();
    let forms = crate::spelling::spellings(&value);
    assert!(forms.len() > 20);
    for crate::spelling::Spelling { bytes, encoding, .. } in &forms {
        // Blanks before a break look like those between characters.
        let told = |between: &&str| *encoding != "spaced" || !between.starts_with(' ');
        for (width, between) in
            [16, 19, 33, 64].into_iter().flat_map(|w| BETWEEN.into_iter().filter(told).map(move |b| (w, b)))
        {
            let text = [b"key: '", &wrapped(bytes, width, between)[..], b"' end\nof text"].concat();
            let mut hits = Vec::new();
            needles.find(&text, &mut |hit| hits.push(hit));
            let [Hit { span, piece: Piece::Wrapped, .. }] = hits.as_slice() else {
                panic!("{encoding}, {width}, {between:?}: {hits:?}");
            };
            // A last byte or two may stand behind the value as well.
            assert!(
                span.start == 6 && span.end >= text.len() - 13,
                "{encoding}, {width}, {between:?}: {span:?}"
            );
        }
    }
}

#[test]
fn lines_of_a_value_may_be_indented_or_have_a_prefix() {
    let lines = crate::Sampler::new(4).expand("{b64:64}\n{b64:64}\n{b64:64}\n{b64:20}").unwrap();
    let value = [b"-----BEGIN X-----\n", &lines[..], b"\n-----END X-----"].concat();
    let text = String::from_utf8(value.clone()).unwrap();
    let needles = Needles::new([("a".to_owned(), value.as_slice())].into_iter()).unwrap();
    for between in BETWEEN {
        let text = format!("k: {} .", text.replace('\n', between));
        assert_eq!(needles.mask(&text), format!("k: {MASK} ."), "{between:?}");
    }
    for between in BETWEEN {
        let mut other = value.clone();
        other[150] = b'!';
        let other = String::from_utf8(other).unwrap().replace('\n', between);
        assert!(encodings(&[&text], other.as_bytes()).is_empty(), "{between:?}");
    }
    // A key that is too long to be kept as a whole.
    let value = crate::Sampler::new(4).expand(&"{b64:64}\n".repeat(40)).unwrap();
    let text = String::from_utf8(value.trim_ascii().to_vec()).unwrap();
    let needles = Needles::new([("a".to_owned(), text.as_bytes())].into_iter()).unwrap();
    assert_eq!(needles.mask(&format!("  {}", text.replace('\n', "\n      "))), format!("  {MASK}"));
}

proptest! {
    #[test]
    fn a_value_over_lines_is_found_wherever_they_break(
        value in "[a-zA-Z0-9+/=_ .,-]{16,90}", first in 1_usize..16, width in 16_usize..80, between in 0..BETWEEN.len(),
    ) {
        prop_assume!(!value.contains("  ") && value.trim() == value);
        let (head, rest) = value.split_at(first.min(value.len()));
        let text = [head.as_bytes(), &wrapped(rest.as_bytes(), width, "\n| ")[..]].join(BETWEEN[between].as_bytes());
        prop_assert!(!encodings(&[&value], &text).is_empty(), "{:?}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn what_stands_before_a_text_changes_nothing_in_it(
        text in "(hunter2|-|_secret|\\n| |\r\n|h|u){0,20}",
        before in "[.]{1,7}",
    ) {
        let needles = needles(&["hunter2-hunter2_secret", "hunter2-"]);
        let hits = |text: &str, from: usize| {
            let mut hits = Vec::new();
            needles.find(text.as_bytes(), &mut |hit| hits.push((hit.name, hit.span.start - from, hit.span.end - from)));
            hits
        };
        prop_assert_eq!(hits(&text, 0), hits(&format!("{before}{text}"), before.len()));
    }

    #[test]
    fn no_text_is_too_strange(
        value in "[a-c\\n\n]{8,60}", text in "[a-c\\\\n\n\r \"]{0,300}",
    ) {
        let needles = needles(&[&value]);
        needles.find(text.as_bytes(), &mut |hit| assert!(hit.span.end <= text.len() && hit.span.start < hit.span.end));
        let _ = needles.mask(&text);
    }
}

#[test]
fn hexadecimal_with_marks_of_a_short_value_or_of_bytes_is_a_form() {
    for value in [&b"hunter22"[..], b"x7$k", b"\x00\xc5\x9f\x01\xfe\x80\x81\x82\x83\x84\x85\x86\x87"] {
        let needles = Needles::new(std::iter::once(("a".to_owned(), value))).unwrap();
        for mark in [":", "-"] {
            let digits = value.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(mark);
            for digits in [digits.to_uppercase(), digits] {
                assert_eq!(needles.mask(&format!("a {digits}.")), format!("a {MASK}."));
            }
        }
    }
}

#[test]
fn a_value_in_strings_of_strings_is_found() {
    let needles = needles(&["hunter\"22\\orchid"]);
    let mut text = "hunter\"22\\orchid".to_owned();
    for _ in 0..3 {
        text = text.replace('\\', "\\\\").replace('"', "\\\"");
        assert!(needles.finds_in(text.as_bytes()), "{text}");
    }
}

#[test]
fn foreign_letters_are_escaped_in_either_case_with_other_escapes() {
    let found = |value: &str, text: &str| !encodings(&[value], text.as_bytes()).is_empty();
    for text in [r#"h\u00E9\"unter22"#, r#"h\u00e9\"unter22"#, r"h\u00E9\u0022unter22"] {
        assert!(found("h\u{e9}\"unter22", text), "{text}");
    }
    for text in [r"h\u00E9\vunter22/x", r"h\u00e9\vunter22/x", r"h\u00E9\u000Bunter22\/x"] {
        assert!(found("h\u{e9}\u{b}unter22/x", text), "{text}");
    }
    assert!(found("ki:esel\u{e9}", r"ki\:esel\u00e9"));
}

#[test]
fn a_value_in_strings_that_are_joined_is_found_from_its_first_to_its_last_byte() {
    let value = "hunter22-orchid-canal-94";
    for joint in ["\" \"", "\" + \"", "' + '", "' . '", "\" .. \"", "\\\" + \\\"", "'+'", "\" & \"", "' || '"]
    {
        for parts in [&["hunter22-or", "chid-canal-94"][..], &["hun", "ter22-orchid-canal", "-94"]] {
            let text = format!("x = \"{}\"; y", parts.join(joint));
            assert_eq!(needles(&[value]).mask(&text), format!("x = \"{MASK}\"; y"), "{text}");
        }
    }
    for text in ["'hunter22-orchid' '-canal-94'", "\"hunter22-orchid\", \"-canal-94\""] {
        assert!(encodings(&[value], text.as_bytes()).is_empty(), "{text}");
    }
}
