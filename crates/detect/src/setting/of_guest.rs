//! Passwords of whoever has no account: behind the name `anonymous` servers of FTP ask for an address of mail, and take any.
//! <https://datatracker.ietf.org/doc/html/rfc1635>

use crate::candidate::Candidate;

/// The name stands no further before its password than this, in bytes.
const NEAR: usize = 48;

/// Whose password it is, where it is one of those.
pub(super) fn of_guest(text: &[u8], candidate: &Candidate<'_>) -> Option<&'static str> {
    let value = text.get(candidate.span.clone())?;
    let start = candidate.span.start;
    let before = text.get(start.saturating_sub(NEAR)..start)?.to_ascii_lowercase();
    let named = memchr::memmem::find(&before, b"anonymous").is_some();
    (named && is_address(value)).then_some("of a login that is open to everybody")
}

/// `ann@acme.dev`, `ann@`, also as addresses escape it.
fn is_address(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-+".contains(b);
    let at = value.iter().position(|b| matches!(b, b'@' | b'%'));
    let parts = at.and_then(|at| value.split_at_checked(at));
    parts.is_some_and(|(name, host)| {
        let host = host.strip_prefix(b"@").or_else(|| host.strip_prefix(b"%40"));
        let machine = |host: &[u8]| host.is_empty() || host.contains(&b'.');
        let plain_host = host.is_some_and(|host| host.iter().all(plain) && machine(host));
        !name.is_empty() && name.iter().all(plain) && plain_host
    })
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_told_from_a_password() {
        for value in ["ann@acme.dev", "ann@", "ann%40acme.dev", "ann.otter@mail.acme.dev"] {
            assert!(is_address(value.as_bytes()), "{value}");
        }
        for value in ["otter@2031", "@acme.dev", "ott@er!x.y", "otter%2031", "otter"] {
            assert!(!is_address(value.as_bytes()), "{value}");
        }
    }
}
