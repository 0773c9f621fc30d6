//! Containers of keys under a password: PKCS#12 (`.p12`, `.pfx`) and Java's JKS, JCEKS and BKS, under any name.
//!
//! A warning: they are as safe as the password, which often stands next to them. One that opens with a password that
//! everybody tries first (`changeit`) is a leak. What counts is what they hold and not what they are called: a store of
//! certificates alone is none, and one with everything encrypted as a whole, so that no key can be seen, is a note.

use tightlip_report::{Confidence, Level};

use super::judge::der::SEQUENCE;
use super::judge::pkcs12::{Holds, pkcs12};
use super::judge::{Extent, bks, opened};
use crate::read::Part;
use crate::{Finder, Found, Rule, Text};

pub(super) static PKCS12: Rule = Rule::new(
    "pkcs12-container",
    "PKCS#12 container, password-protected",
    "Whoever holds it can try passwords at leisure; with the right one it gives a private key.",
)
.source("https://www.rfc-editor.org/rfc/rfc7292")
.at(Level::Warn, Confidence::High);

pub(super) static JAVA: Rule = Rule::new(
    "java-keystore",
    "Java key store with a private key",
    "Whoever holds it can try passwords at leisure; with the right one it gives a private key.",
)
.of("Java")
.source("https://docs.oracle.com/en/java/javase/21/docs/specs/security/standard-names.html#keystore-types")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "keystore",
    rules: &[&PKCS12, &JAVA],
    wants: |_| true,
    keywords: &[],
    find,
    hits: &[],
    misses: &[],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    // DER, JKS, JCEKS, BKS.
    if !matches!(
        text.bytes,
        [SEQUENCE, ..] | [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, ..] | [0, 0, 0, 1 | 2, ..]
    ) {
        return;
    }
    let Some(found) = found(text.bytes, Part::of(text.bytes)) else { return };
    // A note says that nothing is seen in it, and of a store of what one trusts that says nothing.
    if found.level != Some(Level::Note) || !is_of_trust(text.hint.file_name()) {
        out(found);
    }
}

/// Whether a file is called as stores of certificates are that one trusts.
fn is_of_trust(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    [&b"cacerts"[..], b"trust"].iter().any(|word| memchr::memmem::find(&name, word).is_some())
}

/// A store with a key in it, at its place.
pub(super) fn found<'b>(store: &[u8], place: Part<'b>) -> Option<Found<'b>> {
    let length = store.len();
    if let Some((holds, extent)) = pkcs12(store) {
        let found = Found::here(&PKCS12, place, format!("PKCS#12 container, {length} bytes"));
        return match (holds, extent) {
            (Holds::Certificates, _) => None,
            (Holds::Open, Extent::Whole) => {
                Some(told(found, "with a private key under no password").at(Level::Deny, Confidence::High))
            }
            (Holds::Locked, Extent::Whole) if opened::pkcs12(store) => Some(open(found)),
            (Holds::Locked, Extent::Whole) => Some(found),
            (Holds::Open | Holds::Locked, Extent::Cut) => Some(found.at(Level::Warn, Confidence::Medium)),
            (Holds::Sealed, _) => {
                let found =
                    told(found, "no key in sight: certificates, or a key that is encrypted with them");
                Some(found.at(Level::Note, Confidence::Low))
            }
        };
    }
    let kind = java(store).or_else(|| bks::holds_key(store).then_some("BKS"))?;
    let found = Found::here(&JAVA, place, format!("{kind} key store, {length} bytes"));
    Some(if opened::java(store) { open(found) } else { found })
}

fn told<'b>(found: Found<'b>, words: &str) -> Found<'b> {
    let shape = format!("{}, {words}", found.shape);
    Found { shape, ..found }
}

/// A store whose password is none.
fn open(found: Found<'_>) -> Found<'_> {
    told(found, "opens with a password that everybody tries first").at(Level::Deny, Confidence::High)
}

/// A store with a private or secret key in it: magic, version, count, and then its entries.
fn java(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.first_chunk::<16>()?;
    let word =
        |n: usize| head.get(n..n + 4).and_then(|w| w.first_chunk::<4>()).map(|w| u32::from_be_bytes(*w));
    let kind = match word(0)? {
        0xfeed_feed => "JKS",
        0xcece_cece => "JCEKS",
        _ => return None,
    };
    // The first entry says by its tag what it is: a private key (1), a certificate (2), a secret key (3).
    let (version, count, tag) = (word(4)?, word(8)?, word(12)?);
    let behind = || WRAPPED.iter().any(|mark| memchr::memmem::find(bytes, mark).is_some());
    let holds_key = matches!(tag, 1 | 3) || (tag == 2 && count > 1 && behind());
    (matches!(version, 1 | 2) && count > 0 && holds_key).then_some(kind)
}

/// What every key is wrapped in: Sun's protectors, 1.3.6.1.4.1.42.2.17.1.1 of a JKS and 1.3.6.1.4.1.42.2.19.1 of a JCEKS in DER,
/// and the class of its secret keys.
const WRAPPED: &[&[u8]] = &[
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x11, 0x01, 0x01],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x13, 0x01],
    b"SealedObjectForKeyProtector",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;
    use crate::key::judge::pkcs12::tests::{bag, container};
    use crate::key::judge::tests::tlv;

    fn store(tag: u8) -> Vec<u8> {
        [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, tag][..], &[1; 80]].concat()
    }

    #[test]
    fn java_stores_count_when_they_hold_a_key() {
        assert_eq!(found_in(&FINDER, "app/server.jks", &store(1))[0].shape, "JKS key store, 96 bytes");
        assert!(found_in(&FINDER, "app/server.jks", &store(2)).is_empty());
        let phone = bks::tests::store(4);
        assert_eq!(
            found_in(&FINDER, "raw/id.bks", &phone)[0].shape,
            format!("BKS key store, {} bytes", phone.len())
        );
        assert!(found_in(&FINDER, "raw/authorities.bks", &bks::tests::store(1)).is_empty());
    }

    #[test]
    fn stores_are_judged_by_what_they_hold() {
        assert_eq!(found_in(&FINDER, "etc/truststore.jks", &store(1)).len(), 1);
        assert_eq!(found_in(&FINDER, "srv/blob.bin", &store(1)).len(), 1);
        let mut both = store(2);
        both[11] = 2;
        assert!(found_in(&FINDER, "a.jks", &both).is_empty());
        both.extend_from_slice(WRAPPED[1]);
        assert_eq!(found_in(&FINDER, "a.jks", &both).len(), 1);
        for name in ["app/id.p12", "etc/truststore.p12", "srv/blob.dat"] {
            let locked = container(&bag(2));
            let found = found_in(&FINDER, name, &locked);
            assert_eq!((found[0].rule.id, found[0].level), ("pkcs12-container", None), "{name}");
            assert_eq!(found_in(&FINDER, name, &container(&bag(1)))[0].level, Some(Level::Deny));
            assert!(found_in(&FINDER, name, &container(&bag(3))).is_empty());
        }
    }

    #[test]
    fn a_store_without_a_key_in_sight_is_a_note() {
        let sealed = container(&tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06]));
        assert_eq!(found_in(&FINDER, "app/id.p12", &sealed)[0].level, Some(Level::Note));
        assert!(found_in(&FINDER, "etc/ssl/certs/java/cacerts", &sealed).is_empty());
    }
}
