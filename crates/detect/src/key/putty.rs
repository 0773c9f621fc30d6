//! PuTTY's private keys, versions 2 and 3 (`.ppk`).
//!
//! The checksum of a key without a passphrase is computed: one that does not hold makes it less sure.

use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tightlip_report::{Confidence, Level};

use super::judge::{Extent, known};
use crate::read::{Part, base64, hex};
use crate::{Example, Finder, Found, Rule, Text};

static PLAIN: Rule = Rule::new(
    "putty-private-key",
    "PuTTY private key",
    "Whoever holds it can log in wherever its public half is authorised.",
)
.of("PuTTY")
.source("https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html");

static ENCRYPTED: Rule = Rule::new(
    "encrypted-putty-private-key",
    "PuTTY private key, encrypted",
    "Whoever holds it can try passphrases at leisure.",
)
.of("PuTTY")
.source("https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "putty",
    rules: &[&PLAIN, &ENCRYPTED],
    wants: |_| true,
    keywords: &["putty-user-key-file-"],
    find,
    hits: &[
        Example {
            path: "root/id.ppk",
            text: "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: c\r\nPublic-Lines: 1\r\n{b64:64}\r\nPrivate-Lines: 1\r\n{b64:44}\r\nPrivate-MAC: {hex:64}\r\n",
            rule: "putty-private-key",
        },
        Example {
            path: "root/id.ppk",
            text: "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\nComment: c\nPublic-Lines: 1\n{b64:64}\nPrivate-Lines: 1\n{b64:64}\nPrivate-MAC: {hex:40}\n",
            rule: "encrypted-putty-private-key",
        },
    ],
    misses: &[
        Example {
            path: "doc.txt",
            text: "A key starts with PuTTY-User-Key-File-3: ssh-ed25519, then Encryption: none and so on.",
            rule: "",
        },
        Example {
            path: "bin/plink",
            text: "PuTTY-User-Key-File-\0Encryption: \0none\0Private-Lines: \0",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let window = Part::between(text.bytes, at..text.bytes.len().min(at + 32 * 1024));
        if let Some(found) = key(window) {
            out(known::lowered(found));
        }
    }
}

/// The colon of the first line stands among so many bytes: `PuTTY-User-Key-File-3:`.
const HEAD: usize = 32;

fn key<'b>(window: Part<'b>) -> Option<Found<'b>> {
    // Most places are words of a program.
    window.first(HEAD).cut(|b| b == b':')?;
    let mut lines = window.lines();
    let (version, kind) = lines.next()?.cut(|b| b == b':')?;
    let (_, cipher) = lines.next()?.cut(|b| b == b':').filter(|(name, _)| name.is("Encryption"))?;
    let head: Vec<Part<'b>> = lines.by_ref().take_while(|l| l.strip("Private-Lines:").is_none()).collect();
    let private = window.after(head.last()?).lines().find_map(|l| l.strip("Private-Lines:"))?;
    let count: usize = std::str::from_utf8(private.trim().bytes()).ok()?.parse().ok()?;
    let body: Vec<Part<'b>> =
        lines.by_ref().take(count).take_while(|l| l.bytes().iter().all(|b| base64::is_digit(*b))).collect();
    let (first, last) = (body.first()?, body.last()?);
    let value =
        window.skip(first.span().start - window.span().start).first(last.span().end - first.span().start);
    let secret = base64::decode(value.bytes()).filter(|s| s.len() >= 16)?;
    let extent = if body.len() == count { Extent::Whole } else { Extent::Cut };
    let name = match kind.trim().bytes() {
        b"ssh-rsa" => "RSA",
        b"ssh-dss" => "DSA",
        b"ssh-ed25519" => "Ed25519",
        b"ssh-ed448" => "Ed448",
        other if other.starts_with(b"ecdsa-sha2-") => "EC",
        _ => return None,
    };
    let open = cipher.trim().is("none");
    let (rule, word) =
        if open { (&PLAIN, "PuTTY private key") } else { (&ENCRYPTED, "encrypted PuTTY private key") };
    let stated = window.after(&value).lines().find_map(|l| l.strip("Private-MAC:"));
    let file = File { version, kind: kind.trim(), head: &head, secret: &secret };
    let holds = stated.filter(|_| open && extent == Extent::Whole).and_then(|mac| file.is_of(mac.trim()));
    let sum = match holds {
        Some(true) => ", checksum holds",
        Some(false) => ", checksum does not hold",
        None => "",
    };
    let found = Found::here(rule, value, format!("{word}, {name}{sum}")).decoded(secret, &["base64"]);
    Some(match (extent, holds) {
        (Extent::Cut, _) => found.at(Level::Warn, Confidence::Low),
        (Extent::Whole, Some(false)) => found.at(rule.level, Confidence::Medium),
        (Extent::Whole, _) => found,
    })
}

/// What the checksum of an open key is over.
struct File<'f, 'b> {
    version: Part<'b>,
    kind: Part<'b>,
    /// The lines between the cipher and the private ones.
    head: &'f [Part<'b>],
    secret: &'f [u8],
}

impl File<'_, '_> {
    /// Whether a checksum is that of the file (PuTTY's manual, C.3 and C.4); none where it cannot be told.
    fn is_of(&self, mac: Part<'_>) -> Option<bool> {
        let stated = hex::bytes(mac.bytes())?;
        let said = self.said()?;
        match self.version.bytes().last()? {
            b'2' => {
                let key = Sha1::digest(b"putty-private-key-file-mac-key");
                let sum = Hmac::<Sha1>::new_from_slice(&key).ok()?.chain_update(said);
                Some(sum.verify_slice(&stated).is_ok())
            }
            // Its key is made of the passphrase; where there is none, it is empty.
            b'3' => {
                let sum = Hmac::<Sha256>::new_from_slice(b"").ok()?.chain_update(said);
                Some(sum.verify_slice(&stated).is_ok())
            }
            _ => None,
        }
    }

    /// The kind, the cipher, the comment and both halves of the key, each behind its length.
    fn said(&self) -> Option<Vec<u8>> {
        let mut lines = self.head.iter();
        let comment = lines.next()?.strip("Comment:")?;
        let comment = comment.strip(" ").unwrap_or(comment);
        lines.next()?.strip("Public-Lines:")?;
        let public: Vec<u8> = lines.flat_map(|line| line.bytes().iter().copied()).collect();
        let public = base64::decode(&public)?;
        let parts = [self.kind.bytes(), b"none", comment.bytes(), &public, self.secret];
        let counted =
            |part: &&[u8]| u32::try_from(part.len()).ok().map(|n| [&n.to_be_bytes(), *part].concat());
        parts.iter().map(counted).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
    }
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    /// A key of made-up numbers.
    fn file(version: u8, mac: &str) -> String {
        let public = STANDARD.encode((0..51).collect::<Vec<u8>>());
        let private = STANDARD.encode((100..136).collect::<Vec<u8>>());
        format!(
            "PuTTY-User-Key-File-{version}: ssh-ed25519\r\nEncryption: none\r\nComment: me at work\r\nPublic-Lines: 2\r\n{}\r\n{}\r\n\
             Private-Lines: 1\r\n{private}\r\nPrivate-MAC: {mac}\r\n",
            &public[..64],
            &public[64..],
        )
    }

    #[test]
    fn the_checksum_is_computed() {
        // By Python's hmac.
        let third = ["42aca7f7c2a2343d6fe82ccc975cab8c", "52502f4e8f4efdb4799301b4cb6b691b"].concat();
        let second = ["b81ba97c7eddf3b7d3cb", "5aea02066937161d5143"].concat();
        let told = |text: &str| {
            let found = found_in(&FINDER, "id.ppk", text.as_bytes());
            (found[0].shape.clone(), found[0].level.unwrap_or(Level::Deny), found[0].confidence)
        };
        for (version, mac) in [(2, &second), (3, &third)] {
            let holds = ("PuTTY private key, Ed25519, checksum holds".to_owned(), Level::Deny, None);
            assert_eq!(told(&file(version, mac)), holds);
            let fails = "PuTTY private key, Ed25519, checksum does not hold".to_owned();
            let wrong = mac.replace('a', "b");
            assert_eq!(told(&file(version, &wrong)), (fails, Level::Deny, Some(Confidence::Medium)));
        }
    }
}
