//! Private keys as `openssl pkey -text`, `openssl rsa -text` and `openssl ec -text` print them, without the lines of PEM: a number in
//! hexadecimal pairs from which the key is made again.

use super::judge::known;
use crate::context::judge::value::entropy;
use crate::read::{Part, hex};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "printed-private-key",
    "Private key, printed as numbers",
    "Whoever holds it can act as its owner: decrypt, sign, pretend to be the server.",
)
.of("OpenSSL")
.source("https://docs.openssl.org/master/man1/openssl-pkey/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "printed",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["privateexponent:", "priv:"],
    find,
    hits: &[
        Example {
            path: "app/key.txt",
            text: "Private-Key: (256 bit)\npriv:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}\npub:\n    04:24\n",
            rule: "printed-private-key",
        },
        Example {
            path: "",
            text: "privateExponent:\r\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\r\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\r\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:\r\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}\r\nprime1:\r\n",
            rule: "printed-private-key",
        },
    ],
    misses: &[
        // A public key, names of fields, a number that is short, one that is none.
        Example {
            path: "a.txt",
            text: "pub:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}\n",
            rule: "",
        },
        Example { path: "lib/libcrypto.so", text: "privateExponent:\0prime1:\0priv:\0pub:\0", rule: "" },
        Example {
            path: "a.txt",
            text: "priv:\n    {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}\npub:\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: "priv:\n    00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f\npub:\n",
            rule: "",
        },
    ],
};

/// The number of the shortest key: of Ed25519, and of curves of 224 bits.
const LEAST: usize = 28;
/// That of the longest: of RSA, 16384 bits, with a zero before it.
const MOST: usize = 2049;
/// Random bytes of the shortest have more bits each.
const RANDOM: f64 = 4.1;
/// White space between two bytes: a line break and an indentation.
const PAUSE: usize = 32;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let Some(numbers) = rest.strip("privateexponent:").or_else(|| rest.strip("priv:")) else { continue };
        let Some((part, bytes)) = number(numbers) else { continue };
        if (LEAST..=MOST).contains(&bytes.len()) && entropy(&bytes) > RANDOM {
            let shape = format!("private number of {} bytes", bytes.len());
            out(known::lowered(Found::here(&RULE, part, shape).decoded(bytes, &["hex-pairs"])));
        }
    }
}

/// Bytes in pairs of digits with colons between them, over lines, from the next line on.
fn number(rest: Part<'_>) -> Option<(Part<'_>, Vec<u8>)> {
    let start = rest.while_(|b| b.is_ascii_whitespace());
    (start.len() <= PAUSE && start.bytes().contains(&b'\n')).then_some(())?;
    let number = rest.after(&start).first(MOST.saturating_mul(5));
    let (mut bytes, mut end) = (Vec::new(), 0_usize);
    let mut at = 0_usize;
    while let Some(byte) = number.bytes().get(at..at.saturating_add(2)).and_then(hex::byte) {
        bytes.push(byte);
        end = at.saturating_add(2);
        let Some(behind) = number.bytes().get(end..).and_then(|behind| behind.strip_prefix(b":")) else {
            break;
        };
        let pause = behind.iter().take(PAUSE).take_while(|b| b.is_ascii_whitespace()).count();
        at = end.saturating_add(1).saturating_add(pause);
    }
    Some((number.first(end), bytes))
}
