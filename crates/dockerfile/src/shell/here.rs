//! Reads here-documents: their bodies stand after the end of the line, out of turn.

use super::ast::{Quoting, Word};
use super::parser::Parser;
use super::problem::Fault;
use super::word::Ending;
use crate::heredoc::{Expands, Tabs};

impl Parser<'_> {
    /// Reads the closing word after `<<` and, already now, the body.
    pub(super) fn here_document(&mut self, start: usize) -> Word {
        let tabs = if self.eat("-") { Tabs::Removed } else { Tabs::Kept };
        self.skip_blanks();
        let from = self.at;
        let word = self.word(Ending::Blank);
        let raw = self.text.as_str().get(from..self.at).unwrap_or("");
        let name = word.literal().unwrap_or_else(|| raw.to_owned());
        if word.parts.is_empty() {
            self.problem(Fault::MissingTarget, start);
            return word;
        }
        let Some(line_end) = self.line_end() else {
            self.problem(Fault::UnterminatedHeredoc, start);
            return Word { parts: Vec::new(), span: self.span(self.at) };
        };
        let body = self.bodies.get(&line_end).copied().unwrap_or(line_end + 1);
        let (end, after) = self.body_end(body, &name, tabs);
        if after == end && end == self.text.len() {
            self.problem(Fault::UnterminatedHeredoc, start);
        }
        self.bodies.insert(line_end, after);
        let expands = if raw.contains(['\'', '"', '\\']) { Expands::No } else { Expands::Yes };
        self.body((body, end), expands)
    }

    fn body(&mut self, (from, end): (usize, usize), expands: Expands) -> Word {
        let resume = std::mem::replace(&mut self.at, from);
        let word = if expands == Expands::No {
            self.at = end;
            let mut parts = Vec::new();
            self.push(from, Quoting::Single, &mut parts);
            Word { parts, span: self.span(from) }
        } else {
            self.deeper(|parser| parser.word(Ending::At(end)))
        };
        self.at = resume;
        word
    }

    /// Where a body ends, and where its closing line ends.
    fn body_end(&self, body: usize, name: &str, tabs: Tabs) -> (usize, usize) {
        let mut at = body;
        for line in self.text.as_str().get(body..).unwrap_or("").split_inclusive('\n') {
            let bare = line.trim_end_matches('\n').trim_end_matches('\r');
            let bare = if tabs == Tabs::Removed { bare.trim_start_matches('\t') } else { bare };
            if bare == name {
                return (at, at + line.len());
            }
            at += line.len();
        }
        (at, at)
    }

    /// The end of this line of the script, which is not inside quotes, brackets or a comment.
    fn line_end(&mut self) -> Option<usize> {
        if let Some(known) = self.line.filter(|end| *end >= self.at) {
            return Some(known);
        }
        let bytes = self.text.as_bytes();
        let (mut at, mut quote, mut brackets) = (self.at, None, 0_usize);
        while let Some(byte) = bytes.get(at).copied() {
            match (quote, byte) {
                (None | Some(b'"' | b'`'), b'\\') => at += 1,
                (Some(open), _) if byte == open => quote = None,
                (None, b'\'' | b'"' | b'`') => quote = Some(byte),
                (None, b'(') => brackets += 1,
                (None, b')') => brackets = brackets.saturating_sub(1),
                (None, b'\n') if brackets == 0 => {
                    self.line = Some(at);
                    return Some(at);
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}
