//! Is this a password that somebody chose, or the name of something in a program?

use crate::words::is_worded;

use super::value::{classes, is_one_of, is_wildly_mixed};
use super::words::DEFAULTS;

/// Words that make a sentence, or a label of a form.
const SENTENCE: &[&str] = &[
    "the",
    "a",
    "an",
    "your",
    "my",
    "our",
    "is",
    "are",
    "was",
    "be",
    "to",
    "for",
    "must",
    "enter",
    "of",
    "and",
    "or",
    "not",
    "no",
    "in",
    "on",
    "at",
    "by",
    "with",
    "from",
    "this",
    "that",
    "it",
    "if",
    "has",
    "have",
    "will",
    "can",
    "should",
    "please",
    "new",
    "old",
    "current",
    "password",
    "token",
    "secret",
    "key",
    "user",
    "invalid",
    "wrong",
    "missing",
    "required",
    "reset",
    "change",
    "forgot",
    "forgotten",
    "confirm",
    "repeat",
    "show",
    "hide",
    "set",
    "get",
    "use",
    "using",
    "default",
    "value",
    "as",
    "than",
    "then",
    "only",
    "when",
    "which",
    "all",
    "any",
    "one",
    "two",
    "you",
    "we",
    "string",
    "api",
    "access",
    "does",
    "file",
    "name",
    "error",
    "failed",
    "required",
    "optional",
    "none",
    "true",
    "false",
    "test",
    "length",
    "text",
];

/// Whether a word, in lower case, is one of sentences and labels.
pub(super) fn is_of_sentence(word: &[u8]) -> bool {
    is_one_of(SENTENCE, word)
}

/// Four to ten small words that make no sentence, or fewer with a number behind them: `correct horse battery staple`,
/// `Copper Otter 4711!`.
pub(crate) fn is_passphrase(value: &[u8]) -> bool {
    let words: Vec<&[u8]> = value.split(|b| *b == b' ').collect();
    let small = |word: &&[u8]| (3..=12).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase);
    let sentence = |word: &&[u8]| is_one_of(SENTENCE, &word.to_ascii_lowercase());
    if (4..=10).contains(&words.len()) {
        return words.iter().all(small) && !words.iter().any(sentence) || is_numbered_phrase(&words);
    }
    is_numbered_phrase(&words)
}

/// Two to six words of letters and then two digits or more, with at most two marks.
fn is_numbered_phrase(words: &[&[u8]]) -> bool {
    let Some((last, first)) = words.split_last() else { return false };
    let digits = last.iter().take_while(|b| b.is_ascii_digit()).count();
    let marks = last.len() - digits;
    let measured = is_one_of(
        &["at", "least", "to", "max", "min", "maximum", "minimum", "version", "port"],
        first.last().unwrap_or(&&b""[..]),
    );
    (2..=6).contains(&first.len())
        && (2..=6).contains(&digits)
        && marks <= 2
        && last.iter().skip(digits).all(u8::is_ascii_punctuation)
        && !measured
        && first.iter().all(|word| (3..=12).contains(&word.len()) && word.iter().all(u8::is_ascii_alphabetic))
        && !first.iter().any(|word| is_one_of(SENTENCE, &word.to_ascii_lowercase()) && word.len() > 3)
}

/// As many small words as the phrases have from which wallets make their keys.
pub(crate) fn is_mnemonic(value: &[u8]) -> bool {
    let words: Vec<&[u8]> = value.split(|b| *b == b' ').collect();
    matches!(words.len(), 12 | 15 | 18 | 21 | 24)
        && words.iter().all(|word| (3..=8).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase))
        && words.iter().filter(|word| is_one_of(SENTENCE, word)).count() <= 1
}

/// Looks like a password that somebody chose or a program made: letters and digits in a way that no identifier has them.
pub(crate) fn is_chosen(value: &[u8]) -> bool {
    let marks = value
        .iter()
        .any(|b| matches!(b, b'!' | b'@' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'?'));
    let kinds = classes(value) + usize::from(marks);
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let plain = value.iter().all(|b| b.is_ascii_graphic() && !b"(){}<>\\\"'`|,;=[]".contains(b));
    let turns = value.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    let long = value.len() >= 8;
    plain
        && long
        && !is_known_stem(value)
        && !is_numbered(value)
        && !is_worded(value)
        && (kinds >= 3 && (digits >= 2 || marks || is_wildly_mixed(value))
            || kinds == 2 && value.len() >= 10 && digits == 0 && is_wildly_mixed(value)
            || kinds >= 2 && digits >= 2 && (turns >= 2 || digits >= 3))
}

/// A word with two digits or more behind it that is no name of an algorithm, and none of the words that stand for a
/// password in examples: `monkey99`.
pub(crate) fn is_picked(value: &[u8]) -> bool {
    let letters = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, digits) = value.split_at(letters);
    let other = [
        "sha",
        "md",
        "base",
        "utf",
        "aes",
        "rsa",
        "oauth",
        "pbkdf",
        "argon",
        "hmac",
        "iso",
        "rfc",
        "test",
        "user",
        "example",
        "field",
        "param",
        "value",
        "input",
        "foo",
        "bar",
        "baz",
        "abc",
        "abcd",
        "abcdef",
        "xyz",
        "pw",
        "pwd",
        "id",
        "key",
        "token",
        "version",
        "win",
        "http",
        "mypass",
        "mypassword",
        "secret",
        "demo",
        "sample",
        "dummy",
        "fake",
        "x",
        "oldpass",
        "newpass",
        "asdf",
        "qwerty",
        "passw",
        "changeme",
    ];
    word.len() >= 3
        && (2..=6).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && value.len() >= 6
        && !is_known_stem(value)
        && !is_one_of(&other, &word.to_ascii_lowercase())
        && !is_worded(value)
}

/// Small words and numbers side by side, as things are called: `key_1234`, `harbour-lights-42`.
fn is_numbered(value: &[u8]) -> bool {
    let mut parts = value.split(|b| matches!(b, b'-' | b'_' | b'.'));
    let plain = |part: &[u8]| part.iter().all(u8::is_ascii_lowercase) || part.iter().all(u8::is_ascii_digit);
    value.iter().any(|b| matches!(b, b'-' | b'_' | b'.')) && parts.all(plain)
}

/// A password that everybody tries first, with digits or one mark behind it: `admin12345`, `P@55w0rd!`. With more, somebody
/// has chosen it.
fn is_known_stem(value: &[u8]) -> bool {
    let letters = value.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |last| last + 1);
    let (stem, tail) = value.split_at(letters);
    let plain = |b: &u8| match b.to_ascii_lowercase() {
        b'0' => b'o',
        b'1' => b'l',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        other => other,
    };
    let digits = tail.iter().filter(|b| b.is_ascii_digit()).count();
    let simple = digits == tail.len() || tail.len() <= 1;
    let folded: Vec<u8> = stem.iter().map(plain).collect();
    simple && (is_one_of(DEFAULTS, &folded) || is_one_of(DEFAULTS, &stem.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_chose_is_no_identifier() {
        for value in ["Summer2024!", "tr0ub4dor&3", "hunter2024", "Xk9vQ2mz", "SuperSecret123!"] {
            assert!(is_chosen(value.as_bytes()), "{value}");
        }
        for value in [
            "password1234",
            "Admin12345",
            "db_password2",
            "key_1234",
            "auth-token-v2",
            "sha256",
            "userPassword",
            "required|min:8",
        ] {
            assert!(!is_chosen(value.as_bytes()), "{value}");
        }
    }
}
