//! Is this what a hash function makes of a text, as its tests expect it: `sha256("password") == "<sha256>"`?

use super::name::words;
use super::site::{Site, Written};

/// Words in the names of functions that make digests; digits are no part of a word.
const FUNCTIONS: &[&str] = &[
    "sha",
    "md",
    "hash",
    "hashed",
    "digest",
    "hex",
    "hexdigest",
    "ripemd",
    "blake",
    "blake2b",
    "blake2s",
    "crc",
    "checksum",
    "ntlm",
    "nthash",
    "keccak",
    "whirlpool",
    "fnv",
    "murmur",
    "hashing",
    "xxhash",
    "xxh",
];

/// How far before a name its call may begin, in bytes.
const BEFORE: usize = 80;

/// Whether the name in quotes is the text that a hash function is given, and the value has the length of a digest.
pub(crate) fn is_digest_of_name(text: &[u8], site: &Site<'_>) -> bool {
    let name = site.name.span();
    let after = text.get(name.end..site.value.span().start).unwrap_or_default();
    let closed = after.iter().take(4).any(|b| *b == b')');
    site.quoted_name == Written::Quoted && closed && is_digest(site.value.bytes()) && {
        let before = text.get(name.start.saturating_sub(BEFORE)..name.start).unwrap_or_default();
        is_hashing(before)
    }
}

/// Whether a text ends with the opening of a call that hashes: `sha256_hex("`, `hash(b"`, `Sum256([]byte("`.
fn is_hashing(before: &[u8]) -> bool {
    let Some(open) = before.iter().rposition(|b| !matches!(b, b'"' | b'\'' | b'@' | b' ')) else {
        return false;
    };
    let head = before.get(..=open).unwrap_or_default();
    let marked = ["(b", "(u", "([]byte("].iter().find_map(|mark| head.strip_suffix(mark.as_bytes()));
    let Some(head) = marked.or_else(|| head.strip_suffix(b"(")) else { return false };
    let start = head.iter().rposition(|b| !b.is_ascii_alphanumeric() && *b != b'_').map_or(0, |at| at + 1);
    words(head.get(start..).unwrap_or_default()).iter().any(|word| FUNCTIONS.contains(&word.as_str()))
}

/// Hexadecimal or base64 of as many bytes as a digest has.
fn is_digest(value: &[u8]) -> bool {
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let base64 = value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    hex && matches!(value.len(), 8 | 16 | 32 | 40 | 48 | 56 | 64 | 96 | 128)
        || base64 && matches!(value.len(), 22 | 24 | 27 | 28 | 43 | 44 | 64 | 86 | 88)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_hash_are_told_by_their_names() {
        for text in ["sha256_hex(\"", "md5('", "hash(b\"", "Sum256Hash([]byte(\"", "crypto.sha1( '"] {
            assert!(is_hashing(text.as_bytes()), "{text}");
        }
        for text in ["getenv(\"", "define('", "sha256 = \"", "x[\""] {
            assert!(!is_hashing(text.as_bytes()), "{text}");
        }
    }
}
