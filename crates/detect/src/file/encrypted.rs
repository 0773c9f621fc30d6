//! Messages that are encrypted as a whole: what is in them cannot be judged, and is told.

use tightlip_report::{Confidence, Level};

use crate::context::judge::once::next;
use crate::read::Part;
use crate::read::base64::is_digit;
use crate::{Example, Finder, Found, Rule, Text};

static TO_KEYS: Rule = Rule::new(
    "encrypted-message",
    "message that is encrypted to a key",
    "What it says was not judged; who has the private key can read it.",
)
.of("OpenPGP")
.source("https://www.rfc-editor.org/rfc/rfc9580")
.at(Level::Note, Confidence::High);

static BY_PASSWORD: Rule = Rule::new(
    "encrypted-file",
    "file that is encrypted with a password",
    "What it says was not judged; whoever holds it can try passwords at leisure.",
)
.of("OpenSSL")
.source("https://docs.openssl.org/master/man1/openssl-enc/")
.at(Level::Note, Confidence::High);

/// What a password was mixed with stands behind this mark, and then the cipher's blocks.
const SALTED: &[u8] = b"Salted__";
/// The same in base64: where it ends depends on the salt.
const SALTED_BASE64: &[u8] = b"U2FsdGVkX1";
const ARMOR: &[u8] = b"-----BEGIN PGP MESSAGE-----";
/// The first line of age's format, with what the next one begins with.
const AGE: &[u8] = b"age-encryption.org/v1\n-> ";
const HEADER_END: &[u8] = b"\n--- ";
/// A message has at least so many bytes or letters: shorter ones are the marks alone.
const LEAST: usize = 32;

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "encrypted",
    rules: &[&TO_KEYS, &BY_PASSWORD],
    wants: |_| true,
    keywords: &["-----begin pgp message-----", "age-encryption.org/v1\n-> ", "salted__", "u2fsdgvkx1"],
    find,
    hits: &[
        Example {
            path: "backup.asc",
            text: "-----BEGIN PGP MESSAGE-----\n\n{base62:64}\n{base62:64}\n=abcd\n-----END PGP MESSAGE-----\n",
            rule: "encrypted-message",
        },
        Example {
            path: "backup.age",
            text: "age-encryption.org/v1\n-> X25519 {base62:43}\n{base62:43}\n--- {base62:43}\n",
            rule: "encrypted-message",
        },
        Example { path: "backup.enc", text: "Salted__{base62:64}", rule: "encrypted-file" },
        Example { path: "deploy.sh", text: "echo U2FsdGVkX1{base62:54} | x", rule: "encrypted-file" },
    ],
    misses: &[
        Example {
            path: "README.md",
            text: "it begins with -----BEGIN PGP MESSAGE----- and ends\n",
            rule: "",
        },
        Example {
            path: "magic",
            text: "0 string Salted__ openssl enc'd data with salted password\n",
            rule: "",
        },
        Example { path: "format.md", text: "age-encryption.org/v1\n-> X25519 …\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let found = armored(rest).or_else(|| age(rest)).or_else(|| salted(rest)).or_else(|| written(rest));
        if let Some((rule, value, shape)) = found {
            out(Found::here(rule, value, shape));
        }
    }
}

type Encrypted<'b> = (&'static Rule, Part<'b>, &'static str);

/// A message of OpenPGP in text.
fn armored(rest: Part<'_>) -> Option<Encrypted<'_>> {
    let body = rest.bytes().starts_with(ARMOR).then(|| rest.skip(ARMOR.len()))?;
    let end = next(rest.whole(), body.span().start, b"-----END PGP MESSAGE-----")?;
    // Where another one begins before that, it is the other's end.
    let other = next(rest.whole(), body.span().start, ARMOR).is_some_and(|other| other < end);
    let body = Some(body.first(end - body.span().start)).filter(|_| !other)?;
    let long = body.lines().any(|line| line.len() >= LEAST);
    long.then_some((&TO_KEYS, body.trim(), "PGP message"))
}

/// A file of age: the header names those who can read it, and ends with a line of its own.
fn age(rest: Part<'_>) -> Option<Encrypted<'_>> {
    let start = rest.span().start;
    let end = rest.bytes().starts_with(AGE).then(|| next(rest.whole(), start, HEADER_END))??;
    let (header, sum) = (rest.first(end - start), rest.skip(end - start + HEADER_END.len()));
    let sum = sum.while_(is_base64);
    (sum.len() == 43).then(|| (&TO_KEYS, header.through(&sum), "file encrypted with age"))
}

/// What `openssl enc` writes: only at the very start, because programs that read it hold the mark, too.
fn salted(rest: Part<'_>) -> Option<Encrypted<'_>> {
    let file = rest.bytes().starts_with(SALTED) && rest.span().start == 0;
    // A salt and whole blocks.
    (file && rest.len() >= LEAST).then_some((&BY_PASSWORD, rest.first(64), "file encrypted by openssl"))
}

/// The same as `openssl enc -a` writes it.
fn written(rest: Part<'_>) -> Option<Encrypted<'_>> {
    let begins = rest.bytes().starts_with(SALTED_BASE64) && !is_base64(rest.byte_before());
    let letters = if begins { rest.while_(is_base64) } else { rest.first(0) };
    (letters.len() > LEAST).then_some((&BY_PASSWORD, letters, "text encrypted by openssl"))
}

/// Padding is no part of it: a name may end in a sign of equality.
fn is_base64(byte: u8) -> bool {
    is_digit(byte) && byte != b'='
}
