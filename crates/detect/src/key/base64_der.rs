//! Private keys and stores of keys as base64 without the lines that PEM has around it: `key.der=MII…`, `keystore: /u3+7Q…`.
//!
//! Certificates and public keys begin alike; what counts is whether it parses. The base64 may be wrapped over lines, over
//! the `\n` of a string, or over strings that a program joins.

use tightlip_report::Level;

use super::judge::Extent;
use super::{der_file, judge, keystore};
use crate::read::{Part, base64};
use crate::{Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "base64-der",
    rules: &[&der_file::PLAIN, &der_file::ENCRYPTED, &keystore::PKCS12, &keystore::JAVA],
    wants: |_| true,
    keywords: &WORDS,
    find,
    hits: &[crate::Example {
        path: "app/hsm.properties",
        text: "signing.der=MC4CAQAwBQYDK2VwBCIEIA{b64:42}\n",
        rule: "der-private-key",
    }],
    misses: &[
        crate::Example {
            path: "app/hsm.properties",
            text: "signing.der=MC4CAQAwBQYDK2VwBCIEIA{b64:20}\n",
            rule: "",
        },
        crate::Example {
            path: "app/hsm.properties",
            text: "verify.der=MCowBQYDK2VwAyEA{b64:43}=\n",
            rule: "",
        },
    ],
};

/// What stands in the base64 of all keys of a kind, and how many letters stand before it.
const MARKS: [(&str, usize); 23] = [
    // PKCS#8: RSA, DSA, elliptic curves with and without the public key, curve25519 and its like.
    ("ibadanbg", 6),
    ("ibadcc", 6),
    ("ageambmgbyqgsm49", 4),
    ("ageambagbyqgsm49", 4),
    ("aqawewyhkozizj0c", 4),
    ("aqaweayhkozizj0c", 4),
    ("aqawbqydk2v", 4),
    ("aqewbqydk2v", 4),
    // PKCS#1 and DSA's own.
    ("ibaakb", 6),
    ("ibaakc", 6),
    // SEC 1.
    ("caqeei", 3),
    ("caqeem", 3),
    ("caqeeq", 3),
    ("migkagebbd", 0),
    ("mihcagebbe", 0),
    // PKCS#8, encrypted.
    ("bgkqhkig9w0bbq", 8),
    ("bgoqhkig9w0bdae", 8),
    ("csqgsib3dqefdt", 8),
    // PKCS#12, JKS, JCEKS, BKS.
    ("ibazcc", 6),
    ("/u3+7qaaaa", 0),
    ("zs7ozgaaaa", 0),
    ("aaaaagaaab", 0),
    ("aaaaaqaaab", 0),
];

const fn words() -> [&'static str; MARKS.len()] {
    let mut all = [""; MARKS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = MARKS[i].0;
        i += 1;
    }
    all
}

static WORDS: [&str; MARKS.len()] = words();

/// More letters than any key or store of a text has.
const LONGEST: usize = 256 * 1024;
/// Shorter lines are not wrapped ones.
const LINE: usize = 32;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter() {
        let Some(start) = start(text.bytes, at).filter(|start| *start >= done) else { continue };
        let Some(found) = Letters::at(text.bytes, start).found() else { continue };
        done = found.span.end;
        out(found);
    }
}

/// Where the base64 begins that has a mark here, unless PEM's finder reads it or it goes on to the left.
fn start(text: &[u8], at: usize) -> Option<usize> {
    let here = Part::between(text, at..text.len());
    let marks = MARKS.iter().filter(|(word, _)| here.strip(word).is_some());
    let start = marks.filter_map(|(_, before)| at.checked_sub(*before)).find(|start| begins(text, *start))?;
    let before = text.get(start.saturating_sub(48)..start)?.trim_ascii_end();
    let before = before.strip_suffix(b"\\n").unwrap_or(before);
    let before = before.strip_suffix(b"\\r").unwrap_or(before);
    (!before.ends_with(b"-----")).then_some(start)
}

fn begins(text: &[u8], start: usize) -> bool {
    let first = text.get(start).is_some_and(|b| matches!(b, b'M' | b'/' | b'z' | b'A'));
    let before = text.get(start.saturating_sub(2)..start).unwrap_or_default();
    let escape = matches!(before, [b'\\', b'n' | b'r' | b't']);
    first && (escape || !before.last().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')))
}

/// The letters of one base64 in a text.
struct Letters<'b> {
    part: Part<'b>,
    letters: Vec<u8>,
}

impl<'b> Letters<'b> {
    /// As many as the first ones say: DER tells its length. Of a store, all to the end of the last line.
    fn at(text: &'b [u8], start: usize) -> Self {
        let rest = Part::between(text, start..text.len().min(start + LONGEST));
        let told = length(&base64::decode_prefix(rest.first(12).bytes()));
        let wanted = told.map_or(LONGEST, |bytes| (bytes * 4).div_ceil(3));
        let first = run(rest).first(wanted);
        let mut letters = first.bytes().to_vec();
        let mut last = first;
        while letters.len() < wanted && last.len() >= LINE {
            let behind = Part::between(text, last.span().end..rest.span().end);
            let Some(next) = joint(behind).map(|gap| run(behind.skip(gap))) else { break };
            if next.is_empty() || told.is_none() && next.len() > first.len() {
                break;
            }
            let next = next.first(wanted - letters.len());
            letters.extend_from_slice(next.bytes());
            last = next;
        }
        let padding = Part::between(text, last.span().end..rest.span().end).first(2).while_(|b| b == b'=');
        Self { part: first.through(&last).through(&padding), letters }
    }

    fn found(&self) -> Option<Found<'b>> {
        let bytes = base64::decode_prefix(&self.letters);
        let key = judge::asn1(&bytes).filter(|key| key.extent == Extent::Whole);
        let found = match key {
            Some(key) => der_file::found(key, self.part),
            None => keystore::found(&bytes, self.part).filter(|found| found.level != Some(Level::Note))?,
        };
        Some(judge::known::lowered(found.decoded(bytes, &["base64"])))
    }
}

/// How many bytes the element takes up that begins so.
fn length(der: &[u8]) -> Option<usize> {
    match *der {
        [0x30, short @ 0..=0x7f, ..] => Some(2 + usize::from(short)),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(length)),
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([high, low]))),
        [0x30, 0x83, top, high, low, ..] => {
            let length = u32::from_be_bytes([0, top, high, low]);
            usize::try_from(length).ok().and_then(|length| length.checked_add(5))
        }
        _ => None,
    }
}

fn run(rest: Part<'_>) -> Part<'_> {
    rest.while_(|b| base64::is_digit(b) && b != b'=')
}

/// How many bytes stand between the letters of one line and those of the next: white space, as it is or as a string
/// spells it; or the end of a string and the beginning of the next.
fn joint(behind: Part<'_>) -> Option<usize> {
    let behind = behind.first(160);
    let quote = behind.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
    let gap = match quote {
        Some(quote) => {
            let between = behind.skip(1).while_(|b| b.is_ascii_whitespace() || b"+.,&\\".contains(&b));
            let again = Part::between(behind.whole(), between.span().end..behind.span().end);
            (again.bytes().first() == Some(&quote)).then_some(between.len() + 2)?
        }
        None => blank(behind),
    };
    (gap > 0).then_some(gap)
}

/// The length of white space, `\n` and `\r` included, and of the marks of a comment's lines.
fn blank(behind: Part<'_>) -> usize {
    let bytes = behind.bytes();
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        let slashes = bytes.iter().skip(length).take_while(|b| **b == b'\\').count();
        let escape = matches!(bytes.get(length + slashes), Some(b'n' | b'r'));
        let mark = length > 0 && matches!(byte, b'#' | b'*' | b';' | b'>' | b'|');
        match slashes {
            0 if byte.is_ascii_whitespace() || mark => length += 1,
            // At the end of a line it says that the next one belongs to it.
            1.. if escape => length += slashes + 1,
            1 if matches!(bytes.get(length + 1), Some(b'\n' | b'\r')) => length += 1,
            _ => break,
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;
    use crate::key::judge::pkcs12::tests::{bag, container};
    use crate::key::judge::tests::{ec_key, encrypted, rsa_key, tlv};

    fn shapes(text: &str) -> Vec<String> {
        found_in(&FINDER, "app/settings", text.as_bytes()).into_iter().map(|f| f.shape).collect()
    }

    fn lines(der: &[u8], width: usize, between: &str) -> String {
        let text = STANDARD.encode(der);
        let lines: Vec<&str> =
            text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(between)
    }

    #[test]
    fn a_key_is_found_however_its_base64_is_written() {
        let key = rsa_key(2048);
        for text in [
            format!("key.der={}\nnext=1\n", lines(&key, 9999, "")),
            format!("{{\"privateKey\": \"{}\"}}", lines(&key, 9999, "")),
            format!("{{\"key\": \"{}\"}}", lines(&key, 64, "\\n")),
            format!("data: !!binary |\n  {}\nother: 1\n", lines(&key, 76, "\n  ")),
            format!("String KEY = \"{}\";", lines(&key, 70, "\"\n      + \"")),
            format!("key = ('{}')", lines(&key, 60, "'\n    '")),
            format!("key={}\n", lines(&key, 64, "\\\n    ")),
            format!("<key>\r\n{}\r\n</key>", lines(&key, 64, "\r\n")),
        ] {
            assert_eq!(shapes(&text), ["RSA private key, 2048 bits"], "{text}");
        }
    }

    #[test]
    fn keys_of_every_kind_are_found() {
        let of = |der: &[u8]| shapes(&format!("k: {}\n", STANDARD.encode(der)));
        assert_eq!(of(&rsa_key(1024)), ["RSA private key, 1024 bits"]);
        assert_eq!(of(&ec_key()), ["EC private key, P-256"]);
        assert_eq!(of(&ec_key_with_public()), ["EC private key, P-256"]);
        let long = tlv(0x30, &[&encrypted()[2..encrypted().len() - 66], &tlv(4, &[7; 200])].concat());
        assert_eq!(of(&long), ["encrypted PKCS#8 private key"]);
    }

    /// With its public key, as every tool writes it.
    fn ec_key_with_public() -> Vec<u8> {
        let body = ec_key()[2..].to_vec();
        let public = tlv(0xa1, &tlv(3, &[[0, 4].as_slice(), &[9; 64]].concat()));
        tlv(0x30, &[body, public].concat())
    }

    #[test]
    fn stores_are_as_safe_as_their_password() {
        let store = [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1][..], &[1; 300]].concat();
        let text = format!("keystore.jks: {}\n", STANDARD.encode(&store));
        let found = found_in(&FINDER, "app/secret.yml", text.as_bytes());
        assert_eq!((found[0].rule.id, found[0].level), ("java-keystore", None));
        assert_eq!(shapes(&format!("truststore.jks: {}\n", STANDARD.encode(&store))).len(), 1);
        let phone = STANDARD.encode(judge::bks::tests::store(4));
        assert_eq!(shapes(&format!("KEYSTORE={phone}\n")).len(), 1);
        assert_eq!(shapes(&lines(&store, 76, "\n")), ["JKS key store, 316 bytes"]);
        let container = container(&[bag(2), tlv(4, &[7; 300])].concat());
        let text = format!("server.ssl.key-store-base64={}\n", STANDARD.encode(&container));
        assert_eq!(found_in(&FINDER, "a.properties", text.as_bytes())[0].rule.id, "pkcs12-container");
    }

    #[test]
    fn what_only_begins_like_a_key_is_none() {
        let key = STANDARD.encode(rsa_key(2048));
        assert!(shapes(&format!("key={}\n", &key[..900])).is_empty(), "cut");
        assert!(shapes(&format!("key=AAAA{key}\n")).is_empty(), "in the middle of something else");
        assert!(shapes(&format!("-----BEGIN X-----\n{key}\n-----END X-----\n")).is_empty(), "PEM's");
    }
}
