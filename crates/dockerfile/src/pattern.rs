//! What the text of a history must look like for an instruction, with holes where a value was filled in.

use crate::parts::{Part, Quotes, parts};

/// A piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// This text.
    Text(String),
    /// Anything.
    Any,
    /// Nothing, or `=` and anything: the value of an `ARG`.
    Value,
}

/// Text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// The pattern of one word after expansion: its literal text, holes for its variables.
    /// A word that the builder refuses gives `None`.
    pub(crate) fn word(word: &str, escape: char) -> Option<Pattern> {
        let mut pattern = Pattern::default();
        for part in parts(word, escape, Quotes::Remove).ok()? {
            match part {
                Part::Text(text) => pattern.text(&text),
                Part::Variable(_) => pattern.any(),
            }
        }
        Some(pattern)
    }

    pub(crate) fn text(&mut self, text: &str) {
        match self.tokens.last_mut() {
            Some(Token::Text(last)) => last.push_str(text),
            _ => self.tokens.push(Token::Text(text.to_owned())),
        }
    }

    pub(crate) fn any(&mut self) {
        self.tokens.push(Token::Any);
    }

    pub(crate) fn value(&mut self) {
        self.tokens.push(Token::Value);
    }

    pub(crate) fn append(&mut self, other: Pattern) {
        for token in other.tokens {
            match token {
                Token::Text(text) => self.text(&text),
                hole => self.tokens.push(hole),
            }
        }
    }

    /// How many characters it fixes.
    pub(crate) fn weight(&self) -> usize {
        self.tokens
            .iter()
            .map(|token| if let Token::Text(text) = token { text.trim().len() } else { 0 })
            .sum()
    }

    /// With runs of white space made one blank and none at the ends, like [`squeeze`]d text.
    pub(crate) fn squeezed(mut self) -> Pattern {
        let last = self.tokens.len().saturating_sub(1);
        for (index, token) in self.tokens.iter_mut().enumerate() {
            if let Token::Text(text) = token {
                let mut new = collapse(text);
                if index == 0 {
                    new = new.trim_start().to_owned();
                }
                if index == last {
                    new = new.trim_end().to_owned();
                }
                *text = new;
            }
        }
        self
    }

    /// Whether `text` looks like this.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut reachable = vec![false; bytes.len() + 1];
        reachable[0] = true;
        for token in &self.tokens {
            reachable = match token {
                Token::Text(wanted) => after_text(&reachable, bytes, wanted.as_bytes()),
                Token::Any => after_any(&reachable),
                Token::Value => {
                    let equals = after_text(&reachable, bytes, b"=");
                    after_any(&equals).iter().zip(&reachable).map(|(value, none)| *value || *none).collect()
                }
            };
        }
        reachable.last() == Some(&true)
    }
}

fn after_text(reachable: &[bool], bytes: &[u8], wanted: &[u8]) -> Vec<bool> {
    let mut next = vec![false; reachable.len()];
    for (at, _) in reachable.iter().enumerate().filter(|(_, here)| **here) {
        if bytes.get(at..).is_some_and(|rest| rest.starts_with(wanted)) {
            next[at + wanted.len()] = true;
        }
    }
    next
}

fn after_any(reachable: &[bool]) -> Vec<bool> {
    let first = reachable.iter().position(|here| *here).unwrap_or(reachable.len());
    (0..reachable.len()).map(|at| at >= first).collect()
}

fn collapse(text: &str) -> String {
    let mut new = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_whitespace() {
            new.push(character);
        } else if !new.ends_with(' ') {
            new.push(' ');
        }
    }
    new
}

/// Runs of white space become one blank, those at the ends nothing.
pub(crate) fn squeeze(text: &str) -> String {
    collapse(text).trim().to_owned()
}

/// The strings in a list as the builders print it: `["a" "b"]` or `["a","b"]`, Go's or JSON's escapes.
pub(crate) fn printed_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let inner = text.get(text.find('[')? + 1..)?;
    let mut strings = Vec::new();
    let mut characters = inner.chars();
    loop {
        match characters.next()? {
            ']' => return Some(strings),
            '"' => strings.push(printed_string(&mut characters)?),
            ' ' | ',' | '\t' => {}
            _ => return None,
        }
    }
}

fn printed_string(characters: &mut std::str::Chars<'_>) -> Option<String> {
    let mut string = String::new();
    loop {
        match characters.next()? {
            '"' => return Some(string),
            '\\' => match characters.next()? {
                'n' => string.push('\n'),
                't' => string.push('\t'),
                'r' => string.push('\r'),
                digits @ ('u' | 'U' | 'x') => {
                    let length = match digits {
                        'u' => 4,
                        'U' => 8,
                        _ => 2,
                    };
                    let code: String = characters.by_ref().take(length).collect();
                    string.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                plain => string.push(plain),
            },
            plain => string.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_take_what_was_filled_in() {
        let pattern = Pattern::word("a$X/\"b c\"${Y:-z}", '\\').unwrap();
        assert!(pattern.fits("a1/b c2") && pattern.fits("a/b c"));
        assert!(!pattern.fits("b1/b c2"));
        assert_eq!(pattern.weight(), 5);
    }

    #[test]
    fn lists_are_read_as_printed() {
        assert_eq!(printed_list(r#"["/bin/sh" "-c" "a \"b\"\n"]"#).unwrap(), ["/bin/sh", "-c", "a \"b\"\n"]);
        assert_eq!(printed_list(r#"&{["CMD", "x"] "30s"}"#).unwrap(), ["CMD", "x"]);
        assert!(printed_list("[a]").is_none() && printed_list("x").is_none());
    }
}
