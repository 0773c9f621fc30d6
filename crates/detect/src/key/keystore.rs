//! Containers of keys under a password: PKCS#12 (`.p12`, `.pfx`) and Java's JKS, JCEKS and BKS.
//!
//! A warning: they are as safe as the password, which often stands next to them. One that opens with a password that
//! everybody tries first (`changeit`) is a leak. Java's trust stores (`cacerts`), which hold certificates alone, are none.

use tightlip_report::{Confidence, Level};

use super::judge::{Extent, bks, opened, pkcs12};
use crate::read::Part;
use crate::{Finder, Found, Hint, Rule, Text};

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
pub(crate) static FINDER: Finder =
    Finder { id: "keystore", rules: &[&PKCS12, &JAVA], wants, keywords: &[], find, hits: &[], misses: &[] };

fn wants(hint: &Hint<'_>) -> bool {
    let name = hint.file_name().to_ascii_lowercase();
    let ends = [".p12", ".pfx", ".jks", ".jceks", ".keystore", ".ks", ".pkcs12", ".bcfks", ".bks"];
    let named: &[&[u8]] = &[b"keystore", b".keystore"];
    ends.iter().any(|end| name.ends_with(end.as_bytes())) || named.contains(&name.as_slice())
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    // Trust stores of the platform are PKCS#12 too.
    let trust = [&b"cacerts"[..], b"truststore"]
        .iter()
        .any(|w| memchr::memmem::find(&text.hint.file_name().to_ascii_lowercase(), w).is_some());
    if trust {
        return;
    }
    found(text.bytes, whole).into_iter().for_each(out);
}

/// A store with a key in it, at its place.
pub(super) fn found<'b>(store: &[u8], place: Part<'b>) -> Option<Found<'b>> {
    let length = store.len();
    if let Some(extent) = pkcs12(store) {
        let found = Found::here(&PKCS12, place, format!("PKCS#12 container, {length} bytes"));
        return Some(match extent {
            Extent::Whole if opened::pkcs12(store) => open(found),
            Extent::Whole => found,
            Extent::Cut => found.at(Level::Warn, Confidence::Medium),
        });
    }
    let kind = java(store).or_else(|| bks::holds_key(store).then_some("BKS"))?;
    let found = Found::here(&JAVA, place, format!("{kind} key store, {length} bytes"));
    Some(if opened::java(store) { open(found) } else { found })
}

/// A store whose password is none.
fn open(found: Found<'_>) -> Found<'_> {
    let shape = format!("{}, opens with a password that everybody tries first", found.shape);
    Found { shape, ..found }.at(Level::Deny, Confidence::High)
}

/// A store whose first entry is a private (1) or secret (3) key: magic, version, count, tag of the first entry.
fn java(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.first_chunk::<16>()?;
    let word =
        |n: usize| head.get(n..n + 4).and_then(|w| w.first_chunk::<4>()).map(|w| u32::from_be_bytes(*w));
    let kind = match word(0)? {
        0xfeed_feed => "JKS",
        0xcece_cece => "JCEKS",
        _ => return None,
    };
    // The first entry may be a certificate with a key behind it: its tag decides only where it is alone.
    let (version, count, tag) = (word(4)?, word(8)?, word(12)?);
    let holds_key = matches!(tag, 1 | 3)
        || (tag == 2 && count > 1 && memchr::memmem::find(bytes, KEY_PROTECTOR).is_some());
    (matches!(version, 1 | 2) && count > 0 && holds_key).then_some(kind)
}

/// Sun's key protector, 1.3.6.1.4.1.42.2.17.1.1 in DER: every private key of a JKS is wrapped in it.
const KEY_PROTECTOR: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x11, 0x01, 0x01];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;
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
    fn pkcs12_is_known_by_its_structure() {
        let content = tlv(0x30, &tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]));
        let store = tlv(0x30, &[tlv(2, &[3]), content].concat());
        assert_eq!(found_in(&FINDER, "app/id.p12", &store)[0].rule.id, "pkcs12-container");
        assert!(found_in(&FINDER, "etc/truststore.p12", &store).is_empty());
        assert!(found_in(&FINDER, "app/id.p12", b"0\x03\x02\x01\x03").is_empty());
    }
}
