//! Is this value an option of a secret mount, `id=npm_token,env=NPM_TOKEN`, or the name of a header, `X-Hub-Signature-256`?

/// What BuildKit's options of secrets and mounts are called, in lower case.
const OPTIONS: &[&[u8]] = &[
    b"type",
    b"id",
    b"env",
    b"src",
    b"source",
    b"target",
    b"dst",
    b"destination",
    b"required",
    b"mode",
    b"uid",
    b"gid",
];

/// Options with their values, which say where a secret comes from: of two at least, all are known.
pub(super) fn is_of_mount(lower: &[u8]) -> bool {
    let mut count = 0_usize;
    let known = lower.split(|b| *b == b',').all(|option| {
        count += 1;
        let name = option.split(|b| *b == b'=').next().unwrap_or_default();
        option.contains(&b'=') && OPTIONS.contains(&name)
    });
    known && count >= 2
}

/// `X-` and words that begin with capitals, or a number, between hyphens.
pub(super) fn is_header(value: &[u8]) -> bool {
    let Some(rest) = value.strip_prefix(b"X-") else { return false };
    let word = |part: &[u8]| match part.split_first() {
        Some((first, rest)) if first.is_ascii_uppercase() => rest.iter().all(u8::is_ascii_lowercase),
        Some(_) => part.len() <= 4 && part.iter().all(u8::is_ascii_digit),
        None => false,
    };
    let mut parts = rest.split(|b| *b == b'-');
    parts.next().is_some_and(|first| first.len() >= 3 && word(first)) && parts.all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_mounts_are_told_from_passwords() {
        for value in ["id=npm_token,env=npm_token", "type=file,id=aws,src=/root/.aws/credentials"] {
            assert!(is_of_mount(value.as_bytes()), "{value}");
        }
        for value in ["id=npm_token", "id=a,kiesel=fasan", "kiesel,fasan", ""] {
            assert!(!is_of_mount(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn names_of_headers_are_told_from_passwords() {
        for value in ["X-Hub-Signature-256", "X-Api-Key", "X-Gitlab-Token"] {
            assert!(is_header(value.as_bytes()), "{value}");
        }
        for value in ["X-kiesel-77", "X-Kiesel77-Fasan", "Kiesel-Fasan", "X-", "X-Q-Fasan"] {
            assert!(!is_header(value.as_bytes()), "{value}");
        }
    }
}
