//! Whether a text looks like a key that a service gives out: random, and nothing that everybody may see.

use crate::context::judge::value::{Worth, classes, entropy, worth};
use crate::words::is_worded;

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// Random letters and digits.
    Mixed,
    /// So many digits in hexadecimal as keys have.
    Hex,
    /// Anything else.
    Nothing,
}

/// Keys have so many characters.
pub(super) const LENGTHS: std::ops::RangeInclusive<usize> = 20..=320;

/// How public keys, addresses and what other rules know begin.
const PUBLIC: &[&str] = &[
    "pk_", "pk-", "pub", "public", "AIza", "UA-", "GTM-", "eyJ", "0x", "Qm", "bafy", "xpub", "zpub", "phc_",
    "client-", "ssh-", "AAAA", "MII", "test_", "sandbox", "appl_", "goog_", "urn:", "did:", "npub", "bc1",
    "addr1", "cosmos1",
];

pub(super) fn looks(value: &[u8]) -> Looks {
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if !plain
        || !LENGTHS.contains(&value.len())
        || PUBLIC.iter().any(|start| value.starts_with(start.as_bytes()))
    {
        return Looks::Nothing;
    }
    if worth(value) != Worth::Strong {
        return Looks::Nothing;
    }
    if value.iter().all(u8::is_ascii_hexdigit) {
        let cases = value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase);
        let hex = matches!(value.len(), 32 | 40 | 48 | 64) && !cases && entropy(value) >= 3.0;
        return if hex { Looks::Hex } else { Looks::Nothing };
    }
    let mixed = changes(value) * 4 >= value.len()
        && entropy(value) >= 3.4
        && !is_worded(value)
        && !is_joined(value)
        && !is_of_words(value)
        && !is_address(value)
        && !is_site_key(value);
    if mixed { Looks::Mixed } else { Looks::Nothing }
}

/// How often a letter stands beside a digit, or beside one of the other case.
fn changes(value: &[u8]) -> usize {
    let class = |b: u8| (b.is_ascii_digit(), b.is_ascii_uppercase(), b.is_ascii_lowercase());
    // What a key begins with tells whose it is: `standard_…`.
    value.windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count()
}

/// `TestCase12OfTheServer34`: long stretches of small letters beside capitals; or few digits where there are no capitals.
fn is_of_words(value: &[u8]) -> bool {
    if classes(value) < 3 {
        let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
        return digits * 8 < value.len();
    }
    let small = value.split(|b| !b.is_ascii_lowercase()).map(<[u8]>::len);
    small.filter(|length| *length >= 4).sum::<usize>() * 3 >= value.len()
}

/// Words and numbers with marks between: `us-east-1-service-v2`.
fn is_joined(value: &[u8]) -> bool {
    let marks = value.iter().filter(|b| matches!(b, b'-' | b'_')).count();
    marks > 2 && classes(value) < 3 || marks * 6 > value.len()
}

/// Addresses of chains of blocks: 32 bytes in base58, or fewer behind the letter of the chain; base32 of Stellar.
fn is_address(value: &[u8]) -> bool {
    let base58 = value.iter().all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(b));
    let base32 = value.iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(b));
    base58
        && (matches!(value.len(), 43 | 44)
            || matches!(value.len(), 33 | 34) && value.first().is_some_and(|first| b"TrDL13".contains(first)))
        || base32 && value.len() == 56
}

/// What reCAPTCHA gives a page.
fn is_site_key(value: &[u8]) -> bool {
    value.len() == 40 && value.starts_with(b"6L")
}
