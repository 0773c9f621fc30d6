//! Tells a value that stands for a secret (`<your token>`, `${TOKEN}`, `xxxx`) from one that may be a secret.
//!
//! The judgement is about the value alone, never about the line around it: a comment that says "example" beside
//! a real key must not hide the key.

/// Why a value is no secret of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// Names the place where the value is: `${TOKEN}`, `{{ token }}`, `%(token)s`, `<token>`.
    Reference,
    /// Characters without information: `xxxxxxxx`, `********`, `12341234`, `abcdefgh`.
    Filler,
    /// Says of itself that it is an example: `your_token_here`, `AKIA…EXAMPLE`.
    Example,
    /// A weak value that people do run with: `changeme`, `password`, `123456`. Whether it counts depends on the
    /// place: as the value of a password in an image it is a real password.
    Weak,
}

/// Openings and closings of references.
const REFERENCES: &[(&str, &str)] = &[
    ("${", "}"),
    ("$(", ")"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("<%", "%>"),
    ("<", ">"),
    ("%(", ")s"),
    ("%", "%"),
    ("#{", "}"),
    ("@@", "@@"),
    ("__", "__"),
    ("((", "))"),
    ("[[", "]]"),
    ("`", "`"),
];

/// Words, lower case and long enough not to occur in random text by chance, that make a value an example.
const EXAMPLE_WORDS: &[&str] = &[
    "example",
    "placeholder",
    "redacted",
    "replaceme",
    "replace_me",
    "replace-me",
    "changeme",
    "change_me",
    "change-me",
    "changethis",
    "notreal",
    "not-real",
    "not_real",
    "insert_",
    "insert-",
    "dummy",
    "sample",
    "foobar",
];

/// Beginnings and ends that make a value an example: `your-api-key`, `my_token_here`, `test-token`.
const EXAMPLE_STARTS: &[&str] = &[
    "your_",
    "your-",
    "your ",
    "yourtoken",
    "yourapi",
    "yourkey",
    "yoursecret",
    "yourpass",
    "my_",
    "my-",
    "fake_",
    "fake-",
    "fake ",
    "mock_",
    "mock-",
    "some_",
    "some-",
    "todo",
    "fixme",
    "enter_",
    "enter-",
    "enter ",
    "put_",
];
const EXAMPLE_ENDS: &[&str] = &["_here", "-here", " here", "_goes_here", "goeshere"];

/// Weak values that people do run with.
const WEAK: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "password",
    "passwd",
    "pass",
    "passw0rd",
    "p@ssw0rd",
    "secret",
    "admin",
    "root",
    "toor",
    "test",
    "guest",
    "default",
    "postgres",
    "mysql",
    "redis",
    "letmein",
    "qwerty",
    "hunter2",
];

/// What kind of placeholder a value is; `None` for what may be a secret.
pub(crate) fn placeholder(value: &[u8]) -> Option<Placeholder> {
    let value = value.trim_ascii();
    if value.is_empty() {
        return Some(Placeholder::Filler);
    }
    if is_reference(value) {
        return Some(Placeholder::Reference);
    }
    if is_weak(value) {
        return Some(Placeholder::Weak);
    }
    if says_example(value) {
        return Some(Placeholder::Example);
    }
    is_filler(value).then_some(Placeholder::Filler)
}

/// Whether the variable part of a token of fixed format is made up. Only what cannot come about by chance in a
/// random token counts.
pub(crate) fn is_made_up(variable: &[u8]) -> bool {
    // Real tokens hold short rows (`AAAA` in base64); a row counts when it is a good part of the whole.
    let row = longest_row(variable, |a, b| a == b);
    let mostly_row = row >= 8 && row.saturating_mul(4) >= variable.len();
    // Nobody's random row is one of X: it stands for what was taken out.
    let cut = says_word(variable, &["xxxxxxxx"]);
    cut || says_word(variable, EXAMPLE_WORDS)
        || repeats(variable, UNIT)
        || mostly_row
        || is_mostly_sequence(variable, 8)
}

fn is_reference(value: &[u8]) -> bool {
    let wrapped = |(open, close): &(&str, &str)| {
        value.len() > open.len().saturating_add(close.len())
            && value.starts_with(open.as_bytes())
            && value.ends_with(close.as_bytes())
    };
    REFERENCES.iter().any(wrapped) || is_variable(value)
}

/// `$NAME` and `$Env:NAME`: a dollar sign and a name that starts with a letter or underscore.
fn is_variable(value: &[u8]) -> bool {
    match value {
        [b'$', first, rest @ ..] => {
            let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.');
            // A value such as `$apr1$…` or `$2y$…` is a hash: its name is followed by another dollar sign.
            (first.is_ascii_alphabetic() || *first == b'_') && rest.iter().all(name)
        }
        _ => false,
    }
}

fn is_weak(value: &[u8]) -> bool {
    let short_digits = value.len() < 16 && value.iter().all(u8::is_ascii_digit) && is_filler(value);
    short_digits || WEAK.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

fn says_example(value: &[u8]) -> bool {
    let folded =
        |part: Option<&[u8]>, word: &str| part.is_some_and(|p| p.eq_ignore_ascii_case(word.as_bytes()));
    let starts = |word: &&str| folded(value.get(..word.len()), word);
    let ends = |word: &&str| folded(value.len().checked_sub(word.len()).and_then(|at| value.get(at..)), word);
    says_word(value, EXAMPLE_WORDS) || EXAMPLE_STARTS.iter().any(starts) || EXAMPLE_ENDS.iter().any(ends)
}

fn says_word(value: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

/// Repetition, a row of marks, or a long sequence.
fn is_filler(value: &[u8]) -> bool {
    repeats(value, UNIT) || longest_row(value, |a, b| a == b) >= 6 || is_mostly_sequence(value, 6)
}

/// So many letters that are the same are no word.
const FILLED: usize = 8;

/// Whether there is one letter again and again where a secret, or its encoded form, stood, also over several lines: what a mask
/// leaves is in base64 as good a key as another.
pub(crate) fn is_filled(stretch: &[u8]) -> bool {
    let mut letters = stretch.iter().filter(|b| !b.is_ascii_whitespace());
    let Some(first) = letters.next().filter(|first| first.is_ascii_alphabetic()) else { return false };
    stretch.len() >= FILLED && letters.all(|letter| letter == first)
}

/// The longest unit that is looked for.
const UNIT: usize = 16;

/// Whether the value is one short unit again and again: `xxxx`, `abcabcabc`, `12341234`.
pub(crate) fn repeats(value: &[u8], longest: usize) -> bool {
    let most = (value.len() / 2).min(longest);
    (1..=most).any(|period| {
        let enough = period == 1 || value.len() >= period.saturating_mul(3) || period >= 4;
        let shifted = value.get(period..).unwrap_or_default();
        enough && value.len() >= 3 && value.iter().zip(shifted).all(|(a, b)| a == b)
    })
}

/// Whether at least half of the value, and so many bytes, count up or down: `1234567890`, `abcdefgh`, `fedcba98`.
fn is_mostly_sequence(value: &[u8], least: usize) -> bool {
    let up = longest_row(value, follows);
    let down = longest_row(value, |a, b| follows(b, a));
    let row = up.max(down);
    row >= least && row.saturating_mul(2) >= value.len() || row >= 10
}

fn follows(a: u8, b: u8) -> bool {
    a.checked_add(1) == Some(b)
        || matches!((a, b), (b'9', b'0' | b'a' | b'A') | (b'z' | b'Z', b'0') | (b'Z', b'a'))
}

fn longest_row(value: &[u8], next: impl Fn(u8, u8) -> bool) -> usize {
    let mut longest = 1_usize;
    let mut row = 1_usize;
    for pair in value.windows(2) {
        row = match pair {
            [a, b] if next(*a, *b) => row.saturating_add(1),
            _ => 1,
        };
        longest = longest.max(row);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_again_and_again_is_what_a_mask_left() {
        for (stretch, filled) in [
            ("xxxxxxxx", true),
            ("xxxx\nxxxx", true),
            ("xxxx", false),
            ("11111111", false),
            ("xxxxxxxX", false),
        ] {
            assert_eq!(is_filled(stretch.as_bytes()), filled, "{stretch}");
        }
    }

    #[test]
    fn each_kind_of_placeholder_is_known() {
        use Placeholder::{Example, Filler, Reference, Weak};
        for (value, kind) in [
            ("", Filler),
            ("${DB_PASSWORD}", Reference),
            ("$DB_PASSWORD", Reference),
            ("{{ vault.token }}", Reference),
            ("%(token)s", Reference),
            ("<your token>", Reference),
            ("%TOKEN%", Reference),
            ("__TOKEN__", Reference),
            ("xxxxxxxx", Filler),
            ("********", Filler),
            ("...", Filler),
            ("abcabcabcabc", Filler),
            ("deadbeefdeadbeef", Filler),
            ("0123456789abcdef0123456789abcdef", Filler),
            ("abcdefghijklmnop", Filler),
            ("wJalrXUtnFEMIEXAMPLEKEY", Example),
            ("your_token_here", Example),
            ("my-secret-here", Example),
            ("REPLACE_ME_PLEASE", Example),
            ("changeme", Weak),
            ("Password", Weak),
            ("123456", Weak),
        ] {
            assert_eq!(placeholder(value.as_bytes()), Some(kind), "{value}");
        }
    }

    #[test]
    fn a_real_value_is_none() {
        for value in
            ["secret123", "s3cr3t!pass", "$2y$10$abcDEF", "correct horse battery", "Tr0ub4dor&3", "$pa$$w0rd"]
        {
            assert_eq!(placeholder(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn random_tokens_are_not_made_up() {
        let mut sampler = crate::sample::Sampler::new(3);
        for template in ["{base62:36}", "{hex:32}", "{digits:12}", "{B32:16}"] {
            for _ in 0..2000 {
                let token = sampler.expand(template).unwrap();
                assert!(!is_made_up(&token), "{}", String::from_utf8_lossy(&token));
            }
        }
    }

    #[test]
    fn made_up_tokens_are() {
        for token in [
            "IOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxx",
            "aB3xxxxxxxxxQ",
            "00000000000000000000",
            "1234567890abcdefghij",
        ] {
            assert!(is_made_up(token.as_bytes()), "{token}");
        }
    }
}
