//! Reads words: literal text, quotes, and what is expanded in them.

use super::ast::{Flowing, Part, PartKind, Quoting, Word};
use super::parser::Parser;
use super::problem::Fault;
use crate::Text;

/// Where a word ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At a blank or a sign of the shell.
    Blank,
    /// At a blank: a pattern after `=~`.
    Regex,
    /// At the brace that closes `${`, outside double quotes.
    Brace,
    /// The same inside double quotes, where single quotes mean nothing.
    QuotedBrace,
    /// At the double quote.
    Quote,
    /// At a place known before: the body of a here-document, or arithmetic.
    At(usize),
}

impl Parser<'_> {
    /// Reads a word; it has no parts when none stands here. What ends it is not eaten.
    pub(super) fn word(&mut self, ending: Ending) -> Word {
        let start = self.at;
        let mut parts = Vec::new();
        while !self.ends(ending) {
            let before = self.at;
            self.part(ending, &mut parts);
            if self.at == before {
                break;
            }
        }
        Word { parts, span: self.span(start) }
    }

    fn ends(&self, ending: Ending) -> bool {
        let Some(next) = self.peek() else { return true };
        match ending {
            Ending::Blank if self.looks("<(") || self.looks(">(") => false,
            Ending::Blank => next.is_ascii_whitespace() || ";&|()<>".contains(next),
            Ending::Regex => next.is_ascii_whitespace(),
            Ending::Brace | Ending::QuotedBrace => next == '}',
            Ending::Quote => next == '"',
            Ending::At(end) => self.at >= end,
        }
    }

    fn part(&mut self, ending: Ending, parts: &mut Vec<Part>) {
        let quoted = matches!(ending, Ending::Quote | Ending::QuotedBrace | Ending::At(_));
        let quotes = if quoted { Quoting::Double } else { Quoting::Bare };
        match self.peek() {
            Some('\\') => self.escape(ending, quotes, parts),
            Some('\'') if !quoted => self.single(parts),
            Some('"') if !matches!(ending, Ending::Quote | Ending::At(_)) => self.double(parts),
            Some('`') => self.deeper(|parser| parser.backquotes(quotes, parts)),
            Some('$') => self.deeper(|parser| parser.dollar(quotes, parts)),
            Some('<' | '>') if ending == Ending::Blank => self.process(parts),
            Some('?' | '*' | '+' | '@' | '!') if ending == Ending::Blank => self.pattern(parts),
            Some(_) => self.plain(ending, quotes, parts),
            None => {}
        }
    }

    /// A run of characters without meaning.
    fn plain(&mut self, ending: Ending, quotes: Quoting, parts: &mut Vec<Part>) {
        let start = self.at;
        self.bump();
        let rest = self.rest();
        let special = |next: char| next.is_ascii_whitespace() || ";&|()<>\\'\"`$?*+@!}".contains(next);
        let length = rest.find(special).unwrap_or(rest.len());
        self.at = match ending {
            // The end of a body is known by its place alone.
            Ending::At(end) => end.max(self.at).min(self.at + length),
            _ => self.at + length,
        };
        self.push(start, quotes, parts);
    }

    fn escape(&mut self, ending: Ending, quotes: Quoting, parts: &mut Vec<Part>) {
        let start = self.at;
        self.bump();
        let protects = |next: char| match ending {
            Ending::Quote => "$`\"\\\n".contains(next),
            Ending::QuotedBrace => "$`\"\\\n}".contains(next),
            Ending::At(_) => "$`\\\n".contains(next),
            Ending::Blank | Ending::Regex | Ending::Brace => true,
        };
        match self.peek() {
            Some('\n') => self.at += 1,
            Some(next) if protects(next) => {
                let from = self.at;
                self.bump();
                let quotes = if quotes == Quoting::Bare { Quoting::Single } else { quotes };
                self.push(from, quotes, parts);
            }
            _ => self.push(start, quotes, parts),
        }
    }

    fn single(&mut self, parts: &mut Vec<Part>) {
        let start = self.at;
        self.at += 1;
        let from = self.at;
        let length = self.rest().find('\'');
        self.at += length.unwrap_or(self.rest().len());
        self.push(from, Quoting::Single, parts);
        if length.is_none() {
            return self.problem(Fault::OpenQuote, start);
        }
        self.at += 1;
    }

    pub(super) fn double(&mut self, parts: &mut Vec<Part>) {
        let start = self.at;
        self.at += 1;
        let from = self.at;
        let inner = self.deeper(|parser| parser.word(Ending::Quote)).parts;
        if inner.is_empty() {
            self.push(from, Quoting::Double, parts);
        }
        parts.extend(inner);
        if !self.eat("\"") {
            self.problem(Fault::OpenQuote, start);
        }
    }

    /// `<( … )`, `>( … )`
    fn process(&mut self, parts: &mut Vec<Part>) {
        let start = self.at;
        let flowing = if self.looks("<") { Flowing::Out } else { Flowing::In };
        self.at += 2;
        let list = self.list_within(&[")"]);
        self.close(")", start);
        self.push_kind(start, Quoting::Bare, (PartKind::Process(flowing, list), parts));
    }

    /// `@( … )` and its kin are text; a lone sign is too.
    fn pattern(&mut self, parts: &mut Vec<Part>) {
        let start = self.at;
        self.at += 1;
        if self.looks("(") {
            let mut depth = 0;
            let end = self.rest().char_indices().find(|(_, next)| {
                depth += i32::from(*next == '(') - i32::from(*next == ')');
                depth == 0 || *next == '\n'
            });
            if let Some((end, ')')) = end {
                self.at += end + 1;
            }
        }
        self.push(start, Quoting::Bare, parts);
    }

    /// A whole word of the text since `start`.
    pub(super) fn literal_word(&mut self, start: usize) -> Word {
        let mut parts = Vec::new();
        self.push(start, Quoting::Bare, &mut parts);
        Word { parts, span: self.span(start) }
    }

    /// Adds the text since `start` as it stands.
    pub(super) fn push(&mut self, start: usize, quotes: Quoting, parts: &mut Vec<Part>) {
        let text = self.text.slice(start..self.at);
        self.push_text(text, start, (quotes, parts));
    }

    /// Adds literal text that stands in the place since `start`; it grows together with text of the same quotes.
    pub(super) fn push_text(&mut self, text: Text, start: usize, (quotes, parts): (Quoting, &mut Vec<Part>)) {
        let span = self.text.locate(start..self.at);
        if let Some(Part { kind: PartKind::Literal(before), range, span: whole, .. }) =
            parts.last_mut().filter(|last| last.quotes == quotes)
        {
            before.append(&text);
            range.end = self.at;
            *whole = whole.to(span);
            return;
        }
        self.push_kind(start, quotes, (PartKind::Literal(text), parts));
    }

    pub(super) fn push_kind(
        &mut self,
        start: usize,
        quotes: Quoting,
        (kind, parts): (PartKind, &mut Vec<Part>),
    ) {
        parts.push(Part { kind, quotes, span: self.span(start), range: start..self.at });
    }
}
