//! Names and paths in front of a value that say it is the digest of something, or the revision of a repository.

use super::holds_word;

/// What a name holds whose value is a digest, not a secret.
const DIGEST_NAMES: &[&str] = &[
    "h1",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha-",
    "md5",
    "blake2",
    "integrity",
    "checksum",
    "digest",
    "etag",
    "commit",
    "revision",
    "fingerprint",
    "thumbprint",
    "resolved",
    "_hash",
    "-hash",
    "gitsha",
    "git_sha",
    "git-sha",
];

/// Whether the value that starts here is named as a digest: `sha256=…`, `"integrity": "sha512-…"`, `commit/…`.
pub(super) fn is_digest(text: &[u8], start: usize) -> bool {
    let before = text.get(start.saturating_sub(48)..start).unwrap_or_default();
    if is_revision(before) {
        return true;
    }
    let marks = before.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).take(6).count();
    let before = before.get(..before.len().saturating_sub(marks)).unwrap_or_default();
    let name = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let name: Vec<u8> = before.get(before.len().saturating_sub(name.count())..).unwrap_or_default().to_vec();
    let name = name.to_ascii_lowercase();
    let sha = [&b"_sha"[..], b"-sha"].iter().any(|end| name.ends_with(end));
    sha || name == b"hash"
        || name == b"sha"
        || DIGEST_NAMES.iter().any(|word| holds_word(&name, word.as_bytes()))
}

/// Whether a value follows the path of a repository: `git+https://host/acme/lib@…`, `acme/lib.git#…`.
fn is_revision(before: &[u8]) -> bool {
    let Some((b'@' | b'#', path)) = before.split_last() else { return false };
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b"-_./".contains(b);
    let name = path.iter().rev().take_while(part).count();
    let name = path.get(path.len().saturating_sub(name)..).unwrap_or_default();
    // Before the `@` of a login stands no more than a scheme: `https://user@`.
    let parts = name.split(|b| *b == b'/').filter(|part| !part.is_empty()).count();
    parts >= 2 && name.contains(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_known_by_their_names() {
        for text in [
            "sha256=T",
            "\"integrity\": \"sha512-T",
            "commit/T",
            "\"etag\": \"T",
            "hash: T",
            "h/a/b@T",
            "a/b.git#T",
        ] {
            assert!(is_digest(text.as_bytes(), text.len() - 1), "{text}");
        }
        for text in ["api_key=T", "hashicorp_token: T", "T", "x T", "https://user@T", "key#T"] {
            assert!(!is_digest(text.as_bytes(), text.len() - 1), "{text}");
        }
    }
}
