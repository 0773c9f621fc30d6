//! The `--name=value` flags between a keyword and its arguments.

use crate::{Span, Text};

/// A flag of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The name without the dashes.
    pub name: Text,
    /// What follows `=`, quotes and escapes removed; `None` without `=`.
    pub value: Option<Text>,
    /// The whole flag as written, dashes and quotes included.
    pub span: Span,
}

/// Takes the flags off the front of `text`; gives them and the rest.
/// Quotes and backslashes (always backslashes, whatever the escape directive says) protect inside a flag.
pub(crate) fn take(text: &Text) -> (Vec<Flag>, Text) {
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or("");
        at += rest.len() - rest.trim_start().len();
        if !text.get(at..).unwrap_or("").starts_with("--") {
            return (flags, text.from(at));
        }
        let (word, end) = word(text, at);
        if word == "--" {
            return (flags, text.from(end).trim());
        }
        flags.push(flag(&word, text.locate(at..end)));
        at = end;
    }
}

fn flag(word: &Text, span: Span) -> Flag {
    let word = word.from(2);
    match word.cut('=') {
        Some((name, value)) => Flag { name, value: Some(value), span },
        None => Flag { name: word, value: None, span },
    }
}

/// The flag word that starts at `start`, unquoted, and where it ends.
fn word(text: &Text, start: usize) -> (Text, usize) {
    let mut word = Text::empty(text.origin(start));
    let mut quote: Option<char> = None;
    let mut characters = text.get(start..).unwrap_or("").char_indices();
    while let Some((at, character)) = characters.next() {
        let at = start + at;
        match (quote, character) {
            (None, blank) if blank.is_whitespace() => return (word, at),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (_, '\\') => {
                if let Some((next, escaped)) = characters.next() {
                    word.append(&text.slice(start + next..start + next + escaped.len_utf8()));
                }
            }
            _ => word.append(&text.slice(at..at + character.len_utf8())),
        }
    }
    (word, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_unquoted_and_located() {
        let text = Text::verbatim(r#"--mount=type=secret,"id=a b" --link -- --x y"#, 4);
        let (flags, rest) = take(&text);
        assert_eq!(flags.len(), 2);
        assert_eq!(flags[0].name, "mount");
        assert_eq!(flags[0].value.as_ref().unwrap(), &"type=secret,id=a b");
        assert_eq!(flags[0].span, Span::new(4, 32));
        assert_eq!((flags[1].name.as_str(), flags[1].value.is_none()), ("link", true));
        assert_eq!(rest, "--x y");
    }

    #[test]
    fn an_escape_keeps_a_blank_inside() {
        let (flags, rest) = take(&Text::verbatim(r"--chown=a\ b c", 0));
        assert_eq!(flags[0].value.as_ref().unwrap(), &"a b");
        assert_eq!(rest, "c");
    }
}
