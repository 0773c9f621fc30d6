//! Splits the arguments of an instruction into words, pairs and JSON strings.

use std::ops::Range;

use crate::{Span, Text};

/// White space between words of an instruction; a line feed is not among them, as in the builder.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}')
}

/// Words between blanks, quotes without meaning.
pub(crate) fn plain_words(text: &Text) -> Vec<Text> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in text.split(is_blank) {
        if !word.is_empty() {
            words.push(text.slice(at..at + word.len()));
        }
        at += word.len() + 1;
    }
    words
}

/// Words between white space where quotes and escapes protect; both stay in the word.
pub(crate) fn quoted_words(text: &Text, escape: char) -> Vec<Text> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if start.is_none() && character.is_whitespace() {
            continue;
        }
        let from = *start.get_or_insert(at);
        match quote {
            None if character.is_whitespace() => {
                words.push(from..at);
                start = None;
            }
            _ if character == escape && quote != Some('\'') => {
                // An escape at the very end protects nothing and is dropped.
                let protects = characters.next().is_some();
                if !protects {
                    words.push(from..at);
                    start = None;
                }
            }
            None if matches!(character, '\'' | '"') => quote = Some(character),
            Some(open) if open == character => quote = None,
            _ => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
        .into_iter()
        .filter(|range: &Range<usize>| !range.is_empty())
        .map(|range| text.slice(range))
        .collect()
}

/// The first word between blanks, and what follows after the blanks.
pub(crate) fn first_word(text: &Text) -> (Text, Text) {
    let text = text.trim();
    let end = text.find(is_blank).unwrap_or(text.len());
    let rest = text.from(end);
    let skip = rest.len() - rest.trim_start_matches(is_blank).len();
    (text.slice(0..end), rest.from(skip))
}

/// The strings of a JSON array of strings; `None` when the text is anything else.
/// Each string maps to the source bytes between its quotes.
pub(crate) fn json_strings(text: &Text) -> Option<Vec<Text>> {
    let mut reader = Json { text, at: 0 };
    let mut strings = Vec::new();
    reader.expect('[')?;
    if reader.expect(']').is_none() {
        loop {
            strings.push(reader.string()?);
            if reader.expect(',').is_none() {
                reader.expect(']')?;
                break;
            }
        }
    }
    reader.skip();
    (reader.at == text.len()).then_some(strings)
}

struct Json<'t> {
    text: &'t Text,
    at: usize,
}

impl Json<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.skip();
        self.rest().strip_prefix(wanted)?;
        self.at += wanted.len_utf8();
        Some(())
    }

    fn string(&mut self) -> Option<Text> {
        self.expect('"')?;
        let start = self.at;
        let mut string = Text::empty(self.text.origin(start));
        loop {
            let from = self.at;
            match self.next()? {
                '"' => {
                    let inner = Span::new(self.text.origin(start), self.text.origin(from));
                    return Some(string.standing(inner));
                }
                '\\' => {
                    let character = self.escape()?;
                    let span = self.text.locate(from..self.at);
                    string.push(character.encode_utf8(&mut [0; 4]), span);
                }
                character if character < ' ' => return None,
                _ => string.append(&self.text.slice(from..self.at)),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode()?,
            plain @ ('"' | '\\' | '/') => plain,
            _ => return None,
        })
    }

    /// A `\u` escape; the second half of a surrogate pair is taken along, a lone half becomes U+FFFD.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xD800..0xDC00).contains(&high) {
            return Some(char::from_u32(high).unwrap_or('\u{fffd}'));
        }
        let before = self.at;
        if self.rest().starts_with("\\u") {
            self.at += 2;
            let low = self.hex()?;
            if (0xDC00..0xE000).contains(&low) {
                return char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            }
        }
        self.at = before;
        Some('\u{fffd}')
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<String> {
        quoted_words(&Text::verbatim(text, 0), '\\').iter().map(ToString::to_string).collect()
    }

    #[test]
    fn quotes_and_escapes_hold_words_together() {
        assert_eq!(quoted(r#"a="b c" d=e\ f 'x y'"#), [r#"a="b c""#, r"d=e\ f", "'x y'"]);
        assert_eq!(quoted(r#"a="b\" c" d"#), [r#"a="b\" c""#, "d"]);
        assert_eq!(quoted("a=b\\"), ["a=b"]);
        assert_eq!(quoted(r"a='\' b"), [r"a='\'", "b"]);
    }

    #[test]
    fn json_strings_know_where_they_stand() {
        let text = Text::verbatim(r#"[ "a\n", "\ud83d\ude00b" ]"#, 100);
        let strings = json_strings(&text).unwrap();
        assert_eq!(strings[0], "a\n");
        assert_eq!(strings[0].span(), Span::new(103, 106));
        assert_eq!(strings[1], "😀b");
        assert_eq!(strings[1].locate(4..5), Span::new(122, 123));
    }

    #[test]
    fn what_is_not_a_json_array_of_strings_is_none() {
        for text in ["[1]", "[\"a\",]", "[ -f x ] && y", "[\"C:\\path\"]", "[\"a\"] x", "", "[\"a"] {
            assert!(json_strings(&Text::verbatim(text, 0)).is_none(), "{text}");
        }
        assert_eq!(json_strings(&Text::verbatim("[]", 0)).unwrap().len(), 0);
    }
}
