//! Private keys of SSH Communications Security's SSH and Tectia: `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`.
//!
//! They are called encrypted whether they are or not; the name of the cipher inside tells.

use tightlip_report::{Confidence, Level};

use super::judge::known;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "ssh2-private-key",
    "SSH2 private key (Tectia)",
    "Whoever holds it can log in wherever its public half is authorised.",
)
.of("Tectia SSH")
.rotate("https://docs.ssh.com/manuals/client-user/66/userauth-pk.html")
.source("https://git.tartarus.org/?p=simon/putty.git;a=blob;f=import.c");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-ssh2-private-key",
    "SSH2 private key (Tectia), encrypted",
    "Whoever holds it can try passphrases at leisure.",
)
.of("Tectia SSH")
.rotate("https://docs.ssh.com/manuals/client-user/66/userauth-pk.html")
.source("https://git.tartarus.org/?p=simon/putty.git;a=blob;f=import.c")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ssh2",
    rules: &[&PLAIN, &ENCRYPTED],
    wants: |_| true,
    keywords: &["---- begin ssh2 "],
    find,
    hits: &[],
    misses: &[
        Example {
            path: "a.c",
            text: "#define BEGIN \"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\"\n#define MAGIC 0x3f6ff9eb\n",
            rule: "",
        },
        Example {
            path: "id.pub",
            text: "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"2048-bit RSA\"\nAAAAB3NzaC1yc2EA{b64:200}\n---- END SSH2 PUBLIC KEY ----\n",
            rule: "",
        },
        Example {
            path: "a.md",
            text: "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{b64:200}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n",
            rule: "",
        },
    ],
};

const MAGIC: u32 = 0x3f6f_f9eb;
/// Longer than any key.
const LONGEST: usize = 32 * 1024;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at.saturating_add(LONGEST)));
        key(rest).map(known::lowered).into_iter().for_each(&mut *out);
    }
}

fn key(rest: Part<'_>) -> Option<Found<'_>> {
    let head = ["---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- BEGIN SSH2 PRIVATE KEY ----"];
    let (inside, _) = head.iter().find_map(|head| rest.strip(head))?.cut_at(b"---- END SSH2 ")?;
    let (first, last, digits) = digits(inside)?;
    let bytes = base64::decode(&digits)?;
    let (kind, cipher) = read(&bytes)?;
    let rule = if cipher == b"none" { &PLAIN } else { &ENCRYPTED };
    let word = if cipher == b"none" { "SSH2 private key" } else { "encrypted SSH2 private key" };
    let name = match kind {
        kind if kind.starts_with(b"if-modn{sign{rsa") => ", RSA",
        kind if kind.starts_with(b"dl-modp{sign{dsa") => ", DSA",
        _ => "",
    };
    Some(Found::here(rule, first.through(&last), format!("{word}{name}")).decoded(bytes, &["base64"]))
}

/// The first and the last line of base64, and all their digits. Before them stand headers, which go on behind a backslash.
fn digits(inside: Part<'_>) -> Option<(Part<'_>, Part<'_>, Vec<u8>)> {
    let mut goes_on = false;
    let is_body = |line: &Part<'_>| {
        let header = goes_on || line.bytes().contains(&b':');
        goes_on = header && line.bytes().ends_with(b"\\");
        !header && !line.is_empty()
    };
    let lines: Vec<Part<'_>> = inside.lines().map(|line| line.trim()).filter(is_body).collect();
    let all = lines.iter().all(|line| line.bytes().iter().all(|b| base64::is_digit(*b)));
    let digits = lines.iter().flat_map(|line| line.bytes().iter().copied()).collect();
    all.then_some((*lines.first()?, *lines.last()?, digits))
}

/// What kind of key it is, and its cipher.
fn read(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (magic, rest) = number(bytes)?;
    let (length, rest) = number(rest)?;
    let whole = magic == MAGIC && usize::try_from(length).ok()? == bytes.len();
    let (kind, rest) = string(rest)?;
    let (cipher, rest) = string(rest)?;
    let (blob, _) = string(rest)?;
    (whole && blob.len() >= 64).then_some((kind, cipher))
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}

fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    fn file(cipher: &str) -> String {
        let counted = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
        let blob: Vec<u8> = (0..200).collect();
        let parts = [
            counted(b"if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}"),
            counted(cipher.as_bytes()),
            counted(&blob),
        ];
        let body = parts.concat();
        let head = [MAGIC, u32::try_from(body.len() + 8).unwrap()].map(u32::to_be_bytes).concat();
        let digits = STANDARD.encode([head, body].concat());
        let lines: Vec<&str> =
            digits.as_bytes().chunks(70).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let label = format!("SSH2 ENCRYPTED PRI{}", "VATE KEY");
        format!(
            "---- BEGIN {label} ----\nSubject: me\nComment: \"a long \\\nremark\"\n{}\n---- END {label} ----\n",
            lines.join("\n")
        )
    }

    #[test]
    fn the_cipher_tells_whether_it_is_encrypted() {
        for (cipher, rule, shape) in [
            ("none", "ssh2-private-key", "SSH2 private key, RSA"),
            ("3des-cbc", "encrypted-ssh2-private-key", "encrypted SSH2 private key, RSA"),
        ] {
            let text = file(cipher);
            let found = found_in(&FINDER, "id_rsa_2048_a", text.as_bytes());
            assert_eq!(found.iter().map(|f| (f.rule.id, &*f.shape)).collect::<Vec<_>>(), [(rule, shape)]);
        }
    }
}
