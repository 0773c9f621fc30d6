//! Is this word a part of a sentence about a flag, `--password via the command line`, or what its help says of it, `--token token`,
//! and none of its values?

use super::value::is_one_of;
use crate::read::Part;

/// Words with which a sentence goes on behind the name of a flag.
const WORDS: &[&str] = &[
    "a",
    "accepts",
    "after",
    "allows",
    "also",
    "an",
    "and",
    "are",
    "argument",
    "arguments",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "but",
    "by",
    "can",
    "can't",
    "cannot",
    "could",
    "defaults",
    "deprecated",
    "did",
    "do",
    "does",
    "doesn't",
    "don't",
    "expects",
    "flag",
    "flags",
    "for",
    "found",
    "from",
    "given",
    "had",
    "has",
    "have",
    "here",
    "if",
    "ignored",
    "in",
    "instead",
    "into",
    "is",
    "isn't",
    "it",
    "may",
    "means",
    "might",
    "missing",
    "must",
    "needs",
    "nor",
    "not",
    "on",
    "only",
    "option",
    "options",
    "or",
    "parameter",
    "parameters",
    "please",
    "provided",
    "requires",
    "required",
    "rather",
    "shall",
    "should",
    "since",
    "so",
    "specified",
    "supplied",
    "switch",
    "takes",
    "than",
    "that",
    "the",
    "then",
    "this",
    "to",
    "together",
    "too",
    "unless",
    "used",
    "via",
    "was",
    "were",
    "when",
    "where",
    "which",
    "while",
    "will",
    "with",
    "without",
    "works",
    "would",
];

/// Whether the word behind a flag, after a blank and without quotes, goes on with a sentence. A sentence may end with it, or a
/// bracket open before it.
pub(crate) fn is_of_sentence(word: Part<'_>) -> bool {
    let ends = |b: u8| matches!(b, b'.' | b',' | b':' | b'!' | b'?' | b')');
    let mut bytes = word.bytes();
    while let Some((_, rest)) = bytes.split_last().filter(|(last, _)| ends(**last)) {
        bytes = rest;
    }
    word.byte_before().is_ascii_whitespace() && (bytes.starts_with(b"(") || is_one_of(WORDS, bytes))
}

/// Whether the word behind a flag says what belongs there: `--client-secret CLIENT_SECRET`, `--api-key KEY`, and
/// `--token token   Bearer token of the server`.
pub(crate) fn is_of_help(flag: &[u8], word: Part<'_>) -> bool {
    let same = |one: &[u8], other: &[u8]| {
        let plain = |b: &u8| if *b == b'_' { b'-' } else { b.to_ascii_lowercase() };
        one.iter().map(plain).eq(other.iter().map(plain))
    };
    let flag = flag.trim_ascii_start();
    let flag = flag.get(flag.iter().take_while(|b| **b == b'-').count()..).unwrap_or_default();
    let last = flag.rsplit(|b| *b == b'-').next().unwrap_or_default();
    let named = same(flag, word.bytes()) || same(last, word.bytes());
    let capitals = !word.bytes().iter().any(u8::is_ascii_lowercase);
    let behind = word.whole().get(word.span().end..).unwrap_or_default();
    let column =
        behind.starts_with(b"  ") && behind.iter().take_while(|b| **b != b'\n').any(u8::is_ascii_alphabetic);
    word.byte_before().is_ascii_whitespace() && named && (capitals || column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        let part = Part::of(text.as_bytes());
        is_of_sentence(part.skip(text.find([' ', '=', '\'']).map_or(0, |at| at + 1)))
    }

    #[test]
    fn a_sentence_is_told_from_a_value() {
        for text in ["--password via", "--token is", "--token flag.", "--password instead)", "-p to"] {
            assert!(is(text), "{text}");
        }
        for text in
            ["--password='via", "--password=via", "--password viamala", "--token Flag", "-p is97", "-p "]
        {
            assert!(!is(text), "{text}");
        }
    }
    #[test]
    fn help_is_told_from_a_value() {
        let is = |flag: &str, text: &str| {
            let part = Part::of(text.as_bytes()).skip(flag.len() + 1);
            is_of_help(flag.as_bytes(), part.while_(|b| b != b' ' && b != b'\n'))
        };
        for (flag, text) in [
            ("--token", "--token TOKEN | x"),
            ("--client-secret", "--client-secret CLIENT_SECRET"),
            ("--api-key", "--api-key KEY  API key"),
            ("--token", "--token token          Bearer token"),
        ] {
            assert!(is(flag, text), "{text}");
        }
        for (flag, text) in [
            ("--token", "--token token\nnext  line"),
            ("--password", "--password PLUM"),
            ("--password", "--password=PASSWORD"),
            ("--password", "--password password h"),
        ] {
            assert!(!is(flag, text), "{text}");
        }
    }
}
