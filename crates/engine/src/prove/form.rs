//! The forms in which a value is looked for, besides the encodings that every known value is looked for in: its
//! digests, and parts of it.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use tightlip_report::proof::Origin;
use zeroize::Zeroizing;

use super::canary::Canary;

/// A form of a value, as bytes to look for.
pub(crate) struct Form {
    /// What it is of the value, in words.
    pub(crate) name: &'static str,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// What the value itself is called.
pub(crate) const WHOLE: &str = "the value";
const PART: &str = "a part of it";

/// A part of so many bytes that stands somewhere is no chance: 62 ^ 8 is more than 10 ^ 14.
const PART_LENGTH: usize = 8;
/// Of a long value no more parts than this are looked for; then a part must be longer to be found for certain.
const MOST_PARTS: usize = 64;

type Hash = (&'static str, fn(&[u8]) -> Vec<u8>);

/// Digests that programs write down. Each is looked for as bytes, in hexadecimal and in base64.
const HASHES: &[Hash] = &[
    ("its MD5", |bytes| Md5::digest(bytes).to_vec()),
    ("its SHA-1", |bytes| Sha1::digest(bytes).to_vec()),
    ("its SHA-224", |bytes| Sha224::digest(bytes).to_vec()),
    ("its SHA-256", |bytes| Sha256::digest(bytes).to_vec()),
    ("its SHA-384", |bytes| Sha384::digest(bytes).to_vec()),
    ("its SHA-512", |bytes| Sha512::digest(bytes).to_vec()),
    ("its name in Git", |bytes| {
        Sha1::digest([format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat()).to_vec()
    }),
];

/// Every form of a value, the plainest first.
pub(crate) fn forms(canary: &Canary) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut add = |name, bytes: Vec<u8>| {
        if forms.iter().all(|form| *form.bytes != bytes) {
            forms.push(Form { name, bytes: Zeroizing::new(bytes) });
        }
    };
    for core in &canary.cores {
        add(WHOLE, core.to_vec());
    }
    for value in canary.cores.iter().chain([&canary.content]) {
        let text = value.strip_suffix(b"\n").unwrap_or(value);
        for input in [text.to_vec(), [text, b"\n"].concat()].map(Zeroizing::new) {
            HASHES.iter().for_each(|(name, hash)| add(name, hash(&input)));
        }
    }
    for core in canary.cores.iter().filter(|core| is_random(core, canary)) {
        parts(core).for_each(|part| add(PART, part.to_vec()));
    }
    forms
}

/// Whether all of a core is random. Of anything else parts stand elsewhere too: `registry` in an `.npmrc`, words in
/// what a user gave.
fn is_random(core: &[u8], canary: &Canary) -> bool {
    let holds =
        |other: &[u8]| other.len() < core.len() && core.windows(other.len()).any(|part| part == other);
    canary.origin == Origin::MadeUp && core.is_ascii() && !canary.cores.iter().any(|other| holds(other))
}

/// What the receipt says about the forms.
pub(crate) fn names() -> Vec<String> {
    let encodings = "the value in every encoding (raw, base64, hex, URL, JSON, shell, UTF-16, reversed, over several lines)";
    let hashes =
        HASHES.iter().map(|(name, _)| name.trim_start_matches("its ")).collect::<Vec<_>>().join(", ");
    vec![
        encodings.to_owned(),
        format!("digests of it with and without a line end ({hashes})"),
        format!("parts of a made-up value from {} characters on", PART_LENGTH + 1),
    ]
}

/// Stretches of a value, so close that every part that is a little longer holds one.
fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let last = value.len().saturating_sub(PART_LENGTH);
    // One that is nearly the whole says nothing more.
    let step =
        if value.len() < 2 * PART_LENGTH { value.len().max(1) } else { last.div_ceil(MOST_PARTS).max(2) };
    let enough = value.len() >= 2 * PART_LENGTH;
    value.windows(PART_LENGTH).step_by(step).filter(move |_| enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_looked_for_whole_hashed_and_in_parts() {
        let value = Zeroizing::new(b"abcdefghijklmnopqrstuvwxyz0123456789".to_vec());
        let canary = Canary { origin: Origin::MadeUp, ..Canary::given(value) };
        let forms = forms(&canary);
        let count = |name: &str| forms.iter().filter(|form| form.name == name).count();
        assert_eq!((count(WHOLE), count("its SHA-256"), count(PART)), (1, 2, 15));
        // The quarters of it are found, wherever they are cut.
        let has = |part: &[u8]| {
            forms.iter().any(|form| form.name == PART && part.windows(8).any(|w| w == &**form.bytes))
        };
        for quarter in canary.content.chunks(9) {
            assert!(has(quarter));
        }
    }

    #[test]
    fn digests_are_those_that_programs_print() {
        let forms = forms(&Canary::given(Zeroizing::new(b"hello".to_vec())));
        let hex = |name: &str| -> Vec<String> {
            forms
                .iter()
                .filter(|form| form.name == name)
                .map(|form| crate::identity::hex(&form.bytes))
                .collect()
        };
        assert_eq!(hex("its MD5"), ["5d41402abc4b2a76b9719d911017c592", "b1946ac92492d2347c6235b4d2611184"]);
        assert_eq!(hex("its name in Git")[1], "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(forms.iter().filter(|form| form.name == PART).count(), 0);
    }
}
