//! The patterns of `${X#pattern}` and its kin: `*`, `?` and escapes.

use crate::parts::{Reach, Times};

/// A pattern taken apart.
pub(crate) struct Glob {
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Is(char),
    One,
    Many,
}

impl Glob {
    /// Reads a pattern; `None` when an escape protects something that needs none, which the builder refuses.
    pub(crate) fn parse(pattern: &str) -> Option<Glob> {
        let mut tokens = Vec::new();
        let mut characters = pattern.chars().peekable();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '*' => Token::Many,
                '?' => Token::One,
                // The escape of a brace or slash was for the substitution, not for the pattern.
                '\\' => match characters.next()? {
                    escaped @ ('}' | '/' | '*' | '?' | '\\') => Token::Is(escaped),
                    _ => return None,
                },
                plain => Token::Is(plain),
            });
        }
        Some(Glob { tokens })
    }

    fn reversed(mut self) -> Glob {
        self.tokens.reverse();
        self
    }

    /// How many characters at the front of `text` it matches.
    fn matches(&self, text: &[char], reach: Reach) -> Option<usize> {
        let mut states = vec![false; self.tokens.len() + 1];
        states[0] = true;
        self.close(&mut states);
        let mut found = None;
        for at in 0..=text.len() {
            if states.last() == Some(&true) {
                found = Some(at);
                if reach == Reach::Shortest {
                    break;
                }
            }
            let Some(character) = text.get(at) else { break };
            states = self.step(&states, *character);
            if !states.contains(&true) {
                break;
            }
        }
        found
    }

    fn step(&self, states: &[bool], character: char) -> Vec<bool> {
        let mut next = vec![false; states.len()];
        for (index, token) in
            self.tokens.iter().enumerate().filter(|(index, _)| states.get(*index) == Some(&true))
        {
            match token {
                Token::Many => next[index] = true,
                Token::One => next[index + 1] = true,
                Token::Is(wanted) if *wanted == character => next[index + 1] = true,
                Token::Is(_) => {}
            }
        }
        self.close(&mut next);
        next
    }

    /// A star may match nothing.
    fn close(&self, states: &mut [bool]) {
        for (index, token) in self.tokens.iter().enumerate() {
            if *token == Token::Many && states[index] {
                states[index + 1] = true;
            }
        }
    }
}

/// `value` without the prefix that `pattern` matches.
pub(crate) fn trim_prefix(value: &str, pattern: &str, reach: Reach) -> Option<String> {
    let characters: Vec<char> = value.chars().collect();
    let cut = Glob::parse(pattern)?.matches(&characters, reach).unwrap_or(0);
    Some(characters.into_iter().skip(cut).collect())
}

/// `value` without the suffix that `pattern` matches.
pub(crate) fn trim_suffix(value: &str, pattern: &str, reach: Reach) -> Option<String> {
    let backwards: Vec<char> = value.chars().rev().collect();
    let cut = Glob::parse(pattern)?.reversed().matches(&backwards, reach).unwrap_or(0);
    Some(backwards.into_iter().skip(cut).rev().collect())
}

/// `value` with what `pattern` matches replaced.
pub(crate) fn replace(value: &str, (pattern, replacement): (&str, &str), times: Times) -> Option<String> {
    let glob = Glob::parse(pattern)?;
    let characters: Vec<char> = value.chars().collect();
    let mut result = String::new();
    let (mut at, mut done, mut after_match) = (0, false, false);
    while at <= characters.len() {
        let rest = characters.get(at..).unwrap_or(&[]);
        let length = if done { None } else { glob.matches(rest, Reach::Longest) };
        // An empty match right behind another match is none.
        let length = length.filter(|length| *length > 0 || !after_match);
        after_match = false;
        if let Some(length) = length {
            result.push_str(replacement);
            done = times == Times::Once;
            if length > 0 {
                at += length;
                after_match = true;
                continue;
            }
        }
        result.extend(characters.get(at));
        at += 1;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_suffixes_go() {
        let path = "a/b/c.tar.gz";
        assert_eq!(trim_prefix(path, "*/", Reach::Shortest).unwrap(), "b/c.tar.gz");
        assert_eq!(trim_prefix(path, "*/", Reach::Longest).unwrap(), "c.tar.gz");
        assert_eq!(trim_suffix(path, ".*", Reach::Shortest).unwrap(), "a/b/c.tar");
        assert_eq!(trim_suffix(path, ".*", Reach::Longest).unwrap(), "a/b/c");
        assert_eq!(trim_prefix(path, "x", Reach::Longest).unwrap(), path);
        assert_eq!(trim_prefix("*x", r"\*", Reach::Longest).unwrap(), "x");
        assert_eq!(trim_prefix("x", r"\x", Reach::Longest), None);
    }

    #[test]
    fn replacing_once_or_everywhere() {
        assert_eq!(replace("v1.2.3", (".", "-"), Times::Once).unwrap(), "v1-2.3");
        assert_eq!(replace("v1.2.3", (".", "-"), Times::All).unwrap(), "v1-2-3");
        assert_eq!(replace("abcabc", ("b?", ""), Times::All).unwrap(), "aa");
        assert_eq!(replace("ab", ("*", "x"), Times::All).unwrap(), "x");
        assert_eq!(replace("ab", ("", "-"), Times::All).unwrap(), "-a-b-");
    }
}
