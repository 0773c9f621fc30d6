//! Key files of Tarsnap: lines of base64 between `# START OF TARSNAP KEY FILE` and its end.
//!
//! The last six bytes of every line are a checksum of the others. The keys may be encrypted under a passphrase.

use sha2::{Digest as _, Sha256};
use tightlip_report::{Confidence, Level};

use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "tarsnap-key",
    "Tarsnap key file",
    "Whoever holds it can read, write or delete the backups, as far as the keys in it go.",
)
.of("Tarsnap")
.rotate("https://www.tarsnap.com/man-tarsnap-recrypt.1.html")
.source("https://github.com/Tarsnap/tarsnap/blob/master/keyfile/keyfile.c");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-tarsnap-key",
    "Tarsnap key file, encrypted",
    "Whoever holds it can try passphrases at leisure; with the right one the backups are theirs.",
)
.of("Tarsnap")
.rotate("https://www.tarsnap.com/man-tarsnap-recrypt.1.html")
.source("https://github.com/Tarsnap/tarsnap/blob/master/keyfile/keyfile.c")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "tarsnap",
    rules: &[&PLAIN, &ENCRYPTED],
    wants: |_| true,
    keywords: &["# start of tarsnap key file"],
    find,
    hits: &[],
    misses: &[
        Example {
            path: "a.yml",
            text: "tarsnap_key: |\n  # START OF TARSNAP KEY FILE\n  ...\n  # END OF TARSNAP KEY FILE\n",
            rule: "",
        },
        Example {
            path: "a.go",
            text: "const fake = \"# START OF TARSNAP KEY FILE\\nc29tZSBiYXNlNjQ=\\n# END OF TARSNAP KEY FILE\\n\"\n",
            rule: "",
        },
    ],
};

/// Two RSA keys and some more, in base64.
const LONGEST: usize = 64 * 1024;
/// Bytes of the checksum of a line.
const SUM: usize = 6;
/// Fewer bytes than this are no key.
const LEAST: usize = 64;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at.saturating_add(LONGEST)));
        keys(rest).into_iter().for_each(&mut *out);
    }
}

fn keys(rest: Part<'_>) -> Option<Found<'_>> {
    let lines = rest.lines().skip(1).map(|line| line.trim());
    let lines: Vec<Part<'_>> = lines.take_while(|line| !line.bytes().starts_with(b"#")).collect();
    let raw: Vec<Vec<u8>> = lines.iter().map_while(|line| base64::decode(line.bytes())).collect();
    let (mut bytes, mut holds) = (Vec::new(), !raw.is_empty());
    for line in &raw {
        let (data, sum) = line.split_at_checked(line.len().checked_sub(SUM)?)?;
        holds &= Sha256::digest(data).starts_with(sum);
        bytes.extend_from_slice(data);
    }
    let (rule, shape) = match &bytes {
        bytes if bytes.starts_with(b"tarsnap\0") => (&PLAIN, "Tarsnap keys"),
        bytes if bytes.starts_with(b"scrypt") => (&ENCRYPTED, "encrypted Tarsnap keys"),
        _ => return None,
    };
    let (first, last) = (lines.first()?, lines.get(raw.len().checked_sub(1)?)?);
    let verb = if holds { "hold" } else { "do not hold" };
    let found = Found::here(rule, first.through(last), format!("{shape}, checksums {verb}"));
    let found = if holds { found } else { found.at(rule.level, Confidence::Medium) };
    (bytes.len() >= LEAST).then(|| found.decoded(bytes, &["base64"]))
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    fn file(head: &[u8], wrong: u8) -> String {
        let body: Vec<u8> = head.iter().copied().chain(0..150).collect();
        let line = |data: &[u8]| {
            let mut sum = Sha256::digest(data)[..SUM].to_vec();
            sum[0] ^= wrong;
            STANDARD.encode([data, &sum].concat())
        };
        let lines: Vec<String> = body.chunks(48).map(line).collect();
        format!("# START OF TARSNAP KEY FILE\n{}\n# END OF TARSNAP KEY FILE\n", lines.join("\n"))
    }

    #[test]
    fn keys_are_told_by_their_beginning_and_their_checksums() {
        let told = |text: &str| {
            let found = found_in(&FINDER, "root/tarsnap.key", text.as_bytes());
            found.iter().map(|f| (f.rule.id, f.shape.clone(), f.confidence)).collect::<Vec<_>>()
        };
        let open = ("tarsnap-key", "Tarsnap keys, checksums hold".to_owned(), None);
        assert_eq!(told(&file(b"tarsnap\0", 0)), [open]);
        let doubt =
            ("tarsnap-key", "Tarsnap keys, checksums do not hold".to_owned(), Some(Confidence::Medium));
        assert_eq!(told(&file(b"tarsnap\0", 1)), [doubt]);
        let locked = ("encrypted-tarsnap-key", "encrypted Tarsnap keys, checksums hold".to_owned(), None);
        assert_eq!(told(&file(b"scrypt\0", 0)), [locked]);
        assert!(told(&file(b"nothing", 0)).is_empty());
    }
}
