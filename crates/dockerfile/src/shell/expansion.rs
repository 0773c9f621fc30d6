//! Reads what a shell expands: variables, command substitutions, arithmetic.

use super::ast::{Operator, Part, PartKind, Quoting, Variable, Word};
use super::parser::Parser;
use super::problem::Fault;
use super::word::Ending;
use crate::Text;

impl Parser<'_> {
    /// Reads from `$` on.
    pub(super) fn dollar(&mut self, quotes: Quoting, parts: &mut Vec<Part>) {
        let start = self.at;
        let rest = self.rest();
        if let Some(length) = rest.strip_prefix("$((").and_then(arithmetic_length) {
            self.at += 3;
            let word = self.arithmetic(length);
            return self.push_kind(start, quotes, (PartKind::Arithmetic(word), parts));
        }
        if self.eat("$(") {
            let list = self.list_within(&[")"]);
            self.close(")", start);
            return self.push_kind(start, quotes, (PartKind::Command(list), parts));
        }
        if let Some(length) = rest.strip_prefix("${{").and_then(|rest| rest.find("}}")) {
            let words = rest.get(3..3 + length).unwrap_or("").trim().to_owned();
            self.at += length + 5;
            return self.push_kind(start, quotes, (PartKind::Template(words), parts));
        }
        if self.eat("${") {
            return self.braced(start, quotes, parts);
        }
        if quotes == Quoting::Bare && self.eat("$'") {
            return self.ansi(start, parts);
        }
        if quotes == Quoting::Bare && self.looks("$\"") {
            self.at += 1;
            return self.double(parts);
        }
        self.at += 1;
        let name = self.name();
        if name.is_empty() {
            return self.push(start, quotes, parts);
        }
        let variable = Variable { name, operator: Operator::Value };
        self.push_kind(start, quotes, (PartKind::Variable(variable), parts));
    }

    /// A name; without braces a positional parameter has one digit.
    fn name(&mut self) -> String {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return String::new() };
        let length = if first.is_ascii_alphabetic() || first == '_' {
            rest.find(|next: char| !next.is_ascii_alphanumeric() && next != '_').unwrap_or(rest.len())
        } else {
            usize::from(first.is_ascii_digit() || "@*#?-$!".contains(first))
        };
        self.at += length;
        rest.get(..length).unwrap_or("").to_owned()
    }

    /// Reads after `${`.
    fn braced(&mut self, start: usize, quotes: Quoting, parts: &mut Vec<Part>) {
        let mut operator = Operator::Value;
        if self.looks("#") && !self.looks("#}") {
            self.at += 1;
            operator = Operator::Length;
        } else if self.looks("!") && !self.looks("!}") {
            self.at += 1;
            operator = Operator::Indirect;
        }
        let mut name = self.name();
        while name.bytes().all(|byte| byte.is_ascii_digit())
            && self.peek().is_some_and(|n| n.is_ascii_digit())
            && !name.is_empty()
        {
            name.extend(self.bump());
        }
        if name.is_empty() {
            return self.bad(start, quotes, parts);
        }
        if self.looks("[") {
            self.at += self.rest().find([']', '\n']).map_or(0, |end| end + 1);
        }
        if !self.looks("}") {
            let ending = if quotes == Quoting::Double { Ending::QuotedBrace } else { Ending::Brace };
            operator = self.operator(ending);
        }
        if !self.eat("}") {
            self.problem(Fault::BadSubstitution, start);
        }
        let variable = Variable { name, operator };
        self.push_kind(start, quotes, (PartKind::Variable(variable), parts));
    }

    /// Reports a substitution that no shell takes, and keeps it as text.
    fn bad(&mut self, start: usize, quotes: Quoting, parts: &mut Vec<Part>) {
        let rest = self.rest();
        let line = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or("");
        self.at += line.find('}').map_or(0, |end| end + 1);
        self.problem(Fault::BadSubstitution, start);
        self.push(start, quotes, parts);
    }

    fn operator(&mut self, ending: Ending) -> Operator {
        let make: fn(Word) -> Operator = if self.eat(":-") || self.eat("-") || self.eat(":=") || self.eat("=")
        {
            Operator::Default
        } else if self.eat(":+") || self.eat("+") {
            Operator::Alternative
        } else if self.eat(":?") || self.eat("?") {
            Operator::Required
        } else {
            self.bump();
            Operator::Changed
        };
        make(self.word(ending))
    }

    /// Arithmetic of a known length, with its closing brackets.
    pub(super) fn arithmetic(&mut self, length: usize) -> Word {
        let word = self.word(Ending::At(self.at + length));
        self.eat("))");
        word
    }

    /// `$'…'`: escapes become what they stand for.
    fn ansi(&mut self, start: usize, parts: &mut Vec<Part>) {
        let from = self.at;
        let mut text = Text::empty(self.text.origin(from));
        loop {
            let before = self.at;
            match self.bump() {
                None => {
                    self.problem(Fault::OpenQuote, start);
                    break;
                }
                Some('\'') => break,
                Some('\\') => {
                    let character = self.ansi_escape();
                    let span = self.text.locate(before..self.at);
                    text.push(character.encode_utf8(&mut [0; 4]), span);
                }
                Some(_) => text.append(&self.text.slice(before..self.at)),
            }
        }
        self.push_text(text, from, (Quoting::Single, parts));
    }

    fn ansi_escape(&mut self) -> char {
        match self.bump() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('e' | 'E') => '\u{1b}',
            Some('x') => self.digits(16, 2),
            Some('u') => self.digits(16, 4),
            Some('U') => self.digits(16, 8),
            Some(digit) if digit.is_digit(8) => {
                self.at -= 1;
                self.digits(8, 3)
            }
            Some(plain) => plain,
            None => '\\',
        }
    }

    fn digits(&mut self, radix: u32, most: usize) -> char {
        let rest = self.rest();
        let length = rest.chars().take(most).take_while(|next| next.is_digit(radix)).count();
        self.at += length;
        let value = rest.get(..length).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        value.and_then(char::from_u32).unwrap_or('\u{fffd}')
    }

    /// `` `…` ``: its text is unescaped first, and then a script of its own.
    pub(super) fn backquotes(&mut self, quotes: Quoting, parts: &mut Vec<Part>) {
        let start = self.at;
        self.at += 1;
        let mut text = Text::empty(self.text.origin(self.at));
        let mut closed = false;
        while let Some(next) = self.bump() {
            let mut from = self.at - next.len_utf8();
            if next == '`' {
                closed = true;
                break;
            }
            let escaped = self.peek().filter(|after| {
                next == '\\' && ("$`\\".contains(*after) || (quotes == Quoting::Double && *after == '"'))
            });
            if escaped.is_some() {
                from = self.at;
                self.bump();
            }
            text.append(&self.text.slice(from..self.at));
        }
        if !closed {
            self.problem(Fault::OpenQuote, start);
        }
        let list = self.script(&text);
        self.push_kind(start, quotes, (PartKind::Command(list), parts));
    }

    /// Reads a text as a script inside this one.
    pub(super) fn script(&mut self, text: &Text) -> super::ast::List {
        let (list, problems) = Parser::new(text, self.depth).whole();
        self.problems.extend(problems);
        list
    }
}

/// The length of arithmetic up to its `))`; `None` when the brackets close otherwise.
pub(super) fn arithmetic_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, next) in text.char_indices() {
        match next {
            '(' => depth += 1,
            ')' if depth == 0 => return text.get(at..)?.starts_with("))").then_some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}
