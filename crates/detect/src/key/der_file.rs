//! Private keys as bare DER, whatever their files are called.

use tightlip_report::{Confidence, Level};

use super::judge::{Extent, Key, Lock, asn1, known};
use crate::read::Part;
use crate::{Finder, Found, Rule, Text};

pub(super) static PLAIN: Rule = Rule::new(
    "der-private-key",
    "Private key in DER",
    "Whoever holds it can act as its owner: decrypt, sign, pretend to be the server.",
)
.source("https://www.rfc-editor.org/rfc/rfc5958");

pub(super) static ENCRYPTED: Rule = Rule::new(
    "encrypted-der-private-key",
    "Private key in DER, encrypted",
    "Whoever holds it can try passphrases at leisure.",
)
.source("https://www.rfc-editor.org/rfc/rfc5958#section-3")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "der-file",
    rules: &[&PLAIN, &ENCRYPTED],
    // No name says that a file is none: `jwt/signing`, `server.dat`.
    wants: |_| true,
    keywords: &[],
    find,
    hits: &[],
    misses: &[],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // A sequence, as long as the file.
    if text.bytes.first() != Some(&0x30) || text.bytes.len() > 32 * 1024 {
        return;
    }
    let Some(key) = asn1(text.bytes).filter(|key| key.extent == Extent::Whole) else { return };
    out(known::lowered(found(key, Part::of(text.bytes))));
}

/// A whole key, at its place.
pub(super) fn found(key: Key, place: Part<'_>) -> Found<'_> {
    let rule = if key.lock == Lock::Open { &PLAIN } else { &ENCRYPTED };
    Found::here(rule, place, key.shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;
    use crate::key::judge::tests::{encrypted, rsa_key};

    #[test]
    fn a_binary_key_is_found() {
        assert_eq!(
            found_in(&FINDER, "etc/ssl/server.der", &rsa_key(2048))[0].shape,
            "RSA private key, 2048 bits"
        );
        assert_eq!(
            found_in(&FINDER, "app/jwt/signing", &encrypted())[0].rule.id,
            "encrypted-der-private-key"
        );
        assert!(found_in(&FINDER, "etc/ssl/server.der", &rsa_key(2048)[..500]).is_empty());
        assert!(found_in(&FINDER, "etc/ssl/server.der", b"0 x").is_empty());
    }
}
