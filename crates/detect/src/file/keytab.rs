//! Kerberos' keytabs, which hold keys of principals, and caches of tickets.

use tightlip_report::{Confidence, Level};

use crate::read::Part;
use crate::{Finder, Found, Hint, Rule, Text};

static KEYS: Rule = Rule::new(
    "kerberos-keytab",
    "Kerberos keytab",
    "Whoever holds it can get tickets as its principals, without their passwords.",
)
.of("Kerberos")
.source("https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html");

static TICKETS: Rule = Rule::new(
    "kerberos-tickets",
    "Kerberos ticket cache",
    "Whoever holds it acts as its principal until the tickets expire.",
)
.of("Kerberos")
.source("https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html")
.at(Level::Warn, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "keytab",
    rules: &[&KEYS, &TICKETS],
    // By name: what is wanted of every file would have to fit into one reading.
    wants: is_named,
    keywords: &[],
    find,
    hits: &[],
    misses: &[],
};

fn is_named(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    name.starts_with(b"krb5cc") || memchr::memmem::find(name, b"keytab").is_some()
}

/// Both formats begin with a five and their version.
const KEYTAB: &[u8] = &[5, 2];
const CACHE: &[u8] = &[5, 4];
/// No entry is longer, in bytes.
const LONGEST: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    if text.bytes.starts_with(KEYTAB) {
        let realms = realms(text.bytes);
        if let Some(realm) = realms.first() {
            let keys = if realms.len() == 1 { "1 key" } else { &format!("{} keys", realms.len()) };
            out(Found::here(&KEYS, whole, format!("{keys}, realm {realm}")));
        }
    } else if text.bytes.starts_with(CACHE) && text.hint.file_name().starts_with(b"krb5cc") {
        out(Found::here(&TICKETS, whole, "ticket cache"));
    }
}

/// The realms of the entries; none if one of them does not parse.
fn realms(bytes: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = bytes.get(KEYTAB.len()..).unwrap_or_default();
    while let Some((size, after)) = rest.split_first_chunk::<4>() {
        let size = i32::from_be_bytes(*size);
        let length = usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX);
        let Some((entry, after)) = after.split_at_checked(length).filter(|_| length <= LONGEST) else {
            return Vec::new();
        };
        // A negative size is a hole.
        if size > 0 {
            let Some(realm) = realm(entry) else { return Vec::new() };
            all.push(realm);
        }
        rest = after;
    }
    all
}

/// An entry begins with the number of its names and its realm.
fn realm(entry: &[u8]) -> Option<String> {
    let (count, rest) = entry.split_first_chunk::<2>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let realm = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    let plausible = (1..=8).contains(&u16::from_be_bytes(*count))
        && !realm.is_empty()
        && realm.iter().all(u8::is_ascii_graphic);
    plausible.then(|| String::from_utf8_lossy(realm).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    fn keytab() -> Vec<u8> {
        let counted = |text: &[u8]| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text].concat();
        let entry = [
            &1_u16.to_be_bytes()[..],
            &counted(b"ACME.DEV"),
            &counted(b"svc"),
            &[0, 0, 0, 1, 0x65, 0, 0, 0, 3, 0, 18],
            &counted(&[7; 32]),
        ]
        .concat();
        [KEYTAB, &i32::try_from(entry.len()).unwrap().to_be_bytes(), &entry].concat()
    }

    #[test]
    fn a_keytab_is_known_by_its_entries() {
        let bytes = keytab();
        let found = found_in(&FINDER, "etc/app.keytab", &bytes);
        assert_eq!(found[0].shape, "1 key, realm ACME.DEV");
    }

    #[test]
    fn what_only_begins_like_one_is_none() {
        assert!(found_in(&FINDER, "x.keytab", b"\x05\x02").is_empty());
        assert!(found_in(&FINDER, "x.keytab", b"\x05\x02\0\0\0\x08\0\x01\0\x20abcd").is_empty());
    }

    #[test]
    fn a_cache_of_tickets_is_a_warning() {
        assert_eq!(found_in(&FINDER, "tmp/krb5cc_0", b"\x05\x04\0\x0c")[0].rule.id, "kerberos-tickets");
    }
}
