//! Secret keys of signify, minisign and rsign: a line `untrusted comment: …` and a line of base64.
//!
//! Also the base64 of such a file, as settings hold it (`TAURI_SIGNING_PRIVATE_KEY`). What tells the keys from public ones and
//! from signatures, which begin the same, is what the base64 stands for: `Ed`, how the key is encrypted, and a length.
//!
//! bad: `untrusted comment: signify secret key`, 104 bytes with no rounds for a passphrase
//! good: `untrusted comment: minisign public key`

use sha2::{Digest as _, Sha512};
use tightlip_report::{Confidence, Level};

use super::judge::{Lock, known};
use crate::context::judge::value::entropy;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "signify-secret-key",
    "Secret key of signify or minisign",
    "Whoever holds it can sign releases and updates in its owner's name.",
)
.of("signify")
.rotate("https://jedisct1.github.io/minisign/")
.source("https://jedisct1.github.io/minisign/#secret-key-format");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-signify-secret-key",
    "Secret key of signify or minisign, encrypted",
    "Whoever holds it can try passphrases at leisure; with the right one it signs in its owner's name.",
)
.of("signify")
.rotate("https://jedisct1.github.io/minisign/")
.source("https://jedisct1.github.io/minisign/#secret-key-format")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "signify",
    rules: &[&PLAIN, &ENCRYPTED],
    wants: |_| true,
    // The second is the base64 of the first.
    keywords: &["untrusted comment:", "dw50cnvzdgvkignvbw1lbnq6"],
    find,
    hits: &[
        Example {
            path: "root/.minisign/minisign.key",
            text: "untrusted comment: minisign encrypted secret key\nRWRTY0Iy{b64:203}=\n",
            rule: "encrypted-signify-secret-key",
        },
        Example {
            path: "root/minisign.key",
            text: "untrusted comment: minisign secret key\nRWQAAEIy{b64:203}=\n",
            rule: "signify-secret-key",
        },
        Example {
            path: "etc/signify/acme.sec",
            text: "untrusted comment: acme secret key\nRWRCSwAAAAA{b64:128}=\n",
            rule: "signify-secret-key",
        },
        Example {
            path: "app/.env",
            text: "KEY=\"untrusted comment: signify secret key\\nRWRCSwAAACo{b64:128}=\\n\"\n",
            rule: "encrypted-signify-secret-key",
        },
    ],
    misses: &[
        Example {
            path: "etc/signify/acme.pub",
            text: "untrusted comment: acme public key\nRWQ{b64:53}\n",
            rule: "",
        },
        Example {
            path: "a.tar.gz.minisig",
            text: "untrusted comment: signature from minisign secret key\nRWQ{b64:97}\ntrusted comment: timestamp:1700000000\n{b64:88}\n",
            rule: "",
        },
        Example {
            path: "README.md",
            text: "    untrusted comment: <arbitrary text>\n    base64(...)\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: concat!(
                "untrusted comment: minisign secret key\nRWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            ),
            rule: "",
        },
    ],
};

/// A comment has up to 1024 bytes; a key has fewer than 300 digits.
const LONGEST: usize = 1400;
/// Random bytes of this number have more bits each.
const RANDOM: f64 = 4.5;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at.saturating_add(2 * LONGEST)));
        let found = if rest.strip("untrusted").is_some() { plain(rest) } else { encoded(rest) };
        found.map(known::lowered).into_iter().for_each(&mut *out);
    }
}

fn plain(rest: Part<'_>) -> Option<Found<'_>> {
    let (digits, key) = key(rest)?;
    Some(key.told(digits, &["base64"]))
}

/// The base64 of the whole file.
fn encoded(rest: Part<'_>) -> Option<Found<'_>> {
    let run = rest.while_(base64::is_digit);
    let file = base64::decode_prefix(run.bytes());
    let (_, key) = key(Part::of(&file))?;
    Some(key.told(run, &["base64", "base64"]))
}

/// The digits of the line below the comment, and the key that they are.
fn key(rest: Part<'_>) -> Option<(Part<'_>, Key)> {
    let comment = rest.first(LONGEST).while_(|b| b != b'\n' && b != b'\\');
    let mut below = rest.after(&comment);
    while let Some(next) = ["\\n", "\\r", "\n", "\r", " "].iter().find_map(|end| below.strip(end)) {
        below = next;
    }
    let digits = below.while_(base64::is_digit);
    let bytes = base64::decode(digits.bytes())?;
    Some((digits, Key::read(bytes)?))
}

/// A key that was read.
struct Key {
    bytes: Vec<u8>,
    tool: &'static str,
    lock: Lock,
    /// Whether its checksum holds, where that can be told.
    sum: Option<bool>,
}

impl Key {
    fn read(bytes: Vec<u8>) -> Option<Self> {
        let (tool, lock, secret) = match (bytes.len(), bytes.get(..8)?) {
            // Algorithm, `BK`, rounds, a salt of 16 bytes, a checksum and a number of 8, the key.
            (104, [b'E', b'd', b'B', b'K', 0, 0, 0, 0]) => ("signify", Lock::Open, bytes.get(40..)?),
            (104, [b'E', b'd', b'B', b'K', ..]) => ("signify", Lock::Encrypted, bytes.get(40..)?),
            // Algorithm, `Sc` or nothing, `B2`, a salt of 32 bytes, two limits and a number of 8, the key, a checksum.
            (158, [b'E', b'd', b'S', b'c', b'B', b'2', ..]) => {
                ("minisign", Lock::Encrypted, bytes.get(62..126)?)
            }
            (158, [b'E', b'd', 0, 0, b'B', b'2', ..]) => ("minisign", Lock::Open, bytes.get(62..126)?),
            _ => return None,
        };
        if entropy(secret) < RANDOM {
            return None;
        }
        let told = lock == Lock::Open && tool == "signify";
        let sum = told.then(|| bytes.get(24..32) == Sha512::digest(secret).get(..8));
        Some(Self { tool, lock, sum, bytes })
    }

    fn rule(&self) -> &'static Rule {
        match self.lock {
            Lock::Open => &PLAIN,
            Lock::Encrypted => &ENCRYPTED,
        }
    }

    fn shape(&self) -> String {
        let word = match self.lock {
            Lock::Open => "secret key",
            Lock::Encrypted => "encrypted secret key",
        };
        let sum = match self.sum {
            Some(true) => ", checksum holds",
            Some(false) => ", checksum does not hold",
            None => "",
        };
        format!("{word} of {}{sum}", self.tool)
    }

    fn told<'b>(self, place: Part<'b>, from: &'static [&'static str]) -> Found<'b> {
        let (rule, shape) = (self.rule(), self.shape());
        let found = Found::here(rule, place, shape).decoded(self.bytes, from);
        if self.sum == Some(false) { found.at(rule.level, Confidence::Medium) } else { found }
    }
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    /// A key of signify made of counted bytes.
    fn signify(rounds: u32, sum: &[u8]) -> String {
        let head = [&b"EdBK"[..], &rounds.to_be_bytes(), &[7; 16], sum, b"12345678"].concat();
        let secret: Vec<u8> = (0..64).collect();
        format!("untrusted comment: signify secret key\n{}\n", STANDARD.encode([head, secret].concat()))
    }

    fn told(text: &str) -> Vec<(String, Option<Confidence>)> {
        let found = found_in(&FINDER, "a.sec", text.as_bytes());
        found.into_iter().map(|found| (found.shape, found.confidence)).collect()
    }

    #[test]
    fn the_checksum_of_an_open_key_is_computed() {
        // By Python's hashlib.
        let sum = [0xee, 0x43, 0x20, 0xeb, 0xaf, 0x3f, 0xdb, 0x4f];
        assert_eq!(told(&signify(0, &sum)), [("secret key of signify, checksum holds".to_owned(), None)]);
        let doubt = ("secret key of signify, checksum does not hold".to_owned(), Some(Confidence::Medium));
        assert_eq!(told(&signify(0, &[0; 8])), [doubt]);
        assert_eq!(told(&signify(42, &[0; 8])), [("encrypted secret key of signify".to_owned(), None)]);
    }

    #[test]
    fn a_setting_holds_the_file_in_base64() {
        let text = format!("TAURI_SIGNING_PRIVATE_KEY={}\n", STANDARD.encode(signify(42, &[0; 8])));
        let found = found_in(&FINDER, ".env", text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rule.id, found[0].span.start), ("encrypted-signify-secret-key", 26));
    }
}
