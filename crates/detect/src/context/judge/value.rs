//! Is this value a secret somebody could use, or a reference, a blank, a word of a program?

use crate::placeholder::repeats;
use crate::read::{base64, hex};
use crate::words::{is_unspelled, is_worded};

use super::abroad;
use super::algorithm::is_algorithm;
use super::all_signs::{is_of_all_signs, is_of_django, is_of_play};
pub(crate) use super::chosen::{is_chosen, is_mnemonic, is_passphrase, is_picked};
use super::coined::is_of_apple;
use super::escaped;
pub(crate) use super::hash::is_password_hash;
use super::once;
use super::option::is_header;
use super::reference::is_reference;
use super::tried::{is_encoded, is_encoded_reference, is_of_guest, is_said, is_tried};
use super::words::{DEFAULTS, HOLLOW_PARTS, TRIVIAL};

/// What a value is worth as a secret, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Empty.
    Nothing,
    /// Names where the value is to be found: a variable, a call, a path, an address, an encrypted form.
    Reference,
    /// A blank to fill in: `<token>`, `xxxx`, `your_api_key_here`.
    Hollow,
    /// A word of configuration: a boolean, a small number, a type.
    Trivial,
    /// A text in words.
    Prose,
    /// A word everybody tries first: `changeme`.
    Default,
    /// Digits alone, four or more.
    Number,
    /// A UUID: as often an identifier as a secret.
    Uuid,
    /// Anything else: somebody's password.
    Weak,
    /// Looks random.
    Strong,
}

/// Judges a value without its quotes.
pub(crate) fn worth(value: &[u8]) -> Worth {
    once::worth(value.trim_ascii(), judged)
}

fn judged(value: &[u8]) -> Worth {
    if value.is_empty() {
        return Worth::Nothing;
    }
    if let Some(shown) = escaped::latin(value).or_else(|| escaped::referred(value)) {
        return worth(&shown);
    }
    if is_of_all_signs(value)
        || is_of_play(value)
        || is_of_django(value)
        || is_app_password(value)
        || is_of_apple(value)
    {
        return Worth::Strong;
    }
    let lower = value.to_ascii_lowercase();
    if is_reference(value, &lower) || is_encoded_reference(value) {
        return Worth::Reference;
    }
    if is_hollow(value, &lower) {
        return Worth::Hollow;
    }
    if is_trivial(&lower) || is_header(value) {
        return Worth::Trivial;
    }
    if is_one_of(DEFAULTS, &lower)
        || abroad::is_default(&lower)
        || asks_to_be_changed(&lower)
        || is_tried(&lower)
        || is_said(&lower)
        || is_of_guest(&lower)
        || is_encoded(value)
    {
        return Worth::Default;
    }
    if value.iter().all(u8::is_ascii_digit) {
        return Worth::Number;
    }
    if is_uuid(value) || lower.strip_prefix(b"urn:uuid:").is_some_and(is_uuid) {
        return Worth::Uuid;
    }
    if is_passphrase(value) {
        return Worth::Weak;
    }
    if is_prose(value) || is_encoded_prose(value) || escaped::is_prose(value) {
        return Worth::Prose;
    }
    if is_random(value) { Worth::Strong } else { Worth::Weak }
}

/// Whether it may be somebody's secret: what looks random is one, and whoever asks decides of other values.
pub(crate) fn is_secret(value: &[u8], weak: impl FnOnce(&[u8]) -> bool) -> bool {
    match worth(value) {
        Worth::Strong => true,
        Worth::Weak => weak(value),
        _ => false,
    }
}

pub(super) fn is_one_of(words: &[&str], value: &[u8]) -> bool {
    words.iter().any(|w| w.as_bytes() == value)
}

pub(super) fn contains(value: &[u8], part: &str) -> bool {
    memchr::memmem::find(value, part.as_bytes()).is_some()
}

pub(super) fn is_wrapped(value: &[u8], open: u8, close: u8) -> bool {
    value.len() > 2 && value.first() == Some(&open) && value.last() == Some(&close)
}

/// Without the mark of what a value is written in: `0s<key>` of strongSwan is base64, `0x<key>` hexadecimal.
fn written(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"0s").or_else(|| value.strip_prefix(b"0x")).unwrap_or(value)
}

pub(super) fn is_hollow(value: &[u8], lower: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    let same = value.len() >= 3 && value.iter().all(|b| *b == first) && !first.is_ascii_digit();
    let dots = value.len() >= 3 && (value.ends_with(b"...") || value.ends_with("\u{2026}".as_bytes()));
    let marks = value.iter().all(|b| b.is_ascii_punctuation());
    let capital_example = contains(value, "EXAMPLE");
    same || dots
        || is_left_out(value)
        || marks
        || capital_example
        || has_word_of_tests(value)
        || is_wrapped(written(value), b'<', b'>')
        || is_wrapped(value, b'[', b']')
        || lower.ends_with(b"example") && lower.len() > 7
        || is_of_usage(value)
        || is_nil(value)
        || is_one_again(value)
        || abroad::is_blank(lower)
        || is_counting(lower)
        || is_of_standard(lower)
        || says_it_is_none(lower)
        || HOLLOW_PARTS.stand_in(lower)
}

/// `eyJ0eXAi...Qg9sLw`: somebody has left out the middle; or shows dots in its place, as fields of passwords do.
fn is_left_out(value: &[u8]) -> bool {
    if contains(value, "\u{2022}\u{2022}\u{2022}") {
        return true;
    }
    let digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let Some(at) = memchr::memmem::find(value, b"...") else { return false };
    let (start, end) = value.split_at(at);
    let end = end.get(3..).unwrap_or_default();
    value.len() >= 9 && start.len() >= 3 && end.len() >= 3 && start.iter().chain(end).all(digit)
}

/// What is left of `[--token TOKEN]`, as programs say how they are called: a word in capitals up to a bracket.
fn is_of_usage(value: &[u8]) -> bool {
    let word = value.strip_suffix(b"]").or_else(|| value.strip_suffix(b"}")).unwrap_or_default();
    !word.is_empty() && word.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-' | b'|' | b']'))
}

/// The UUID of nothing.
fn is_nil(value: &[u8]) -> bool {
    is_uuid(value) && value.iter().all(|b| matches!(b, b'0' | b'-'))
}

/// `SomeFakeToken123`: one of its words says what it is. `Mockingbird` is another one, and in a long value all letters stand side
/// by side.
fn has_word_of_tests(value: &[u8]) -> bool {
    let whole = |word: &str| {
        memchr::memmem::find_iter(value, word)
            .any(|at| !value.get(at + word.len()).is_some_and(u8::is_ascii_lowercase))
    };
    value.len() <= 64 && ["Fake", "Dummy", "Mock"].into_iter().any(whole)
}

/// `0b0b0b0b…` of test vectors, `AAAA…=`: one or two characters again and again.
fn is_one_again(value: &[u8]) -> bool {
    let digits = value.strip_suffix(b"=").unwrap_or(value);
    let digits = digits.strip_suffix(b"=").unwrap_or(digits);
    digits.len() >= 16 && repeats(digits, 2)
}

/// `fake-token-for-tests`, `mock_secret`, `TODO`: one of its words says what it is. `cambiaTodo` is Spanish.
fn says_it_is_none(lower: &[u8]) -> bool {
    let mut words = lower.split(|b| !b.is_ascii_alphanumeric());
    words.any(|word| {
        is_one_of(&["todo", "fake", "mock", "mocked", "bogus", "notreal", "nonsense"], word)
            || word.starts_with(b"fake") && word.iter().all(u8::is_ascii_alphabetic)
    })
}

/// `!ChangeMe!`, `ThisTokenIsNotSoSecretChangeIt`, `change_this_secret`: what a project brings along says what is to be done.
fn asks_to_be_changed(lower: &[u8]) -> bool {
    if !contains(lower, "change") && !contains(lower, "insecure") || lower.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let letters: Vec<u8> = lower.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    if ["isinsecure", "shouldbechanged", "mustbechanged"].iter().any(|said| contains(&letters, said)) {
        return true;
    }
    ["changeme", "changeit", "changethis"].iter().any(|asked| {
        let at = memchr::memmem::find(&letters, asked.as_bytes());
        let whole = letters.len() == asked.len() || letters.len() >= 16;
        at.is_some_and(|at| !letters.get(..at).is_some_and(|before| before.ends_with(b"ex"))) && whole
    })
}

/// `abcdefgh…`, `0123456789abcdef`, `000102030405…`: a run along the alphabet, or of bytes in hexadecimal, that takes up
/// most of the value.
fn is_counting(lower: &[u8]) -> bool {
    if lower.len() < 12 {
        return false;
    }
    // `abcd-efgh-ijkl-mnop`
    let digits: Vec<u8> = lower.iter().copied().filter(|b| !matches!(b, b'-' | b' ')).collect();
    let lower = if is_uuid(lower) { lower } else { digits.as_slice() };
    let steps =
        lower.windows(2).filter(|w| w[0].is_ascii_alphanumeric() && w[1] == w[0].wrapping_add(1)).count();
    lower.len() >= 12 && (steps * 4 >= lower.len() * 3 || counts_bytes(lower))
}

/// The keys that FIPS 197, SP 800-38A and RFC 8032 give as examples, in hexadecimal: every library shows by them that it is right.
/// And the token with which the documentation of Telegram's bots shows what one looks like.
fn is_of_standard(lower: &[u8]) -> bool {
    let starts = [
        "2b7e151628aed2a6",
        "8e73b0f7da0e6452",
        "603deb1015ca71be",
        "9d61b19deffd5a60",
        "4ccd089b28ff96da",
        "c5aa8df43f9f837b",
        "123456:abc-def1234ghikl",
    ];
    starts.iter().any(|start| lower.starts_with(start.as_bytes()))
}

/// Test vectors of ciphers have keys of bytes that count up.
fn counts_bytes(lower: &[u8]) -> bool {
    hex::bytes(lower).is_some_and(|bytes| {
        let steps = bytes.windows(2).filter(|w| w[1] == w[0].wrapping_add(1)).count();
        steps * 4 >= bytes.len() * 3
    })
}

fn is_trivial(lower: &[u8]) -> bool {
    (lower.len() < 4 && lower.iter().all(u8::is_ascii_digit))
        || lower.len() < 2
        || is_one_of(TRIVIAL, lower)
        || is_time(lower)
        || is_duration(lower)
        || is_keys_together(lower)
        || is_algorithm(lower)
        || is_colour(lower)
        || (lower.first().is_some_and(u8::is_ascii_digit) && is_measure(lower))
}

/// `2016-09-08t21:47:36z`, in lower case.
fn is_time(lower: &[u8]) -> bool {
    lower.len() >= 16
        && lower.get(4) == Some(&b'-')
        && lower.get(10) == Some(&b't')
        && lower.iter().all(|b| b.is_ascii_digit() || b"-:.tz+".contains(b))
}

/// `pt15m`, `p1dt12h`, in lower case.
fn is_duration(lower: &[u8]) -> bool {
    let Some(rest) = lower.strip_prefix(b"p") else { return false };
    let parts = rest.split_inclusive(u8::is_ascii_alphabetic);
    let part = |part: &[u8]| {
        part == b"t"
            || part.split_last().is_some_and(|(unit, number)| {
                b"ywdhms".contains(unit)
                    && !number.is_empty()
                    && number.iter().all(|b| b.is_ascii_digit() || *b == b'.')
            })
    };
    (2..=16).contains(&rest.len()) && rest.iter().any(u8::is_ascii_digit) && parts.into_iter().all(part)
}

/// `ctrl+shift+f12`: what is pressed together on a keyboard.
fn is_keys_together(lower: &[u8]) -> bool {
    let with =
        ["ctrl", "control", "shift", "alt", "cmd", "command", "meta", "option", "super", "win", "cmdorctrl"];
    let mut keys = lower.split(|b| *b == b'+').rev();
    let last = keys
        .next()
        .is_some_and(|key| (1..=9).contains(&key.len()) && key.iter().all(u8::is_ascii_alphanumeric));
    lower.contains(&b'+') && last && keys.all(|key| is_one_of(&with, key))
}

/// `abcd efgh ijkl mnop`, as Google writes a password for a program that cannot ask for a second factor: no words.
fn is_app_password(value: &[u8]) -> bool {
    let plain = value.len() == 19
        && value
            .iter()
            .enumerate()
            .all(|(i, b)| if i % 5 == 4 { *b == b' ' } else { b.is_ascii_lowercase() });
    plain && is_unspelled(&value.iter().copied().filter(|b| *b != b' ').collect::<Vec<u8>>())
}

/// `#fff`, `#1a2b3c80`.
fn is_colour(lower: &[u8]) -> bool {
    let digits = lower.strip_prefix(b"#").unwrap_or_default();
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `30s`, `1.5`, `512mb`, `0x10`: a small number with at most a unit.
fn is_measure(lower: &[u8]) -> bool {
    let digits = lower.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let unit = lower.get(digits..).unwrap_or_default();
    let known = [
        "", "s", "ms", "us", "ns", "m", "h", "d", "w", "kb", "mb", "gb", "k", "g", "px", "em", "days",
        "hours", "%",
    ];
    lower.len() <= 8 && lower.iter().take(digits).any(|b| *b == b'.') && unit.len() <= 2
        || (digits < 5 && !unit.is_empty() && known.iter().any(|u| u.as_bytes() == unit))
}

pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Words with digits that texts for people have.
const TECHNICAL: &[&str] = &[
    "2fa", "base64", "ed25519", "http2", "ipv4", "ipv6", "k8s", "md5", "oauth1", "oauth2", "pkcs12", "pkcs8",
    "s3", "sha1", "sha256", "sha512", "tls1.2", "tls1.3", "wpa2", "wpa3", "x509",
];

/// Several words of letters, as a sentence has them.
fn is_prose(value: &[u8]) -> bool {
    let words: Vec<_> = value.split(|b| *b == b' ').filter(|w| !w.is_empty()).collect();
    let plain = words.iter().filter(|w| {
        w.iter().all(|b| {
            b.is_ascii_alphabetic()
                || matches!(b, b',' | b'.' | b'\'' | b':' | b'?' | b'!' | b'(' | b')' | b'\\')
                || *b >= 0x80
        }) || is_one_of(TECHNICAL, &w.to_ascii_lowercase())
    });
    words.len() >= 2 && plain.count() * 3 >= words.len() * 2
}

/// Words in base64: `Password:`, "this is not a real value".
fn is_encoded_prose(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| base64::is_digit(**b)).count();
    if value.len() < 12 || digits < value.len() {
        return false;
    }
    let decoded = base64::decode_prefix(value);
    let text = decoded.trim_ascii_end();
    let words =
        text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b',' | b'.' | b':' | b'\''));
    text.len() * 4 + 8 >= value.len() * 3 && words && (is_prose(text) || text.ends_with(b":"))
}

/// Whether there are digits of base64 or hexadecimal and what stands between them, and nothing else.
pub(crate) fn is_of_digits(value: &[u8]) -> bool {
    value.iter().all(|b| base64::is_digit(*b) || matches!(b, b':' | b'.' | b'-' | b'_'))
}

/// Letters in words alone, as identifiers and labels are: `my-secret-name`, `Kennwort`; not `hKvWqLpTzRxM`.
pub(crate) fn is_wordy(value: &[u8]) -> bool {
    let odd = value.len() >= 8
        && value.split(|b| !b.is_ascii_alphabetic()).any(|word| word.len() >= 8 && is_wildly_mixed(word));
    !odd && value.iter().all(|b| {
        b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b' ' | b'/' | b':') || *b >= 0x80
    })
}

/// A word or words as they are shown to people: `Password`, `Contraseña`.
pub(crate) fn is_label(value: &[u8]) -> bool {
    is_wordy(value)
        && (value.first().is_some_and(u8::is_ascii_uppercase) && !value.iter().all(u8::is_ascii_uppercase)
            || value.iter().any(|b| *b >= 0x80))
}

/// How many of lower case, upper case and digits occur.
pub(crate) fn classes(value: &[u8]) -> usize {
    [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit]
        .iter()
        .filter(|class| value.iter().any(class))
        .count()
}

/// Long, without spaces, mixed as words are not.
pub(crate) fn is_random(value: &[u8]) -> bool {
    if value.len() < 16 || value.iter().any(|b| !b.is_ascii_graphic()) || is_worded(value) {
        return false;
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    // What fills up base64 is no letter of it.
    let letters = value.strip_suffix(b"=").unwrap_or(value);
    let letters = letters.strip_suffix(b"=").unwrap_or(letters);
    let enough = if hex { 2.8 } else { 3.4 };
    let words = value
        .split(|b| !b.is_ascii_alphanumeric())
        .filter(|w| w.len() > 2 && w.iter().all(u8::is_ascii_alphabetic));
    let in_words: usize = words.filter(|w| !is_mixed_case(w)).map(<[u8]>::len).sum();
    let cases = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    (digits >= 2 || digits == 1 && (is_wildly_mixed(value) || cases && is_unspelled(value)))
        && in_words * 2 < value.len()
        && entropy(value) >= enough
        && changes(value) * 5 >= value.len()
        || digits == 0
            && value.len() >= 20
            && is_mixed_case(letters)
            && letters.iter().all(u8::is_ascii_alphabetic)
            && entropy(value) >= 4.0
}

/// Upper and lower case alternate more often than in CamelCase.
pub(crate) fn is_mixed_case(word: &[u8]) -> bool {
    turns_of_case(word) * 3 >= word.len()
}

/// The same, so often that short words in CamelCase (`isUpToDate`) do not reach it.
pub(super) fn is_wildly_mixed(word: &[u8]) -> bool {
    turns_of_case(word) * 5 >= word.len() * 2
}

fn turns_of_case(word: &[u8]) -> usize {
    word.windows(2).filter(|w| w[0].is_ascii_lowercase() != w[1].is_ascii_lowercase()).count()
}

/// How often the class of the character changes.
fn changes(value: &[u8]) -> usize {
    let class = |b: u8| (b.is_ascii_digit(), b.is_ascii_uppercase(), b.is_ascii_lowercase());
    value.windows(2).filter(|w| class(w[0]) != class(w[1])).count()
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for b in value {
        counts[usize::from(*b)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "values are short; a rounded count does not matter")]
    let total = value.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(expected: Worth, values: &[&str]) {
        for value in values {
            assert_eq!(worth(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn words_that_begin_like_those_of_tests_are_others() {
        for value in ["Mockingbird-42", "Mockernut!77x"] {
            assert_ne!(worth(value.as_bytes()), Worth::Hollow, "{value}");
        }
    }

    #[test]
    fn blanks_are_no_secrets() {
        all(
            Worth::Hollow,
            &[
                "<token>",
                "xxxxxxxx",
                "********",
                "your_api_key_here",
                "YOUR-TOKEN",
                "...",
                "abc...",
                "sk-...9fQ2",
                "SomeFakeToken12",
                "sk_live_\u{2022}\u{2022}\u{2022}\u{2022}",
                "[REDACTED]",
                "0b0b0b0b0b0b0b0b0b0b",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ],
        );
        all(Worth::Trivial, &["true", "None", "32", "30s", "string", "1.5", "Ctrl+Shift+F12", "ALT+X"]);
        all(Worth::Nothing, &["", "  "]);
    }

    #[test]
    fn weak_passwords_are_secrets() {
        all(
            Worth::Default,
            &[
                "changeme",
                "root",
                "Password",
                "secret",
                "!ChangeMe!",
                "Y2hhbmdlbWU=",
                "NotSoSecretChangeIt",
                "it_is_insecure_and_old",
            ],
        );
        all(Worth::Weak, &["secret123", "hunter22", "Tr0ub4dor&3", "p/w!"]);
        all(Worth::Number, &["7654321", "4711"]);
        all(Worth::Weak, &["correct horse battery staple", "$ecret!2024", "aB3/xY9z", "Pa{ss}w0rd"]);
        all(Worth::Prose, &["the password you chose", "Enter the password:", "Chiave WPA2", "Key for IPv6"]);
    }

    #[test]
    fn random_values_are_strong() {
        let mixed: String = ["a8Kd", "92mX", "qP3z", "L0vW", "7tYb"].concat();
        let hex: String = ["9f86", "d081", "884c", "7d65", "9a2f", "eaa0"].concat();
        all(Worth::Strong, &[&mixed, &hex, &format!("/{mixed}+{mixed}")]);
        all(Worth::Uuid, &["01234567-89ab-cdef-0123-456789abcdef"]);
        all(Worth::Weak, &["getUserPasswordFromStore", "user-password-for-the-database"]);
    }
}
