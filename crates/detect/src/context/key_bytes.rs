//! Keys that a program holds as bytes: `const uint8_t AES_KEY[16] = { 0x3c, … }`, `KEY = bytes.fromhex("…")`.
//!
//! Vectors of tests are written alike: the name must say whose key it is, or be a constant's, and the keys that standards
//! give as examples do not count.
//!
//! bad: `static const u1_t APPKEY[16] = { 0x3c, 0x91, … };`
//! good: `nvs_get_blob(handle, "appkey", key, &length);`

mod examples;
mod kept;
mod words;

use tightlip_report::{Confidence, Level};

use self::examples::{HITS, MISSES};
use self::kept::kept;
use self::words::KEYWORDS;
use super::judge::ground::{Ground, ground};
use super::judge::name::words;
use super::judge::once::stands_in;
use super::judge::reading::{line_before, reach, text_in_quotes};
use super::judge::site::name_around;
use super::judge::value::{Worth, worth};
use super::judge::weak::{is_chosen_in_quotes, is_made};
use crate::read::{Part, hex};
use crate::{Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "key-bytes",
    "Key in the bytes of a program",
    "Whoever has the program can encrypt, decrypt and sign as it does.",
)
.source("https://cwe.mitre.org/data/definitions/321.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "key-bytes",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code,
    keywords: KEYWORDS,
    find,
    hits: HITS,
    misses: MISSES,
};

/// The keys of FIPS 197 and SP 800-38A, by which every library shows that it is right.
const EXAMPLES: &[[u8; 4]] = &[
    [0x2b, 0x7e, 0x15, 0x16],
    [0x8e, 0x73, 0xb0, 0xf7],
    [0x60, 0x3d, 0xeb, 0x10],
    [0x00, 0x01, 0x02, 0x03],
    [0x89, 0x50, 0x4e, 0x47],
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        if at < done {
            continue;
        }
        let found =
            spelled(text.bytes, at).or_else(|| escaped(text.bytes, at)).or_else(|| decoded(text.bytes, at));
        let found = found.or_else(|| match constant_at(text.bytes, at) {
            Some(name) => constant(text, name),
            None if is_of_array(text.bytes, at) => array(text, at),
            None if kept::is_kept(text.bytes, at) => kept(text, at),
            None => listed(text.bytes, at).or_else(|| written(text.bytes, at)),
        });
        let Some((value, bytes)) = found else { continue };
        done = value.span().end;
        out(Found::here(&RULE, value, format!("key in a program, {bytes} bytes")));
    }
}

/// `byte[] KEY = "…".getBytes()`: as many signs as a cipher's key has.
fn spelled(text: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    (text.get(at) == Some(&b'"')).then_some(())?;
    let line = line_before(text, at);
    let open = memchr::memrchr(b'"', line)?;
    let value = Part::between(text, at - line.len() + open + 1..at);
    let made = worth(value.bytes()) == Worth::Strong || is_made(value.bytes());
    let whole = matches!(value.len(), 16 | 24 | 32) && made && is_named(line.get(..open)?);
    whole.then_some((value, value.len()))
}

/// `KEY = b"\x8f\x1c…"`: bytes of which each that is no letter is written in digits.
fn escaped(text: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    let rest = reach(text, at).strip("= ")?;
    let rest = rest.strip("b").unwrap_or(rest);
    let (value, _) = text_in_quotes(rest)?;
    let mut bytes = Vec::new();
    let mut read = value.bytes();
    while let Some((first, after)) = read.split_first() {
        let digits = after.strip_prefix(b"x").and_then(|digits| digits.split_at_checked(2));
        let (byte, next) = match digits.filter(|_| *first == b'\\') {
            Some((digits, next)) => (hex::byte(digits)?, next),
            None => (Some(*first).filter(|b| *b != b'\\')?, after),
        };
        bytes.push(byte);
        read = next;
    }
    let named = is_named(text.get(..at + 1).map(|head| line_before(head, head.len()))?);
    (named && is_key(&bytes)).then_some((value, bytes.len()))
}

/// `KEY = b"…"`, `key := []byte("…")`, `KEY = '…'` beside a cipher: as many letters as a cipher's key has, or as many digits
/// in base64.
fn written(text: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    let rest = reach(text, at);
    let (plain, rest) = rest.strip("key ").map_or((false, rest), |rest| (true, rest));
    let line = line_before(text, rest.span().start + 1);
    let rest = rest.strip("= ")?;
    let made =
        ["[]byte(", "buffer.from(", "b", "*b"].iter().find_map(|maker| rest.strip(maker)).unwrap_or(rest);
    let (value, _) = text_in_quotes(made)?;
    let base64 = value.len() == 44 && value.bytes().ends_with(b"=") && !value.bytes().contains(&b' ');
    let whole = matches!(value.len(), 16 | 24 | 32);
    if !whole && !base64 {
        return None;
    }
    let (strong, own) = (worth(value.bytes()) == Worth::Strong, is_made(value.bytes()));
    let ciphers = || is_beside_cipher(text, value);
    let sure = whole && (strong || own) || base64 && strong;
    let chosen = whole && is_chosen_in_quotes(value.bytes());
    let named = is_named(line) && (sure && !plain || (sure || chosen) && ciphers());
    let variable = || is_variable(line) && sure && ciphers();
    (named || variable()).then_some((value, value.len()))
}

/// How far around a key the cipher may be named that it is for, in bytes.
const AROUND: usize = 1500;

/// Whether a program encrypts or decrypts near a key.
fn is_beside_cipher(text: &[u8], value: Part<'_>) -> bool {
    let span = value.span();
    let near =
        text.get(span.start.saturating_sub(AROUND)..text.len().min(span.end + AROUND)).unwrap_or_default();
    let near = near.to_ascii_lowercase();
    ["fernet", "aes", "cipher", "chacha20", "secretbox", "crypt("]
        .iter()
        .any(|word| memchr::memmem::find(&near, word.as_bytes()).is_some())
}

/// Whether the line sets a variable that is called a key and nothing more: `key = `, `var key = `.
fn is_variable(line: &[u8]) -> bool {
    let sign = memchr::memrchr(b'=', line).unwrap_or(line.len());
    let head = line.get(..sign).unwrap_or_default().trim_ascii_end();
    let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii_end();
    head.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next() == Some(b"key")
}

/// `KEY = bytes.fromhex("…")`: a constant, or a variable whose name has more words than `key`.
fn decoded(text: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    let rest = reach(text, at);
    if let Some(digits) = packed(text, at) {
        let key = matches!(digits.len(), 32 | 48 | 64) && worth(digits.bytes()) == Worth::Strong;
        let line = line_before(text, digits.span().start);
        return (key && is_named(line)).then_some((digits, digits.len() / 2));
    }
    let (call, after) = rest.first(40).cut(|b| b == b'(')?;
    if !call.bytes().iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'!')) {
        return None;
    }
    let after = Part::between(text, after.span().start..rest.span().end);
    let after = after.strip("b").filter(|a| matches!(a.bytes().first(), Some(b'"' | b'\''))).unwrap_or(after);
    let quote = after.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''))?;
    let (value, _) = after.skip(1).cut(|b| b == quote)?;
    let hex = value.bytes().iter().all(u8::is_ascii_hexdigit);
    let bytes = if hex { value.len() / 2 } else { value.bytes().trim_ascii_end().len() * 3 / 4 };
    let fits = if hex {
        matches!(value.len(), 32 | 48 | 64 | 128)
    } else {
        matches!(value.len(), 24 | 32 | 43 | 44 | 88)
    };
    let example = ["2b7e1516", "8e73b0f7", "603deb10", "00010203"].iter().any(|e| value.strip(e).is_some());
    // `Utf8.parse("…")` takes the letters as they are.
    let letters = call.bytes().to_ascii_lowercase();
    let letters = letters.ends_with(b"utf8.parse") || letters.ends_with(b"latin1.parse");
    let fits = if letters { matches!(value.len(), 16 | 24 | 32) } else { fits };
    let bytes = if letters { value.len() } else { bytes };
    let made = worth(value.bytes()) == Worth::Strong || letters && is_made(value.bytes());
    let line = line_before(text, at);
    // `Blob key = EncodingUtil.base64Decode('…')` beside what encrypts with it; vectors of tests are in hexadecimal.
    let named = is_named(line) || !hex && is_variable(line) && is_beside_cipher(text, value);
    (made && fits && !example && named).then_some((value, bytes))
}

/// The digits of `["…"].pack("H*")` of Ruby and of `pack('H*', '…')` of Perl and PHP.
fn packed(text: &[u8], at: usize) -> Option<Part<'_>> {
    let rest = reach(text, at);
    let behind = ["pack(\"h*\", ", "pack('h*', "].iter().find_map(|call| rest.strip(call));
    if let Some(digits) = behind {
        return text_in_quotes(digits).map(|(digits, _)| digits);
    }
    let quote =
        ["\"].pack(", "'].pack("].iter().find(|call| rest.strip(call).is_some())?.as_bytes().first()?;
    let line = line_before(text, at);
    let open = memchr::memrchr(*quote, line)?;
    Some(Part::between(text, at - line.len() + open + 1..at))
}

/// Whether the line sets something that is named as a key: `KEY = `, `static readonly byte[] AesKey = `.
fn is_named(line: &[u8]) -> bool {
    let Some(equals) = line.iter().rposition(|b| *b == b'=') else { return false };
    let head = line.get(..equals).unwrap_or_default();
    let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii_end();
    // `static const unsigned char aes_key[16]` of C.
    let array = head.strip_suffix(b"]").and_then(|head| head.get(..memchr::memrchr(b'[', head)?));
    let of_c = array.is_some() && memchr::memmem::find(head, b"const ").is_some();
    let head = array.unwrap_or(head);
    // `let key: [UInt8]` of Swift: its constants have no capitals.
    let swift = ["let ", "val "].iter().any(|word| memchr::memmem::find(head, word.as_bytes()).is_some());
    let head = head.iter().position(|b| *b == b':').and_then(|colon| head.get(..colon)).unwrap_or(head);
    let length = head.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let name = head.get(head.len() - length..).unwrap_or_default();
    let words = words(name);
    let constant = swift || of_c && words.len() > 1 || name.iter().any(u8::is_ascii_uppercase);
    words.last().is_some_and(|last| last == "key" || last == "pepper") && constant && !is_harmless(&words)
}

fn is_harmless(words: &[String]) -> bool {
    let others = [
        "public",
        "pub",
        "test",
        "expected",
        "example",
        "sample",
        "wrapped",
        "encrypted",
        "verify",
        "signature",
        "magic",
    ];
    words.iter().any(|word| others.contains(&word.as_str()))
}

/// Where the name of a constant stands whose declaration begins here.
fn constant_at(text: &[u8], at: usize) -> Option<usize> {
    let rest = reach(text, at);
    let name = ["const ", "static ", "byte[] "].iter().find_map(|word| rest.strip(word))?;
    Some(name.span().start)
}

/// What stands in the tests of a program.
const TESTS: &[&[u8]] = &[b"#[test]", b"cfg(test)", b"@Test", b"test_vector"];

/// Whether a program is a test, or shows how something is used.
fn is_of_tests(text: &Text<'_>) -> bool {
    let path = text.hint.path().to_ascii_lowercase();
    let has = |word: &&str| memchr::memmem::find(&path, word.as_bytes()).is_some();
    ["test", "bench", "example", "vector", "spec"].iter().any(has)
        || TESTS.iter().any(|mark| stands_in(text.bytes, mark))
}

/// `const KEY: [u8; 16] = [ … ];` of a program that encrypts; tests of ciphers are full of such.
fn constant<'b>(text: &Text<'b>, at: usize) -> Option<(Part<'b>, usize)> {
    let name = reach(text.bytes, at).while_(|b| b.is_ascii_alphanumeric() || b == b'_');
    let found = listed(text.bytes, at).filter(|_| name.bytes() == b"KEY" && !is_of_tests(text))?;
    let stem = text.hint.file_name().split(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    let settings = ["config", "settings", "secrets", "constants", "consts", "keys", "credentials", "license"];
    let of_settings = settings.iter().any(|known| known.as_bytes() == stem);
    (of_settings || is_beside_cipher(text.bytes, found.0)).then_some(found)
}

fn is_of_array(text: &[u8], at: usize) -> bool {
    reach(text, at).strip("_key[").is_some()
}

/// `uint8_t upd_key[32] = { … }` of a program that encrypts near it, whoever's key it is.
fn array<'b>(text: &Text<'b>, at: usize) -> Option<(Part<'b>, usize)> {
    let found = listed(text.bytes, at + 1).filter(|_| !is_of_tests(text))?;
    is_beside_cipher(text.bytes, found.0).then_some(found)
}

/// `AES_KEY[16] = { 0x3c, … }`, `aesKey = []byte{…}`, `AES_KEY: [u8; 16] = [ … ]`.
fn listed(text: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    let name = name_around(text, at);
    if is_harmless(&words(name.bytes())) {
        return None;
    }
    let rest = reach(text, name.span().end);
    let head = rest.first(80).while_(|b| !matches!(b, b'=' | b',' | b'"' | b'\'' | b'}' | b')'));
    let after = rest.after(&head).strip("=")?;
    // Another statement stands between, unless the mark is one of a type: `[u8; 16]`.
    let marks = |b: &u8| matches!(b, b';' | b'\n');
    if head.bytes().iter().any(marks) && memchr::memmem::find(head.bytes(), b"u8;").is_none() {
        return None;
    }
    // A type or a call may stand before the bracket: `[]byte{`, `Uint8List.fromList([`, `new byte[] {`.
    let lead = after
        .first(40)
        .while_(|b| b.is_ascii_alphabetic() || b.is_ascii_whitespace() || b"_.[]({&*8".contains(&b));
    let cast = lead.bytes().strip_suffix(b"(byte").map(<[u8]>::len);
    let lead = cast.map_or(lead, |length| lead.first(length));
    let braced = lead.bytes().iter().any(|b| matches!(b, b'{' | b'['));
    let opened = lead.bytes().iter().any(|b| matches!(b, b'{' | b'[' | b'('));
    let (numbers, _) =
        after.after(&lead).cut(|b| matches!(b, b'}' | b']' | b';' | b'"' | b'\'') || b == b')' && !braced)?;
    let numbers = numbers.trim();
    let bytes: Option<Vec<u8>> = numbers
        .bytes()
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|number| !number.is_empty())
        .map(number)
        .collect();
    let bytes = bytes.filter(|bytes| opened && is_key(bytes))?;
    Some((numbers, bytes.len()))
}

pub(super) fn number(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text).ok()?.trim_start_matches("(byte)").trim().trim_end_matches("u8");
    let hex = ["0x", "0X", "&H", "16#"].iter().find_map(|mark| text.strip_prefix(mark));
    // Bytes of Java and Kotlin have signs.
    let signed = || text.parse::<i8>().ok().map(i8::cast_unsigned);
    hex.map_or_else(|| text.parse().ok().or_else(signed), |digits| u8::from_str_radix(digits, 16).ok())
}

/// As long as keys are, of many different bytes in no order, and none that a standard gives.
pub(super) fn is_key(bytes: &[u8]) -> bool {
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    let steps = bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let even = steps.filter(|step| matches!(step, 0 | 1 | 0x11)).count();
    matches!(bytes.len(), 8 | 16 | 24 | 32 | 48 | 64)
        && different.len() * 3 >= bytes.len() * 2
        && even * 3 <= bytes.len()
        && !EXAMPLES.iter().any(|example| bytes.starts_with(example))
}
