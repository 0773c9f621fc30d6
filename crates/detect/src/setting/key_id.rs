//! Ids of keys of storage that speaks S3: `access_key = "…"` beside a bucket. They are sent along with every request and open nothing
//! without the secret that belongs to them. Servers make up twenty letters and digits, some clouds 32 digits.
//! <https://docs.ceph.com/en/latest/radosgw/s3/authentication/> <https://developers.cloudflare.com/r2/api/tokens/>

use memchr::memmem::find;

use crate::candidate::{Candidate, Rank};

/// So many letters and digits a server makes up.
const LENGTH: usize = 20;
/// So many hexadecimal digits OVHcloud does, and Cloudflare for R2.
const DIGITS: usize = 32;
/// How far before it the name of a value begins, in bytes.
const NAME: usize = 60;
/// How far around it its storage is told, in bytes.
const NEAR: usize = 500;
/// By which words it is told, in lower case.
const STORAGE: &[&str] =
    &["bucket", "s3", "minio", "ceph", "radosgw", "wasabi", "object storage", "objectstorage", "objectstore"];

/// What it is, where it is one.
pub(super) fn of_storage(text: &[u8], candidate: &Candidate<'_>) -> Option<&'static str> {
    let guessed = matches!(candidate.rank, Rank::File | Rank::Context | Rank::Guess);
    let value: &[u8] = &candidate.secret;
    let shaped = value.len() == LENGTH && value.iter().all(u8::is_ascii_alphanumeric)
        || value.len() == DIGITS && value.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (guessed && shaped && is_named(text, candidate.span.start) && is_beside(text, candidate))
        .then_some("the id of a key of storage, which opens nothing without its secret")
}

/// Whether the name before a value says that it is the key of an access, and not the secret one: `S3_ACCESS_KEY`, `accessKey`.
fn is_named(text: &[u8], start: usize) -> bool {
    let before = text.get(start.saturating_sub(NAME)..start).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let sign = |b: &u8| b.is_ascii_whitespace() || b"\"'`=:>".contains(b);
    let end = line.iter().rposition(|b| !sign(b)).map_or(0, |last| last + 1);
    let head = line.get(..end).unwrap_or_default();
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let from = head.iter().rposition(|b| !part(b)).map_or(0, |last| last + 1);
    let name: Vec<u8> = head
        .get(from..)
        .unwrap_or_default()
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    let other =
        ["secret", "shared", "storageaccess"].iter().any(|word| find(&name, word.as_bytes()).is_some());
    name.ends_with(b"accesskey") && !other
}

fn is_beside(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let (from, to) = (candidate.span.start.saturating_sub(NEAR), candidate.span.end.saturating_add(NEAR));
    let around = text.get(from..to.min(text.len())).unwrap_or_default().to_ascii_lowercase();
    STORAGE.iter().any(|word| find(&around, word.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use tightlip_report::Level;

    use crate::{Hint, Match, RuleSet, Sampler, Scanner, ScannerOptions, Sink, Skipped};

    struct Denied(usize);

    impl Sink for Denied {
        fn hit(&mut self, found: &Match<'_>) {
            self.0 += usize::from(found.level == Level::Deny);
        }

        fn gap(&mut self, _: Skipped) {}
    }

    fn denied(path: &str, text: &str) -> usize {
        let scanner = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        let text = Sampler::new(4).expand(text).unwrap();
        let mut denied = Denied(0);
        scanner.bytes(Hint::File(path.as_bytes()), &text, &mut denied);
        denied.0
    }

    #[test]
    fn the_id_of_a_key_fails_no_build() {
        for (path, text) in [
            (
                "etc/runner/config.toml",
                "[cache.s3]\n  AccessKey = \"b7Q{base62:17}\"\n  BucketName = \"b\"\n",
            ),
            ("app/s3.yml", "s3:\n  access_key: b7Q{base62:17}\n  secret_key: ${{S3_SECRET}}\n"),
            (
                "a.tf",
                "endpoints = {{ s3 = \"https://s3.h\" }}\naccess_key = \"{hex:32}\"\nsecret_key = var.s3_secret\n",
            ),
            ("app/.env", "MINIO_ACCESS_KEY=b7Q{base62:17}\n"),
        ] {
            assert_eq!(denied(path, text), 0, "{text}");
        }
    }

    #[test]
    fn its_secret_does_and_so_do_other_keys() {
        for (path, text) in [
            ("app/s3.yml", "s3:\n  access_key: b7Q{base62:17}\n  secret_key: b7Q{base62:37}\n"),
            ("app/s3.yml", "s3:\n  secret_access_key: b7Q{base62:17}\n"),
            (
                "a.tf",
                "endpoints = {{ s3 = \"https://s3.h\" }}\naccess_key = \"{hex:32}\"\nsecret_key = \"{hex:64}\"\n",
            ),
            ("app/photos.yml", "photos:\n  access_key: b7Q{base62:17}\n"),
            ("app/s3.yml", "s3:\n  access_key: b7Q{base62:29}\n"),
        ] {
            assert_eq!(denied(path, text), 1, "{text}");
        }
    }
}
