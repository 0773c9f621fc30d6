//! Is this value what everybody tries first, with a number and marks behind it: `Password123!`, `Admin@123`; in base64; or what
//! is typed where anybody may log in: `anonymous@`?

use crate::read::base64;

use super::value::{is_hollow, is_one_of};
use super::words::DEFAULTS;

/// The words, in lower case.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "pass",
    "passw",
    "admin",
    "administrator",
    "welcome",
    "changeme",
    "letmein",
    "qwerty",
    "test",
    "testing",
    "root",
    "user",
    "guest",
    "demo",
    "secret",
    "login",
    "default",
    "abc",
];

/// Numbers that count from one.
const NUMBERS: &[&[u8]] =
    &[b"1", b"01", b"12", b"123", b"1234", b"12345", b"123456", b"1234567", b"12345678", b"123456789"];

/// Whether a value, in lower case, is such a word with a number and at least one mark. Another number has been chosen.
pub(super) fn is_tried(lower: &[u8]) -> bool {
    let mark = |b: &u8| b"!@#$%*.-_?".contains(b);
    WORDS.iter().any(|word| {
        let parts = lower.split_at_checked(word.len());
        let Some(rest) = parts.filter(|(stem, _)| is_spelled(stem, word)).map(|(_, rest)| rest) else {
            return false;
        };
        let inner: Vec<u8> = rest.iter().copied().filter(|b| !mark(b)).collect();
        let marks = rest.len() - inner.len();
        let before = rest.iter().take_while(|b| mark(b)).count();
        let after = rest.iter().rev().take_while(|b| mark(b)).count();
        (1..=3).contains(&marks) && before + after == marks && NUMBERS.contains(&inner.as_slice())
    })
}

/// What a made-up value begins with, and what it says that it is.
const MINE: &[&str] = &["my", "new", "some", "your"];
const NAMES: &[&str] = &[
    "password", "passwd", "pass", "secret", "token", "key", "api", "access", "client", "app", "user",
    "session", "auth",
];

/// `mySecretKey1`, `MySecretPass`, `secretkey1234`: words that say what it is, and a number that counts at most. Of two words
/// one has to say that it is made up, or a number has to count.
pub(super) fn is_said(lower: &[u8]) -> bool {
    let digits = lower.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (letters, number) = lower.split_at(lower.len() - digits);
    if !number.is_empty() && !NUMBERS.contains(&number) {
        return false;
    }
    let mine = MINE.iter().find_map(|word| letters.strip_prefix(word.as_bytes()));
    let mut rest = mine.unwrap_or(letters);
    let mut words = 0;
    while !rest.is_empty() {
        let Some(after) = NAMES.iter().find_map(|word| rest.strip_prefix(word.as_bytes())) else {
            return false;
        };
        rest = after;
        words += 1;
    }
    match mine {
        Some(_) => words >= 2 || words == 1 && number.len() >= 4,
        None => words >= 2 && number.len() >= 4,
    }
}

/// `p@ssw0rd`: the word, with signs for letters.
fn is_spelled(stem: &[u8], word: &str) -> bool {
    let letter = |b: &u8| match b {
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        other => *other,
    };
    stem.iter().map(letter).eq(word.bytes())
}

/// `anonymous@`, `guest@acme.dev`: what whoever has no account is asked to give.
pub(super) fn is_of_guest(lower: &[u8]) -> bool {
    let Some(at) = lower.iter().position(|b| *b == b'@') else { return lower == b"anonymous" };
    let (name, host) = lower.split_at(at);
    let named = is_one_of(&["anonymous", "anon", "guest", "ftp", "nobody", "mozilla", "chrome"], name);
    named && host.iter().skip(1).all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'-'))
}

/// `Y2hhbmdlbWU=`, `PHlvdXItcGFzc3dvcmQ+`: in base64 a word that everybody tries first, or a blank to fill in.
pub(super) fn is_encoded(value: &[u8]) -> bool {
    let shaped = (8..=64).contains(&value.len())
        && value.len().is_multiple_of(4)
        && value.iter().all(|b| base64::is_digit(*b));
    let plain = shaped.then(|| base64::decode(value)).flatten().unwrap_or_default();
    let plain = plain.trim_ascii();
    let said = plain.len() >= 4 && plain.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
    said && (is_one_of(DEFAULTS, plain) || plain.len() >= 8 && is_hollow(plain, &plain.to_ascii_lowercase()))
}

/// `JHtQQVNTV09SRH0=`: in base64 where the value is to be found, a variable or what a template fills in.
pub(super) fn is_encoded_reference(value: &[u8]) -> bool {
    // `${`, `{{`, `$(`, `<%`
    let starts = [b"JH", b"e3", b"JC", b"PC"];
    let shaped = (8..=128).contains(&value.len())
        && starts.iter().any(|start| value.starts_with(*start))
        && value.iter().all(|b| base64::is_digit(*b));
    let plain = shaped.then(|| base64::decode(value)).flatten().unwrap_or_default();
    let plain = plain.trim_ascii();
    let closed = [(&b"${"[..], &b"}"[..]), (b"{{", b"}}"), (b"$(", b")"), (b"<%", b"%>")];
    plain.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && closed.iter().any(|(open, close)| plain.starts_with(open) && plain.ends_with(close))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_number_that_counts_and_a_mark_is_tried_first() {
        for value in ["password123!", "p@ssw0rd1!", "admin@123", "welcome1!", "test_1234", "pass!123!"] {
            assert!(is_tried(value.as_bytes()), "{value}");
        }
        for value in ["password123", "heron123!", "admin2031!", "password!", "admin4711!", "adminheron1!"] {
            assert!(!is_tried(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_says_of_itself_what_it_is_was_made_up() {
        for value in ["mysecretkey1", "mysecretpass", "secretkey1234", "newpass1234", "myapikey1"] {
            assert!(is_said(value.as_bytes()), "{value}");
        }
        for value in ["secret123", "myheron1", "mysecretkey77", "newpass", "secretkey", "password1234"] {
            assert!(!is_said(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn whoever_has_no_account_has_no_password() {
        for value in ["anonymous", "anonymous@", "guest@", "ftp@acme.dev"] {
            assert!(is_of_guest(value.as_bytes()), "{value}");
        }
        for value in ["guest", "heron@", "guest@2031x", "ann@acme.dev"] {
            assert!(!is_of_guest(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn references_are_seen_in_base64() {
        for value in ["JHtQQVNTV09SRH0=", "e3sgLlZhbHVlcy5wdyB9fQ==", "JChQQVNTKQ=="] {
            assert!(is_encoded_reference(value.as_bytes()), "{value}");
        }
        for value in ["JHtQQVNTV09S", "aGVyb24ua2VscC43Nw==", "JHthYn1jZGVmZ2g="] {
            assert!(!is_encoded_reference(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn blanks_are_seen_in_base64() {
        for value in ["Y2hhbmdlbWU=", "PHlvdXItcGFzc3dvcmQ+", "eW91cl9hcGlfa2V5X2hlcmU="] {
            assert!(is_encoded(value.as_bytes()), "{value}");
        }
        for value in ["password", "aGVyb24ua2VscC43Nw==", "changeme"] {
            assert!(!is_encoded(value.as_bytes()), "{value}");
        }
    }
}
