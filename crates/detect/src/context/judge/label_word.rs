//! Is this value what a thing is called by in a program: an event, a permission, a class of a style sheet?

use super::name::{Says, says};

/// Whether the value is such a name.
pub(super) fn is_label_word(value: &[u8]) -> bool {
    is_event(value) || is_class(value) || is_entry_point(value) || is_module(value)
}

/// `Camera::Types::PasswordSet`, `Authen::Passphrase`: a module of Perl, Ruby, C++ or Rust. Of two parts each is a word.
fn is_module(value: &[u8]) -> bool {
    let (mut parts, mut words) = (0, 0);
    let mut rest = value;
    loop {
        let end = memchr::memmem::find(rest, b"::").unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let word = part.first().is_some_and(u8::is_ascii_alphabetic)
            && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
        if !word {
            return false;
        }
        parts += 1;
        let digits = part.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let letters = part.get(..part.len() - digits).unwrap_or_default();
        words += usize::from(digits <= 2 && letters.len() >= 3 && !letters.iter().any(u8::is_ascii_digit));
        match after.get(2..) {
            Some(next) => rest = next,
            None => return parts >= 3 || parts == 2 && words == 2,
        }
    }
}

/// `acme._scripts.hash_password:main`: the module of a program of Python, and what is called in it.
fn is_entry_point(value: &[u8]) -> bool {
    let Some(colon) = value.iter().position(|b| *b == b':') else { return false };
    let (module, called) = value.split_at(colon);
    let word = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    let called = called.get(1..).unwrap_or_default();
    module.contains(&b'.')
        && module.split(|b| *b == b'.').all(word)
        && called.len() >= 3
        && called.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
}

/// `account.password.changed.v1`, `users.api-key.read`: words in small letters from what is meant to what is done, one of which
/// is that of a secret.
fn is_event(value: &[u8]) -> bool {
    let word = |part: &[u8]| {
        let letters = part.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'));
        letters && part.iter().any(u8::is_ascii_lowercase)
    };
    let version = |part: &[u8]| part.strip_prefix(b"v").is_some_and(|n| n.iter().all(u8::is_ascii_digit));
    let parts: Vec<&[u8]> = value.split(|b| *b == b'.').collect();
    parts.len() >= 3
        && parts.iter().all(|part| word(part) || version(part))
        && parts.iter().any(|part| says(part) == Says::Secret)
}

/// `Login_passwordInput__oUqPr`: as modules of CSS call a class of a component, with a piece of a hash.
fn is_class(value: &[u8]) -> bool {
    let Some(at) = value.windows(2).rposition(|two| two == b"__") else { return false };
    let (name, hash) = value.split_at(at);
    let component = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.contains(&b'_')
        && name.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'));
    let digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/');
    component && hash.len() == 7 && hash.iter().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_call_things_by_is_no_secret() {
        for label in [
            "account.password.changed.v1",
            "users.api-key.read",
            "Login_passwordInput__oU-Pr",
            "acme.auth._pw:PasswordStore",
            "Cam::Types::Dot11PSKSet",
        ] {
            assert!(is_label_word(label.as_bytes()), "{label}");
        }
        for other in [
            "plum.kiwi:Pear97",
            "plum:kiwi",
            "plum.kiwi.Pear97",
            "plum.kiwi.pear",
            "my_password__is97",
            "a.b.v1",
            "password.kiwi97.x",
        ] {
            assert!(!is_label_word(other.as_bytes()), "{other}");
        }
    }
}
