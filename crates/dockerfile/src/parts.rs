//! A word taken apart into literal text and variable references, as the builder's own little shell reads it.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands for itself, quotes and escapes removed.
    Text(String),
    /// A variable reference.
    Variable(Variable),
}

/// `$NAME`, or `${NAME…}` with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name; digits and the special parameters of the shell are names too.
    pub name: String,
    /// What is done with the value.
    pub operator: Operator,
    /// The whole reference, from `$` on, as bytes of the word.
    pub range: Range<usize>,
}

/// Whether an empty value counts as unset: the colon in `${X:-word}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// With the colon: an empty value is like none.
    IsUnset,
    /// Without it: an empty value is a value.
    IsSet,
}

/// How much a pattern takes away: `#` and `%`, or `##` and `%%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As little as matches.
    Shortest,
    /// As much as matches.
    Longest,
}

/// How often `${X/a/b}` replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The first match only.
    Once,
    /// Every match.
    All,
}

/// What a reference does with the value of its variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operator {
    /// `$X`, `${X}`.
    Plain,
    /// `${X:-word}`, `${X-word}`.
    Default(Empty, Vec<Part>),
    /// `${X:+word}`, `${X+word}`.
    Alternative(Empty, Vec<Part>),
    /// `${X:?word}`, `${X?word}`.
    Required(Empty, Vec<Part>),
    /// `${X#pattern}`, `${X##pattern}`.
    TrimPrefix(Reach, Vec<Part>),
    /// `${X%pattern}`, `${X%%pattern}`.
    TrimSuffix(Reach, Vec<Part>),
    /// `${X/pattern/replacement}`, `${X//pattern/replacement}`.
    Replace(Times, Vec<Part>, Vec<Part>),
}

/// Why a word cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// A quote without its end.
    #[error("quote is not closed")]
    OpenQuote,
    /// `${` without its end.
    #[error("brace is not closed")]
    OpenBrace,
    /// `${}`, `${:x}` and the like.
    #[error("bad substitution")]
    BadSubstitution,
    /// An operator that the builder does not know.
    #[error("unsupported modifier in a substitution")]
    UnsupportedModifier,
    /// References nested deeper than any builder file needs.
    #[error("references are nested too deeply")]
    TooDeep,
}

/// What quotes mean in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// They protect, and are removed.
    Remove,
    /// They are plain characters, as in the body of a heredoc.
    Keep,
}

/// Deeper nesting of `${a:-${b:-…}}` is refused, so that no input exhausts the stack.
const DEPTH: usize = 48;

/// Takes a word apart. `escape` is the document's escape character.
///
/// # Errors
///
/// When the builder would refuse the word: see [`WordError`].
pub fn parts(word: &str, escape: char, quotes: Quotes) -> Result<Vec<Part>, WordError> {
    let mut reader = Reader::new(word, escape, quotes);
    reader.until(None, Escapes::Remove)
}

/// The length in bytes of the reference that starts with the `$` at the front of `text`.
pub(crate) fn reference_length(text: &str) -> Result<usize, WordError> {
    let mut reader = Reader::new(text, '\\', Quotes::Remove);
    reader.dollar()?;
    Ok(reader.at())
}

/// All references in `parts`, outer before inner.
#[must_use]
pub fn variables(parts: &[Part]) -> Vec<&Variable> {
    let mut found = Vec::new();
    for part in parts {
        let Part::Variable(variable) = part else { continue };
        found.push(variable);
        match &variable.operator {
            Operator::Plain => {}
            Operator::Default(_, word)
            | Operator::Alternative(_, word)
            | Operator::Required(_, word)
            | Operator::TrimPrefix(_, word)
            | Operator::TrimSuffix(_, word) => found.extend(variables(word)),
            Operator::Replace(_, pattern, replacement) => {
                found.extend(variables(pattern));
                found.extend(variables(replacement));
            }
        }
    }
    found
}

/// Whether an escape character stays in the text: patterns need it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Remove,
    Keep,
}

struct Reader<'w> {
    word: &'w str,
    characters: Peekable<CharIndices<'w>>,
    escape: char,
    quotes: Quotes,
    depth: usize,
}

impl<'w> Reader<'w> {
    fn new(word: &'w str, escape: char, quotes: Quotes) -> Self {
        Self { word, characters: word.char_indices().peekable(), escape, quotes, depth: 0 }
    }

    fn at(&mut self) -> usize {
        self.characters.peek().map_or(self.word.len(), |(at, _)| *at)
    }

    fn peek(&mut self) -> Option<char> {
        self.characters.peek().map(|(_, character)| *character)
    }

    fn next(&mut self) -> Option<char> {
        self.characters.next().map(|(_, character)| character)
    }

    /// Reads until `stop` (which is eaten) or, without one, to the end.
    fn until(&mut self, stop: Option<char>, escapes: Escapes) -> Result<Vec<Part>, WordError> {
        let mut parts = Vec::new();
        while let Some(character) = self.peek() {
            if Some(character) == stop {
                self.next();
                return Ok(parts);
            }
            match character {
                '$' => self.dollar_into(&mut parts)?,
                '\'' if self.quotes == Quotes::Remove => self.single(&mut parts)?,
                '"' if self.quotes == Quotes::Remove => self.double(&mut parts, escapes)?,
                _ => self.plain(&mut parts, escapes),
            }
        }
        if stop.is_some() { Err(WordError::OpenBrace) } else { Ok(parts) }
    }

    fn plain(&mut self, parts: &mut Vec<Part>, escapes: Escapes) {
        let Some(character) = self.next() else { return };
        if character != self.escape {
            return add(parts, character);
        }
        if escapes == Escapes::Keep {
            add(parts, character);
        }
        if let Some(escaped) = self.next() {
            add(parts, escaped);
        }
    }

    fn single(&mut self, parts: &mut Vec<Part>) -> Result<(), WordError> {
        self.next();
        touch(parts);
        loop {
            match self.next().ok_or(WordError::OpenQuote)? {
                '\'' => return Ok(()),
                character => add(parts, character),
            }
        }
    }

    fn double(&mut self, parts: &mut Vec<Part>, escapes: Escapes) -> Result<(), WordError> {
        self.next();
        touch(parts);
        loop {
            match self.peek().ok_or(WordError::OpenQuote)? {
                '"' => {
                    self.next();
                    return Ok(());
                }
                '$' => self.dollar_into(parts)?,
                character if character == self.escape => self.escaped_in_double(parts, escapes),
                character => {
                    self.next();
                    add(parts, character);
                }
            }
        }
    }

    /// Inside double quotes an escape protects only the quote, the dollar and itself.
    fn escaped_in_double(&mut self, parts: &mut Vec<Part>, escapes: Escapes) {
        self.next();
        if escapes == Escapes::Keep {
            add(parts, self.escape);
        }
        match self.peek() {
            None => {}
            Some(character) if matches!(character, '"' | '$') || character == self.escape => {
                self.next();
                add(parts, character);
            }
            Some(_) => add(parts, self.escape),
        }
    }

    fn dollar_into(&mut self, parts: &mut Vec<Part>) -> Result<(), WordError> {
        match self.dollar()? {
            Some(variable) => parts.push(Part::Variable(variable)),
            None => add(parts, '$'),
        }
        Ok(())
    }

    /// Reads from `$` on; `None` when it is a mere dollar.
    fn dollar(&mut self) -> Result<Option<Variable>, WordError> {
        let start = self.at();
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            let range = start..self.at();
            return Ok((!name.is_empty()).then_some(Variable { name, operator: Operator::Plain, range }));
        }
        self.next();
        match self.peek() {
            None => return Err(WordError::OpenBrace),
            Some('{' | '}' | ':') => return Err(WordError::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        self.depth += 1;
        let operator = if self.depth > DEPTH { Err(WordError::TooDeep) } else { self.operator() };
        self.depth -= 1;
        Ok(Some(Variable { name, operator: operator?, range: start..self.at() }))
    }

    fn operator(&mut self) -> Result<Operator, WordError> {
        let mut character = self.next().ok_or(WordError::OpenBrace)?;
        let mut empty = Empty::IsSet;
        if character == ':' {
            empty = Empty::IsUnset;
            character = self.next().ok_or(WordError::OpenBrace)?;
        }
        match (character, empty) {
            ('}', Empty::IsSet) => Ok(Operator::Plain),
            ('-', _) => Ok(Operator::Default(empty, self.until(Some('}'), Escapes::Remove)?)),
            ('+', _) => Ok(Operator::Alternative(empty, self.until(Some('}'), Escapes::Remove)?)),
            ('?', _) => Ok(Operator::Required(empty, self.until(Some('}'), Escapes::Remove)?)),
            ('#', _) => Ok(Operator::TrimPrefix(self.reach('#'), self.until(Some('}'), Escapes::Keep)?)),
            ('%', _) => Ok(Operator::TrimSuffix(self.reach('%'), self.until(Some('}'), Escapes::Keep)?)),
            ('/', Empty::IsSet) => self.replace(),
            _ => Err(WordError::UnsupportedModifier),
        }
    }

    fn reach(&mut self, sign: char) -> Reach {
        if self.characters.next_if(|(_, next)| *next == sign).is_some() {
            Reach::Longest
        } else {
            Reach::Shortest
        }
    }

    fn replace(&mut self) -> Result<Operator, WordError> {
        let all = self.characters.next_if(|(_, next)| *next == '/').is_some();
        let times = if all { Times::All } else { Times::Once };
        let pattern = self.until(Some('/'), Escapes::Keep)?;
        Ok(Operator::Replace(times, pattern, self.until(Some('}'), Escapes::Keep)?))
    }

    /// A name; a run of digits, or one special parameter, is one too.
    fn name(&mut self) -> String {
        let Some(first) = self.peek() else { return String::new() };
        if "@*#?-$!".contains(first) {
            self.next();
            return first.to_string();
        }
        let digits = first.is_numeric();
        let mut name = String::new();
        while let Some((_, character)) = self.characters.next_if(|(_, next)| {
            if digits { next.is_numeric() } else { next.is_alphanumeric() || *next == '_' }
        }) {
            name.push(character);
        }
        name
    }
}

/// Appends a character to the literal text at the end.
fn add(parts: &mut Vec<Part>, character: char) {
    if let Some(Part::Text(text)) = parts.last_mut() {
        text.push(character);
    } else {
        parts.push(Part::Text(character.to_string()));
    }
}

/// Makes sure that a quoted empty string leaves a part.
fn touch(parts: &mut Vec<Part>) {
    if !matches!(parts.last(), Some(Part::Text(_))) {
        parts.push(Part::Text(String::new()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(word: &str) -> Vec<String> {
        let parts = parts(word, '\\', Quotes::Remove).unwrap();
        variables(&parts).iter().map(|variable| variable.name.clone()).collect()
    }

    #[test]
    fn references_are_found_where_the_builder_sees_them() {
        assert_eq!(names(r#"$a${b}"$c"'$d'\$e ${f:-$g}"#), ["a", "b", "c", "f", "g"]);
        assert_eq!(names("$1a $"), ["1"]);
    }

    #[test]
    fn a_reference_knows_its_range() {
        let parts = parts("x${a:-b}y", '\\', Quotes::Remove).unwrap();
        assert_eq!(variables(&parts)[0].range, 1..8);
    }

    #[test]
    fn what_the_builder_refuses_is_an_error() {
        for (word, error) in [
            ("'a", WordError::OpenQuote),
            ("\"a", WordError::OpenQuote),
            ("${a", WordError::OpenBrace),
            ("${a:-b", WordError::OpenBrace),
            ("${}", WordError::BadSubstitution),
            ("${a@Q}", WordError::UnsupportedModifier),
            ("${a:/x/y}", WordError::UnsupportedModifier),
        ] {
            assert_eq!(parts(word, '\\', Quotes::Remove), Err(error), "{word}");
        }
        let deep = "${a:-".repeat(500);
        assert_eq!(parts(&deep, '\\', Quotes::Remove), Err(WordError::TooDeep));
    }
}
