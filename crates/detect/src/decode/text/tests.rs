//! Encodings in text: what is undone, what is left alone.

mod growth;

use ::base64::Engine;
use ::base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::runs::Alphabet;
use super::*;

/// Every stretch of an encoding in a text, with what it says.
pub(super) fn found(decoder: &TextDecoder, text: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    undo(text, &mut |name, span, decoded| {
        if name != decoder.name {
            return;
        }
        let place = String::from_utf8_lossy(text.get(span).expect("a place in the text")).into_owned();
        all.push((place, String::from_utf8_lossy(&decoded).into_owned()));
    });
    all
}

fn says(decoder: &TextDecoder, encoded: &str, plain: &str) {
    for text in [encoded.to_owned(), format!("key: '{encoded}'\n"), format!("{{\"key\":\"{encoded}\"}}")] {
        assert_eq!(found(decoder, text.as_bytes()), [(encoded.to_owned(), plain.to_owned())], "{text}");
    }
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn strings_in_utf_16_are_found_wherever_they_begin() {
    let plain = "a string=of.a.program.1";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        for lead in 0..40 {
            for before in [0xff_u8, 0] {
                let text = [&vec![before; lead][..], &wide(plain, bytes), &[0, 0, 1, 0xff]].concat();
                let said: Vec<String> =
                    found(&utf16::DECODER, &text).into_iter().map(|(_, said)| said).collect();
                assert_eq!(said, [plain], "{lead}");
            }
        }
    }
}

#[test]
fn short_strings_and_numbers_are_no_strings_in_utf_16() {
    for text in
        [wide("no token", u16::to_le_bytes), (0..400_u16).flat_map(u16::to_le_bytes).collect(), vec![0; 99]]
    {
        let said = found(&utf16::DECODER, &text);
        assert!(said.iter().all(|(_, said)| said.len() > 90), "{said:?}");
    }
    assert!(
        found(&utf16::DECODER, &wide("Coordinated Universal Time, 24 hours", u16::to_le_bytes)).is_empty()
    );
    assert!(found(&utf16::DECODER, "plain text, which is long enough".as_bytes()).is_empty());
}

#[test]
fn a_long_string_in_utf_16_is_told_in_pieces() {
    let said = found(&utf16::DECODER, &wide(&"0123456789".repeat(1000), u16::to_le_bytes));
    assert!(said.len() > 1 && said.iter().all(|(_, said)| said.len() <= 4 << 10));
    assert!(said.iter().map(|(_, said)| said.len()).sum::<usize>() > 9_900);
}

#[test]
fn a_word_goes_on_behind_a_backslash() {
    let word = "token=abcdefgh\\\nijklmnop\\\r\nqrst";
    for text in [format!("  {word} -v\n"), format!("\"{word}\""), word.to_owned()] {
        assert_eq!(
            found(&continued::DECODER, text.as_bytes()),
            [(word.to_owned(), "token=abcdefghijklmnopqrst".to_owned())]
        );
    }
    for text in [
        "a/long/command \\\n  --with-an-option",
        "abcdefghijklmnop\\\n  qrst",
        "abcdefghijklmnopqrst\\\nx",
        "abcd\\\nefgh",
        "abcdefghijklmnopqrst\\n",
    ] {
        assert!(found(&continued::DECODER, text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn base64_of_both_alphabets_says_what_it_holds() {
    let plain = "password = caf\u{e9} \u{1f511}?>~ and more";
    says(&base64::DECODER, &BASE64_STANDARD.encode(plain), plain);
    says(&base64::DECODER, &BASE64_URL_SAFE_NO_PAD.encode(plain), plain);
    says(&base64::DECODER, &BASE64_STANDARD.encode("user:pass-word"), "user:pass-word");
}

#[test]
fn wrapped_base64_is_one_stretch() {
    let plain = "a line of configuration, and another one\n".repeat(7);
    let one = BASE64_STANDARD.encode(&plain);
    for end in ["\n", "\r\n", "\n    ", "\\n", "\n#9 0.412 ", "\n2026-01-02T03:04:05.678Z   ", "\nweb-1  | "]
    {
        let lines: Vec<String> =
            one.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let text = format!("begin:\n{}{end}end", lines.join(end));
        assert_eq!(found(&base64::DECODER, text.as_bytes()), [(lines.join(end), plain.clone())]);
    }
}

#[test]
fn what_stands_in_the_line_below_is_left_out_where_nothing_can_be_read_with_it() {
    let plain = "{\"auths\":{\"r.example\":{\"username\":\"a\",\"password\":\"b\"}}}..";
    let one = BASE64_STANDARD.encode(plain);
    assert!(one.len().is_multiple_of(4) && !one.ends_with('='));
    for below in ["\n---\n", "\nkind-of_thing\n", "\n_\n"] {
        let text = format!("a: {one}{below}");
        assert_eq!(found(&base64::DECODER, text.as_bytes()), [(one.clone(), plain.to_owned())], "{below:?}");
    }
}

#[test]
fn containers_in_base64_are_told() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, b"some words").unwrap();
    assert_eq!(found(&base64::DECODER, BASE64_STANDARD.encode(packed.finish().unwrap()).as_bytes()).len(), 1);
    let wide: Vec<u8> = "Write-Host hello".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found(&base64::DECODER, BASE64_STANDARD.encode(wide).as_bytes()).len(), 1);
}

/// Bytes that read like nothing.
pub(super) fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).unwrap()
    };
    (0..count).map(|_| next()).collect()
}

/// Whether a decoder gives exactly these bytes, and where.
pub(super) fn gives(decoder: &TextDecoder, text: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    undo(text.as_bytes(), &mut |name, span, said| {
        if name == decoder.name {
            all.push((text[span].to_owned(), said));
        }
    });
    all
}

#[test]
fn words_among_other_bytes_are_told_with_them() {
    let word = b"a-word-of-some-length-that-may-be-a-token";
    for before in [&b"\x00\x00\x00("[..], b"\x80\x04\x95\x9c\0", b"k8s\0\n\x0c\n\x02v1", b"abc\x01"] {
        for behind in [&b"\0"[..], b"\x1a\x00\"\0", &noise(3, 300)] {
            let bytes = [before, word, behind].concat();
            let one = BASE64_STANDARD.encode(&bytes);
            assert_eq!(gives(&base64::DECODER, &format!("a: \"{one}\"")), [(one, bytes.clone())]);
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(gives(&hex::DECODER, &format!("x'{digits}'")), [(digits, bytes.clone())]);
            let escapes: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            assert_eq!(gives(&escapes::DECODER, &format!("a = \"{escapes}\"")), [(escapes, bytes)]);
        }
    }
}

#[test]
fn text_of_another_character_set_is_text() {
    let bytes = b"Schl\xfcssel f\xfcr den Bau: otter\r\nGru\xdf, der Wart";
    let lines = BASE64_STANDARD.encode([&bytes[..]; 3].concat());
    let lines: Vec<&str> =
        lines.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let one = lines.join("\r\n");
    assert_eq!(gives(&base64::DECODER, &format!("a\r\n\r\n{one}\r\n")), [(one, bytes.repeat(3))]);
}

#[test]
fn noise_says_nothing() {
    let mut told = 0;
    for seed in 0..400 {
        let bytes = noise(seed, 64);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let escapes: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let text = format!("sha512-{} {digits} \"{escapes}\"", BASE64_STANDARD.encode(&bytes));
        undo(text.as_bytes(), &mut |_, _, _| told += 1);
    }
    assert!(told <= 3, "{told}");
}

#[test]
fn lines_that_something_divides_are_one() {
    let plain = "user = otter\npassword of the house = a pebble\n".repeat(6);
    let one = BASE64_STANDARD.encode(&plain);
    let lines: Vec<&str> = one.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for (before, between, behind) in [
        ("x = (\"", "\"\n    \"", "\")"),
        ("String x = \"", "\" +\n        \"", "\";"),
        ("$x = '", "'\n  . '", "';"),
        ("[\n  \"", "\",\r\n  \"", "\"\n]"),
        ("# ", "\n# ", "\n"),
        (" * ", "\n * ", "\n */"),
        ("> ", "\n> ", "\n> \n"),
        ("echo ", " >> x\necho ", " >> x\nbase64 -d x\n"),
    ] {
        let joined = lines.join(between);
        let text = format!("begin:\n{before}{joined}{behind}");
        assert_eq!(found(&base64::DECODER, text.as_bytes()), [(joined, plain.clone())], "{between:?}");
    }
}

#[test]
fn values_in_a_list_are_no_lines_of_one() {
    let value = |n: u32| BASE64_STANDARD.encode(format!("user-{n:02}:a pebble and an otter, {n:05}"));
    let values: Vec<String> = (0..9).map(value).collect();
    assert!(values[0].len() >= 40 && !values[0].ends_with('='));
    let text = format!("[\n  \"{}\"\n]\n", values.join("\",\n  \""));
    let places: Vec<String> =
        found(&base64::DECODER, text.as_bytes()).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, values);
}

#[test]
fn a_compressed_string_is_told_to_its_quote() {
    let plain: String = (0..9_000_u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, plain.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let written = |each: &dyn Fn(u8) -> String| packed.iter().map(|byte| each(*byte)).collect::<String>();
    let python = |byte: u8| match byte {
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    let go = |byte: u8| match byte {
        7 => "\\a".to_owned(),
        8 => "\\b".to_owned(),
        11 => "\\v".to_owned(),
        12 => "\\f".to_owned(),
        byte => python(byte),
    };
    let forms: [&dyn Fn(u8) -> String; 5] = [
        &|byte| format!("\\x{byte:02x}"),
        &|byte| format!("\\{byte:03o}"),
        &|byte| format!("\\u{byte:04x}"),
        &python,
        &go,
    ];
    for each in forms {
        let string = written(each);
        let text = format!("x := \"{string}\"\ny := \"\\x20z\"\n");
        let all = gives(&escapes::DECODER, &text);
        assert_eq!(all.first(), Some(&(string, packed.clone())));
    }
}

#[test]
fn digits_escapes_and_percents_say_what_they_hold() {
    says(&hex::DECODER, "70617373776f7264203d206120736563726574", "password = a secret");
    says(&percent::DECODER, "postgres://app:p%40ss%2Fword@db/x", "postgres://app:p@ss/word@db/x");
    says(&escapes::DECODER, r"token\u002eabc\x2ddef\055ghi", "token.abc-def-ghi");
    let escaped = r#""cmd \u003d\u003cDB_PASSWORD\u003dkiesel\u0027s""#;
    says(&escapes::DECODER, escaped, "\"cmd =<DB_PASSWORD=kiesel's\"");
    says(&escapes::DECODER, r"-----BEGIN-----\nline\/two\n", "-----BEGIN-----\nline/two\n");
    says(&escapes::DECODER, r"key \ud83d\udd11 \u{1f511} of it", "key \u{1f511} \u{1f511} of it");
    says(&escapes::DECODER, r"caf\xc3\xa9 and more", "caf\u{e9} and more");
    says(&escapes::DECODER, r"pa\$\$word\!and\&more", "pa$$word!and&more");
    says(&escapes::DECODER, r"the key sk\-live\-4f2a", "the key sk-live-4f2a");
}

#[test]
fn lists_of_numbers_say_what_they_hold() {
    let plain = "hunter22-\u{e9}x";
    let list = |between: &str, number: &dyn Fn(u8) -> String| {
        plain.bytes().map(number).collect::<Vec<_>>().join(between)
    };
    for between in [" ", ",", ", ", ",\n    ", " ,\t"] {
        says(&numbers::DECODER, &list(between, &|byte| format!("{byte}")), plain);
        says(&numbers::DECODER, &list(between, &|byte| format!("0x{byte:02x}")), plain);
        says(&numbers::DECODER, &list(between, &|byte| format!("0X{byte:02X}")), plain);
    }
    let inside = format!(
        "var pin = 12; k = String.fromCharCode({}), 0xffff, 7 8 9",
        list(",", &|byte| format!("{byte}"))
    );
    assert_eq!(found(&numbers::DECODER, inside.as_bytes()).len(), 1);
}

#[test]
fn lists_of_numbers_may_be_signed_coloured_or_a_key() {
    let list = |bytes: &[u8], number: &dyn Fn(u8) -> String| {
        bytes.iter().map(|byte| number(*byte)).collect::<Vec<_>>().join(", ")
    };
    let signed = |byte: u8| format!("{}", byte.cast_signed());
    let packed = [b"\x1f\x8b\x08\0".to_vec(), noise(3, 60)].concat();
    assert_eq!(gives(&numbers::DECODER, &list(&packed, &signed)).first().unwrap().1, packed);
    let key = crate::key::judge::tests::rsa_key(2048);
    for number in
        [&signed as &dyn Fn(u8) -> String, &|byte| format!("{byte}"), &|byte| format!("0x{byte:02x}")]
    {
        assert_eq!(gives(&numbers::DECODER, &list(&key, number)).first().unwrap().1, key);
    }
    let public = [&key[..4], &[0x30, 0x0d, 6], &key[7..]].concat();
    assert!(gives(&numbers::DECODER, &list(&public, &signed)).is_empty());
    let coloured = "\u{1b}[33mpassword=otter\u{1b}[0m";
    says(&numbers::DECODER, &list(coloured.as_bytes(), &|byte| format!("{byte}")), coloured);
}

#[test]
fn letters_may_be_references_to_characters() {
    let packed =
        [b"\x1f\x8b\x08\0\0\0\0\0\0\x02\x03\0".to_vec(), vec![0xfb, 0xef, 0xbe, 0xff], noise(7, 40)].concat();
    let encoded = BASE64_STANDARD.encode(&packed);
    for (plus, slash) in [("&#x2B;", "/"), ("&#43;", "&#47;")] {
        let text = encoded.trim_end_matches('=').replace('+', plus).replace('/', slash);
        assert_eq!(gives(&base64::DECODER, &format!("{{\"a\":\"{text}\"}}")), [(text, packed.clone())]);
    }
}

#[test]
fn dumps_say_what_was_dumped() {
    let plain = "user=admin\npassword=hunter22hunter\nhost=db.acme\n\n";
    let looks = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace('\n', ".");
    let pairs = |bytes: &[u8], between: &str| {
        bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(between)
    };
    let words = |bytes: &[u8], swapped: bool| {
        let word = |pair: &[u8]| match swapped {
            true => pair.iter().rev().map(|b| format!("{b:02x}")).collect::<String>(),
            false => pair.iter().map(|b| format!("{b:02x}")).collect::<String>(),
        };
        bytes.chunks(2).map(word).collect::<Vec<_>>().join(" ")
    };
    type Form<'f> = &'f dyn Fn(usize, &[u8]) -> String;
    let forms: [Form<'_>; 7] = [
        &|at, b| format!("{at:08x}: {:<39}  {}", words(b, false), looks(b)),
        &|at, b| {
            let (left, right) = b.split_at(b.len().min(8));
            format!("{at:08x}  {:<23}  {:<23}  |{}|", pairs(left, " "), pairs(right, " "), looks(b))
        },
        &|at, b| format!("{at:04x}: {} {}", pairs(b, " "), looks(b)),
        &|at, b| format!("\t0x{at:04x}:  {}  {}", words(b, false), looks(b)),
        &|at, b| {
            format!("{at:04x} - {}   {}", pairs(b, " ").replacen(" ", "-", 8).replacen("-", " ", 7), looks(b))
        },
        &|at, b| format!("{at:06x} {}", pairs(b, " ")),
        &|at, b| format!("{at:07x} {}", words(b, true)),
    ];
    for (number, form) in forms.iter().enumerate() {
        let lines: Vec<String> =
            plain.as_bytes().chunks(16).enumerate().map(|(line, bytes)| form(line * 16, bytes)).collect();
        let dump = lines.join("\n");
        let stamped = format!("#9 0.4 {}", lines.join("\n#9 12.45 "));
        assert_eq!(
            found(&hexdump::DECODER, stamped.as_bytes()),
            [(stamped.clone(), plain.to_owned())],
            "{number}"
        );
        for text in [dump.clone(), format!("a line\n{dump}\nand more, 12 lines\n")] {
            assert_eq!(
                found(&hexdump::DECODER, text.as_bytes()),
                [(dump.clone(), plain.to_owned())],
                "{number}"
            );
        }
    }
    for other in ["2024 10 11 12 13 14 15 16 17 18 19 20 21\n", "addr: 00 11 22 33 44 55 66 77 88 99 aa bb\n"]
    {
        assert_eq!(found(&hexdump::DECODER, other.as_bytes()), [], "{other}");
    }
}

#[test]
fn what_only_looks_encoded_is_left_alone() {
    let texts = [
        "/usr/share/javascript/jquery/jquery.min.js and AbstractSingletonProxyFactoryBean",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "00000000000000000000000000000000000000000000000000",
        "printf(\"%d%s %05d\\n\", a, b); 100% sure",
        "a\\b ends here \\q with no escapes",
        r"a well\-known option, \fB\-\-no\-quiet\fR",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and [200, 201, 202, 203, 204, 205, 206, 207]",
        "104.5, 117.2, 110.1, 116.5, 101.0, 114.2, 50.0, 50.1",
        "104, 117, 1100, 116, 101, 114, 50, 500, 104, 117, 110, 116",
        "2026-11-29 10:11:12, 104 117 110 116",
    ];
    for text in texts {
        for decoder in TEXT_DECODERS {
            assert_eq!(found(decoder, text.as_bytes()), [], "{}: {text}", decoder.name);
        }
    }
}

/// Runs of these marks, of so many at the least.
struct Marks<const LEAST: usize>;

impl<const LEAST: usize> Alphabet for Marks<LEAST> {
    const RANGES: &'static [(u8, u8)] = &[(b'x', b'z'), (0xff, 0xff), (0, 0)];
    const LEAST: usize = LEAST;
}

fn runs_of<A: Alphabet>(text: &[u8]) -> Vec<Range<usize>> {
    let mut end = 0;
    let next = || runs::next::<A>(text, end).inspect(|run| end = run.end);
    std::iter::from_fn(next).collect()
}

#[test]
fn runs_are_found_wherever_they_begin() {
    for front in 0..150 {
        for length in [16, 17, 31, 32, 33, 63, 64, 65, 130] {
            for behind in [1, 70] {
                let text = format!("{}{}{}", "w".repeat(front), "x".repeat(length), "{".repeat(behind));
                let wanted = front..front + length;
                assert_eq!(runs_of::<Marks<16>>(text.as_bytes()), std::slice::from_ref(&wanted));
            }
        }
        let short = format!("{}{}{}", "w".repeat(front), "z".repeat(15), "{".repeat(70));
        assert!(runs_of::<Marks<16>>(short.as_bytes()).is_empty());
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[A-Za-z0-9+/=%\\\\ux{},\" \n_-]{0,300}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for text in [text.as_bytes(), &bytes] {
            for decoder in TEXT_DECODERS {
                let mut end = 0;
                undo(text, &mut |name, span, _| {
                    if name == decoder.name {
                        assert!(span.start >= end && span.end <= text.len() && !span.is_empty(), "{name}");
                        end = span.end;
                    }
                });
            }
        }
    }

    #[test]
    fn runs_are_those_that_a_plain_search_finds(
        bytes in proptest::collection::vec(proptest::sample::select(&b"xxxxxxxxxyz\0\xffwx{"[..]), 0..400)
    ) {
        let mut at = 0;
        let parts = bytes.chunk_by(|a, b| Marks::<1>::has(*a) == Marks::<1>::has(*b));
        let mut all: Vec<Range<usize>> = parts.map(|part| {
            at += part.len();
            at - part.len()..at
        }).collect();
        all.retain(|run| Marks::<1>::has(bytes[run.start]));
        let of = |least: usize| all.iter().filter(|run| run.len() >= least).cloned().collect::<Vec<_>>();
        prop_assert_eq!(runs_of::<Marks<2>>(&bytes), of(2));
        prop_assert_eq!(runs_of::<Marks<16>>(&bytes), of(16));
        prop_assert_eq!(runs_of::<Marks<23>>(&bytes), of(23));
        prop_assert_eq!(runs_of::<Marks<30>>(&bytes), of(30));
    }

    #[test]
    fn readable_text_survives_every_encoding(plain in "[a-z0-9 ,.:=]{16,200}") {
        let encoded = BASE64_STANDARD.encode(&plain);
        prop_assert_eq!(&found(&base64::DECODER, encoded.as_bytes())[0].1, &plain);
        let digits: String = plain.bytes().map(|byte| format!("{byte:02X}")).collect();
        if digits.bytes().any(|digit| digit.is_ascii_alphabetic()) {
            prop_assert_eq!(&found(&hex::DECODER, digits.as_bytes())[0].1, &plain);
        }
        let percents: String = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
        prop_assert_eq!(&found(&percent::DECODER, percents.as_bytes())[0].1, &plain);
        let units: String = plain.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        prop_assert_eq!(&found(&escapes::DECODER, units.as_bytes())[0].1, &plain);
        let numbers: Vec<String> = plain.bytes().map(|byte| byte.to_string()).collect();
        prop_assert_eq!(&found(&numbers::DECODER, numbers.join(", ").as_bytes())[0].1, &plain);
    }
}

#[test]
fn the_table_lists_every_file() {
    let seam = ["mod", "origin", "readable", "runs", "tests", "wrapped"];
    super::super::tests::table_matches(
        "src/decode/text",
        &seam,
        TEXT_DECODERS.iter().map(|decoder| decoder.name),
    );
}
