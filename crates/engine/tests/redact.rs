//! A log passes through the masker: nothing secret comes out, everything else does, in time.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use tightlip_detect::Sampler;
use tightlip_engine::{KnownValue, Redactor};
use zeroize::Zeroizing;

const MASK: &str = "‹masked›";

fn known(value: &str) -> KnownValue {
    KnownValue::new("API_KEY", Zeroizing::new(value.as_bytes().to_vec())).unwrap()
}

fn redactor(values: &[&str]) -> Redactor {
    Redactor::new(&values.iter().map(|value| known(value)).collect::<Vec<_>>(), &[]).unwrap()
}

/// A template filled in.
fn sample(template: &str, seed: u64) -> String {
    String::from_utf8(Sampler::new(seed).expand(template).unwrap()).unwrap()
}

/// What comes out of a log that arrives in pieces.
fn passed(redactor: &Redactor, pieces: &[&[u8]]) -> String {
    let mut filter = redactor.filter();
    let mut out = Vec::new();
    for piece in pieces {
        out.extend_from_slice(filter.push(piece));
    }
    out.extend_from_slice(filter.end());
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn known_values_and_tokens_are_masked_and_counted() {
    let token = sample("ghp_{base62:36}", 4);
    let log = format!("#7 0.1 using hunter2-hunter2\n#7 0.2 token {token}\nplain line\n");
    let mut out = Vec::new();
    let masked = redactor(&["hunter2-hunter2"]).pass(log.as_bytes(), &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        format!("#7 0.1 using {MASK}\n#7 0.2 token {MASK}\nplain line\n")
    );
    let kinds: Vec<_> = masked.kinds().map(|(rule, _, count)| (rule, count)).collect();
    assert_eq!(kinds, [("github-pat", 1), ("known-value", 1)]);
}

#[test]
fn what_is_encoded_in_a_log_is_masked_as_a_whole() {
    let token = sample("ghp_{base62:36}", 41);
    let value = sample("{base62:24}", 42);
    let packed = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        STANDARD.encode(packed.finish().unwrap())
    };
    let numbers = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    for secret in [&token, &value] {
        let twice = STANDARD.encode(STANDARD.encode(format!("x={secret}\n")));
        let digits = STANDARD.encode(secret).bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        for encoded in
            [STANDARD.encode(format!("use {secret}")), twice, digits, packed(secret), numbers(secret)]
        {
            let log = format!("#7 0.3 got [{encoded}] here\nplain line\n");
            let out = passed(&redactor(&[&value]), &[log.as_bytes()]);
            let (start, end) = ("#7 0.3 got [", "] here\nplain line\n");
            assert!(out.starts_with(start) && out.ends_with(end) && out.contains(MASK), "{out}");
            let kept = out.len() - start.len() - end.len();
            assert!(kept <= MASK.len() + 8, "{out}");
        }
    }
}

#[test]
fn what_is_too_large_to_be_opened_is_masked_and_told() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![0; 8 << 20]).unwrap();
    let log = format!("got [{}] here\n", STANDARD.encode(packed.finish().unwrap()));
    let mut out = Vec::new();
    let masked = redactor(&[]).pass(log.as_bytes(), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), format!("got [{MASK}] here\n"));
    let kinds: Vec<_> = masked.kinds().collect();
    assert_eq!(kinds, [("unread-stretch", "Encoded stretch that is too large to open", 1)]);
}

#[test]
fn a_string_with_escapes_stays_readable_around_what_is_masked() {
    let token = sample("ghp_{base62:36}", 43);
    let log = format!("{{\"msg\":\"line one\\nuse {token} \\u0026 go on\"}}\n");
    let out = passed(&redactor(&[]), &[log.as_bytes()]);
    assert_eq!(out, format!("{{\"msg\":\"line one\\nuse {MASK} \\u0026 go on\"}}\n"));
}

#[test]
fn special_values_are_masked_in_a_log_that_comes_byte_by_byte() {
    let long: String = (0..1024).map(|seed| sample("{base62:64}", seed)).collect();
    for value in ["&<>\"'$x y", "pä$$wörd", "ab12", "a\"b\\c $(x)", &long] {
        let log = format!("before {value} after\n");
        let pieces: Vec<&[u8]> = log.as_bytes().chunks(1).collect();
        assert_eq!(passed(&redactor(&[value]), &pieces), format!("before {MASK} after\n"));
    }
}

#[test]
fn of_two_values_one_may_be_the_start_of_the_other() {
    let out = passed(&redactor(&["hunter22", "hunter22-and-more"]), &[b"a hunter22-and-more b hunter22 c\n"]);
    assert_eq!(out, format!("a {MASK} b {MASK} c\n"));
}

#[test]
fn every_line_of_a_value_of_several_lines_is_masked() {
    let value = "-----BEGIN X-----\nfirst-line-of-it\nsecond-line-of-it\n-----END X-----";
    let out = passed(
        &redactor(&[value]),
        &[b"#7 0.1 -----BEGIN X-----\n#7 0.1 first-line-of-it\n#8 2.0 other\n#7 0.1 second-line-of-it\n"],
    );
    assert_eq!(out, format!("#7 0.1 -----BEGIN X-----\n#7 0.1 {MASK}\n#8 2.0 other\n#7 0.1 {MASK}\n"));
}

#[test]
fn a_private_key_that_is_printed_line_by_line_is_masked() {
    let line = |seed| sample("{base62:64}", seed);
    let (one, two) = (line(1), line(2));
    let log = format!(
        "-----BEGIN PRIVATE KEY-----\n{one}\nunrelated words\n{two}\nab3=\n-----END PRIVATE KEY-----\nnot/a/key/but/a/path\n"
    );
    let lines: Vec<&[u8]> = log.as_bytes().split_inclusive(|b| *b == b'\n').collect();
    // With the last line it is one value, although it does not parse.
    let expected = format!(
        "-----BEGIN PRIVATE KEY-----\n{MASK}\nunrelated words\n{MASK}\n{MASK}\n{MASK}\nnot/a/key/but/a/path\n"
    );
    assert_eq!(passed(&redactor(&[]), &lines), expected);
}

#[test]
fn a_long_value_is_masked_where_its_encoding_is_wrapped() {
    let value = sample("{base62:300}", 5);
    for encoded in
        [STANDARD.encode(format!("xy{value}")), value.bytes().map(|b| format!("{b:02x}")).collect()]
    {
        let lines: Vec<String> =
            encoded.as_bytes().chunks(76).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
        let out = passed(&redactor(&[&value]), &[format!("{}\n", lines.join("\n")).as_bytes()]);
        for line in lines.iter().filter(|line| line.len() >= 32) {
            assert!(!out.contains(line.as_str()), "{out}");
        }
        assert_eq!(out.lines().count(), lines.len());
    }
}

#[test]
fn a_long_value_that_is_folded_is_masked_line_by_line() {
    let value = sample("{base62:200}", 6);
    let lines: Vec<String> = value
        .as_bytes()
        .chunks(50)
        .map(|line| format!("#9 0.1 {}\n", String::from_utf8_lossy(line)))
        .collect();
    let pieces: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let out = passed(&redactor(&[&value]), &pieces);
    // With the last line it is one value.
    assert_eq!(out, format!("{}{MASK}\n", format!("#9 0.1 {MASK}\n").repeat(3)));
    let address = "https://registry.acme.dev/hooks/of-the-builds/Kiesel97Fasan31";
    let other = "see https://registry.acme.dev/hooks/of-others\n";
    assert_eq!(passed(&redactor(&[address]), &[other.as_bytes()]), other);
}

#[test]
fn colours_inside_a_value_hide_nothing() {
    let out = passed(&redactor(&["hunter2-hunter2"]), &[b"key hunt\x1b[31mer2-hunter2\x1b[0m end\n"]);
    assert_eq!(out, format!("key {MASK}\x1b[31m\x1b[0m end\n"));
}

#[test]
fn of_an_address_or_a_form_only_the_value_is_masked() {
    for (line, expected) in [
        (
            "fatal: 'https://ann:ki%26el%3D3%2F4@h/a.git/': 403",
            format!("fatal: 'https://ann:{MASK}@h/a.git/': 403"),
        ),
        ("form: user=ann&pw=ki%26el%3d3%2f4&go=1", format!("form: user=ann&pw={MASK}&go=1")),
        (r"signing.key=ki\u0026el\=3/4", format!("signing.key={MASK}")),
        ("next=%2Fcb%3Fpw%3Dki%2526el%253D3%252F4%26go%3D1", format!("next=%2Fcb%3Fpw%3D{MASK}%26go%3D1")),
    ] {
        assert_eq!(passed(&redactor(&["ki&el=3/4"]), &[line.as_bytes()]), expected);
    }
    let sas = sample(
        "https://acme.blob.core.windows.net/w?sv=2024-05-04&se=2026-12-31T22:00:00Z&sig={base62:20}%2B{base62:21}%3D",
        9,
    );
    let (kept, _) = sas.split_once("&sig=").unwrap();
    assert_eq!(
        passed(&redactor(&[]), &[format!("copy \"{sas}\" --all\n").as_bytes()]),
        format!("copy \"{kept}&sig={MASK}\" --all\n")
    );
}

#[test]
fn rows_of_a_dump_that_hold_a_piece_of_a_value_are_masked_as_they_come() {
    let rows = [
        "#9 0.4 00000000  70 77 3d 6b 69 65 73 65  6c 2d 66 61 73 61 6e 2d  |pw=kiesel-fasan-|\n",
        "#7 1.2 go: downloading x v1.2.3\n",
        "#9 0.4 00000010  74 75 6e 64 72 61 2d 34  31 0a  |tundra-41.|\n",
        "#9 0.4 0000001a\n",
        "#9 0.5 00000000  75 73 65 72 3d 61 6e 6e  0a  |user=ann.|\n",
    ];
    let rows: Vec<&[u8]> = rows.iter().map(|row| row.as_bytes()).collect();
    let expected = format!(
        "#9 0.4 00000000  {MASK}\n#7 1.2 go: downloading x v1.2.3\n#9 0.4 00000010  {MASK}\n#9 0.4 0000001a\n{}",
        String::from_utf8_lossy(rows[4])
    );
    assert_eq!(passed(&redactor(&["kiesel-fasan-tundra-41"]), &rows), expected);
}

#[test]
fn what_comes_behind_a_key_in_one_line_or_a_key_that_was_cut_stays() {
    let (one, two) = (sample("{base62:64}", 11), sample("{base62:64}", 12));
    let begin = "-----BEGIN PRIVATE KEY-----";
    let rest = format!(
        "h ssh-ed25519 AAAAC3Nz{}\ncommit {}\n[Pipeline] // stage\n",
        sample("{base62:60}", 13),
        "0c4f".repeat(10)
    );
    let line = format!("+ echo '{begin}\\n{one}\\n{two}\\nAb3=\\n-----END PRIVATE KEY-----\\n'\n");
    let whole = format!("{line}{rest}");
    for pieces in [vec![whole.as_bytes()], whole.as_bytes().split_inclusive(|b| *b == b'\n').collect()] {
        assert!(passed(&redactor(&[]), &pieces).ends_with(&format!("\n{rest}")));
    }
    let cut = format!(
        "#9 0.1 {begin}\n#9 0.1 {one}\n#9 0.1 {two}\n#9 0.2 [output was cut]\n#9 DONE 2.4s\n\n#7 RUN make build\n#7 0.3 commit {}\n",
        "0c4f".repeat(10)
    );
    for pieces in [vec![cut.as_bytes()], cut.as_bytes().split_inclusive(|b| *b == b'\n').collect()] {
        let out = passed(&redactor(&[]), &pieces);
        assert!(!out.contains(&one) && !out.contains(&two), "{out}");
        assert!(out.ends_with(cut.split_once("#9 0.2").unwrap().1), "{out}");
    }
}

#[test]
fn rawjson_that_holds_no_secret_comes_out_as_it_came() {
    let text = STANDARD.encode("one\ntwo\n");
    for line in [
        r#"{"vertexes":[{"digest":"a","name":"RUN a \u0026\u0026 b \u003e c","started":"2026-01-02T03:04:05.1Z"}]}"#.to_owned(),
        r#"{"vertexes":[{"name":"RUN a && b","digest":"a"}],"warnings":[{"short":"YQ==","level":1}]}"#.to_owned(),
        format!(r#"{{"logs":[{{"vertex":"a","stream":1,"data":"{text}","timestamp":"2026-01-02T03:04:05Z"}}]}}"#),
    ] {
        for end in ["", "\n"] {
            let status = format!("{line}{end}");
            assert_eq!(passed(&redactor(&["hunter2-hunter2"]), &[status.as_bytes()]), status);
        }
    }
    let open = STANDARD.encode("one\ntwo");
    let status = format!(r#"{{"logs":[{{"vertex":"a","stream":1,"data":"{open}"}}]}}"#);
    let out = passed(&redactor(&[]), &[status.as_bytes()]);
    let statuses: Result<Vec<serde_json::Value>, _> = out.lines().map(serde_json::from_str).collect();
    assert_eq!(statuses.unwrap().len(), 2);
}

#[test]
fn rawjson_stays_rawjson_and_is_masked_across_its_chunks() {
    let value = "hunter2-hunter2";
    let log = |vertex: &str, text: &str| {
        format!(
            "{{\"logs\":[{{\"vertex\":\"{vertex}\",\"stream\":1,\"data\":\"{}\",\"timestamp\":\"2026-01-02T03:04:05Z\"}}]}}\n",
            STANDARD.encode(text)
        )
    };
    let lines = [
        format!("{{\"vertexes\":[{{\"digest\":\"a\",\"name\":\"RUN use {value}\"}}]}}\n"),
        log("a", "x hunter2"),
        log("b", "hunter2-hunter"),
        log("a", "-hunter2\nrest"),
        log("b", "2 y\n"),
        format!(
            "{{\"vertexes\":[{{\"digest\":\"a\",\"name\":\"RUN use {value}\",\"completed\":\"2026-01-02T03:04:05Z\",\"error\":\"exit {value}\"}}]}}\n"
        ),
        "ERROR: failed to hunter2-hunter2\n".to_owned(),
    ];
    let out = passed(&redactor(&[value]), &[lines.concat().as_bytes()]);
    let (mut text, mut last) = (std::collections::BTreeMap::new(), String::new());
    for line in out.lines() {
        assert!(!line.contains("hunter2"), "{line}");
        let Ok(status) = serde_json::from_str::<serde_json::Value>(line) else {
            last = line.to_owned();
            continue;
        };
        for log in status["logs"].as_array().into_iter().flatten() {
            let data = STANDARD.decode(log["data"].as_str().unwrap()).unwrap();
            text.entry(log["vertex"].as_str().unwrap().to_owned())
                .or_insert_with(String::new)
                .push_str(&String::from_utf8(data).unwrap());
        }
    }
    assert_eq!(text["a"], format!("x {MASK}\nrest"));
    assert_eq!(text["b"], format!("{MASK} y\n"));
    assert_eq!(last, format!("ERROR: failed to {MASK}"));
}

/// A reader to which bytes are handed one by one, and a writer that hands on what it gets.
struct Pipe(Mutex<Receiver<u8>>);
struct Out(Sender<Vec<u8>>);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Ok(byte) = self.0.lock().unwrap().recv() else { return Ok(0) };
        buffer[0] = byte;
        Ok(1)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_comes_out_before_the_next_one_comes_in() {
    let (give, bytes) = channel();
    let (out, shown) = channel();
    std::thread::spawn(move || redactor(&[]).pass(Pipe(Mutex::new(bytes)), &mut Out(out)).unwrap());
    for byte in *b"a line\n" {
        give.send(byte).unwrap();
    }
    let mut text = Vec::new();
    while text != b"a line\n" {
        text.extend(
            shown.recv_timeout(Duration::from_secs(20)).expect("the line comes out while the log goes on"),
        );
    }
}

/// A reader that is gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn when_nobody_reads_any_more_nothing_is_waited_for() {
    let endless = io::repeat(b'\n');
    let end = redactor(&["a value"]).pass(endless, &mut Gone);
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_line_without_an_end_is_masked_and_takes_no_memory() {
    let value = "hunter2-hunter2";
    let redactor = redactor(&[value]);
    let mut filter = redactor.filter();
    let mut out = Vec::new();
    let piece = format!("{}{value}", "x ".repeat(1000));
    for _ in 0..3000 {
        out.extend_from_slice(filter.push(piece.as_bytes()));
    }
    assert!(out.len() > 3_000_000, "{}", out.len());
    out.extend_from_slice(filter.end());
    let out = String::from_utf8(out).unwrap();
    assert!(!out.contains("hunter2"));
    assert_eq!(out.matches(MASK).count(), 3000);
    assert_eq!(out.replace(MASK, value).len(), piece.len() * 3000);
}

static REDACTOR: LazyLock<Redactor> =
    LazyLock::new(|| redactor(&["hunter2-hunter2", "hunter2", "wörd \"x\" y"]));

#[test]
fn a_value_that_is_longer_than_what_waits_of_a_line_is_masked_whole() {
    let value: String = (0..5000).map(|seed| sample("{alnum:40}", seed)).collect();
    let redactor = Redactor::of_values(&[known(&value)]).unwrap();
    let (spelled, filler) = (STANDARD.encode(&value), "- ".repeat(500_000));
    let line = format!("{filler}{spelled}{filler}");
    let pieces: Vec<&[u8]> = line.as_bytes().chunks(64 << 10).collect();
    let out = passed(&redactor, &pieces);
    assert!(out.contains(MASK));
    assert!(!out.contains(&spelled[..40]) && !out.contains(&spelled[spelled.len() - 40..]));
    assert!(out.len() < line.len() - spelled.len() + 100, "{}", out.len());
}

#[test]
fn a_status_that_is_too_long_to_be_opened_is_told() {
    let redactor = Redactor::of_values(&[known("hunter22hunter")]).unwrap();
    let mut filter = redactor.filter();
    let data = STANDARD.encode("hunter22hunter");
    let long = format!("{{\"logs\":[{{\"data\":\"{data}{}\"}}]}}\n", "A".repeat(17 << 20));
    let mut out = Vec::new();
    for piece in long.as_bytes().chunks(1 << 20) {
        out.extend_from_slice(filter.push(piece));
    }
    out.extend_from_slice(filter.end());
    assert_eq!(filter.masked().unopened(), 1);
    assert!(!String::from_utf8_lossy(&out).contains(data.trim_end_matches('=')));
}

proptest! {
    #[test]
    fn however_a_log_arrives_the_same_comes_out(
        words in prop::collection::vec(prop_oneof![Just("hunter2-hunter2"), Just("hunter2"), Just("wörd \"x\" y"), Just("\n"), Just(" "), Just("a b"), Just("\r\n"), Just("{\"logs\":1}"), Just("-----BEGIN PRIVATE KEY-----\n")], 0..30),
        cuts in prop::collection::vec(1_usize..9, 1..200),
    ) {
        let log = words.concat();
        let whole = passed(&REDACTOR, &[log.as_bytes()]);
        let (mut pieces, mut rest) = (Vec::new(), log.as_bytes());
        for cut in cuts {
            let (piece, left) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = left;
        }
        pieces.push(rest);
        prop_assert_eq!(&passed(&REDACTOR, &pieces), &whole);
        prop_assert!(!whole.contains("hunter2") && !whole.contains("wörd"));
        prop_assert_eq!(whole.lines().count(), log.lines().count());
    }
}
