//! PuTTY's private keys, versions 2 and 3 (`.ppk`).

use tightlip_report::{Confidence, Level};

use super::judge::{Extent, known};
use crate::read::{Part, base64};
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

fn key<'b>(window: Part<'b>) -> Option<Found<'b>> {
    let mut lines = window.lines();
    let (_, kind) = lines.next()?.cut(|b| b == b':')?;
    let (_, cipher) = lines.next()?.cut(|b| b == b':').filter(|(name, _)| name.is("Encryption"))?;
    let private = lines.find_map(|l| l.strip("Private-Lines:"))?;
    let count: usize = std::str::from_utf8(private.trim().bytes()).ok()?.parse().ok()?;
    let body: Vec<Part<'b>> =
        lines.take(count).take_while(|l| l.bytes().iter().all(|b| base64::is_digit(*b))).collect();
    let (first, last) = (body.first()?, body.last()?);
    let value =
        window.skip(first.span().start - window.span().start).first(last.span().end - first.span().start);
    let secret = base64::decode(value.bytes()).filter(|s| s.len() >= 16)?;
    let extent = if body.len() == count { Extent::Whole } else { Extent::Cut };
    let kind = match kind.trim().bytes() {
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
    let found = Found::here(rule, value, format!("{word}, {kind}")).decoded(secret, &["base64"]);
    Some(if extent == Extent::Whole { found } else { found.at(Level::Warn, Confidence::Low) })
}
