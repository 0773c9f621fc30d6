//! A law about odd texts: twice the text takes twice the time and not four times, whatever is encoded in it.

use std::time::{Duration, Instant};

use ::base64::Engine;
use ::base64::prelude::BASE64_STANDARD;

use super::noise;
use crate::decode::text::undo;

/// Bytes of the shorter text.
const SHORT: usize = 24 << 10;
/// Whoever is done sooner with the longer text is not asked again.
const SOON: Duration = Duration::from_millis(200);

fn time(unit: &str, length: usize) -> Duration {
    let bytes: Vec<u8> = unit.bytes().cycle().take(length).collect();
    let once = || {
        let start = Instant::now();
        undo(&bytes, &mut |_, _, _| {});
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

#[test]
fn four_times_the_text_takes_four_times_as_long() {
    let words = format!("{:b<48}", "a few words of text ");
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let letters = BASE64_STANDARD.encode(noise(1, 48));
    let units = [
        format!("{letters}\n"),
        format!("{}\n", BASE64_STANDARD.encode(&words)),
        format!("{}\n{letters}\n", BASE64_STANDARD.encode(&words)),
        format!("{}\n", digits(words.as_bytes())),
        format!("{}\n{}\n", digits(&noise(2, 32)), digits(words.as_bytes())),
        format!("{}\n", digits(&[words.as_bytes(), b"\x01"].concat()[1..])),
        "QUJDREVGR0hJSktM&#43;".to_owned(),
        "H4sIAAAAAAAC/wAA&#x2B;&#x2B;".to_owned(),
        "begin 644 x\n".to_owned(),
        "begin 644 x\n#8V%T\n".to_owned(),
        "Subject: =?utf-8?Q?a?= ".to_owned(),
        "X-A: =?a?b?=?".to_owned(),
        "\n\"a\"=hex:41,41,41,41,41,41,41,41,41,41,41,\\\n".to_owned(),
        "\n\"a\"=hex(2):41,00,41,00,41,00,41,00,41,00,\\\n 41".to_owned(),
        "48, 130, 1, 2, 2, 1, 0, 0, 1, 2, -3, ".to_owned(),
        "a\0\0\0".to_owned(),
        "a\0\0\0bcdefgh\0".to_owned(),
        "\"\\u003d\\u003d".to_owned(),
        "\"\\u003d\"".to_owned(),
    ];
    let grows = |unit: &&String| {
        let long = time(unit, SHORT * 4);
        long > SOON && long > time(unit, SHORT) * 8
    };
    let grown: Vec<&String> = units.iter().filter(grows).collect();
    assert!(grown.is_empty(), "{grown:?}");
}
