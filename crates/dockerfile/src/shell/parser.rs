//! Reads lists and pipelines; the other files of this folder read what they are made of.

use std::collections::BTreeMap;

use super::ast::{Command, CommandKind, Item, Join, List, Outcome, Simple, Wait};
use super::problem::{Fault, Problem};
use crate::{Span, Text};

/// Deeper nesting is refused, so that no input exhausts the stack.
const DEPTH: usize = 100;

/// A reader of shell text. Spans that it gives are those of the source behind the text.
pub(super) struct Parser<'t> {
    pub(super) text: &'t Text,
    pub(super) at: usize,
    pub(super) problems: Vec<Problem>,
    /// Line ends after which bodies of here-documents stand, and where those end.
    pub(super) bodies: BTreeMap<usize, usize>,
    pub(super) depth: usize,
    /// What ends the constructs that are open, outer first.
    stops: Vec<&'static [&'static str]>,
    /// The end of the line that is being read, when a here-document had to know it.
    pub(super) line: Option<usize>,
}

/// Words that mean something where a command begins.
const RESERVED: &[&str] = &["then", "do", "done", "fi", "else", "elif", "esac", "}", "in"];

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t Text, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            problems: Vec::new(),
            bodies: BTreeMap::new(),
            depth,
            stops: Vec::new(),
            line: None,
        }
    }

    /// Reads the text to its end.
    pub(super) fn whole(mut self) -> (List, Vec<Problem>) {
        let list = self.list();
        // A line end that was not met as such: the body of its here-document was read as commands too.
        for end in self.bodies.keys() {
            let span = self.text.locate(*end..*end + 1);
            self.problems.push(Problem { fault: Fault::Unexpected, span });
        }
        (list, self.problems)
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.as_str().get(self.at..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn looks(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let there = self.looks(text);
        if there {
            self.at += text.len();
        }
        there
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// The source behind what was read since `start`.
    pub(super) fn span(&self, start: usize) -> Span {
        self.text.locate(start..self.at)
    }

    pub(super) fn problem(&mut self, fault: Fault, start: usize) {
        let text = self.text.as_str().get(start..self.at).unwrap_or("");
        let span = self.text.locate(start..start + text.trim_end().len());
        self.problems.push(Problem { fault, span });
    }

    /// Runs `read` one level deeper; too deep, it reports that and takes the rest of the text away.
    pub(super) fn deeper<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= DEPTH {
            let start = self.at;
            self.at = self.text.len();
            self.problem(Fault::TooDeep, start);
            return T::default();
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Blanks, joined lines and comments; not the line end.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.looks("\\\n") => self.at += 2,
                Some('\\') if self.looks("\\\r\n") => self.at += 3,
                Some('#') if self.at_word_start() => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                _ => return,
            }
        }
    }

    fn at_word_start(&self) -> bool {
        let before = self.text.as_str().get(..self.at).and_then(|text| text.chars().next_back());
        before.is_none_or(|character| character.is_whitespace() || ";&|()<>`".contains(character))
    }

    /// A line end, and the bodies of here-documents that follow it.
    pub(super) fn newline(&mut self) -> bool {
        let here = self.at;
        if !self.eat("\n") {
            return false;
        }
        if let Some(end) = self.bodies.remove(&here) {
            self.at = end;
        }
        true
    }

    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.newline() {
                return;
            }
        }
    }

    /// Whether `word` stands here as a word of its own.
    pub(super) fn at_keyword(&self, word: &str) -> bool {
        self.rest().strip_prefix(word).is_some_and(|rest| {
            rest.chars().next().is_none_or(|next| next.is_whitespace() || ";&|()<>".contains(next))
                || rest.starts_with("\\\n")
        })
    }

    pub(super) fn eat_keyword(&mut self, word: &str) -> bool {
        self.at_keyword(word) && self.eat(word)
    }

    fn at_stop(&self, stop: &str) -> bool {
        match stop {
            ")" | ";;" | ";&" => self.looks(stop),
            _ => self.at_keyword(stop),
        }
    }

    /// Whether something stands here that ends an open construct.
    fn stopped(&self) -> bool {
        self.stops.iter().any(|stops| stops.iter().any(|stop| self.at_stop(stop)))
    }

    /// A list up to one of `stops`, which is not eaten.
    pub(super) fn list_until(&mut self, stops: &'static [&'static str]) -> List {
        self.stops.push(stops);
        let list = self.deeper(Self::list);
        self.stops.pop();
        list
    }

    /// A list in brackets of its own, where the words that end outer constructs have no meaning.
    pub(super) fn list_within(&mut self, stops: &'static [&'static str]) -> List {
        let outer = std::mem::take(&mut self.stops);
        let list = self.list_until(stops);
        self.stops = outer;
        list
    }

    /// Eats the word that closes a construct opened at `start`, or reports that it is missing.
    pub(super) fn close(&mut self, word: &str, start: usize) {
        self.skip_lines();
        let closed = if word == ")" { self.eat(word) } else { self.eat_keyword(word) };
        if !closed {
            self.problem(Fault::UnclosedCommand, start);
        }
    }

    /// The same for a word in the middle, like `then`.
    pub(super) fn expect(&mut self, word: &str, start: usize) {
        self.close(word, start);
    }

    /// Items up to the end of the text or of the open construct.
    pub(super) fn list(&mut self) -> List {
        let mut list = List::default();
        let mut join = Join::Always;
        loop {
            self.skip_lines();
            if self.peek().is_none() || self.stopped() {
                break;
            }
            let start = self.at;
            if self.stray() {
                continue;
            }
            let item = self.item(join);
            list.span = if list.items.is_empty() { item.span } else { list.span.to(item.span) };
            list.items.push(item);
            join = self.separator(&mut list);
            if self.at == start {
                self.bump();
                self.problem(Fault::Unexpected, start);
            }
        }
        if join != Join::Always {
            let start = self.at;
            self.problem(Fault::MissingCommand, start);
        }
        list
    }

    /// Skips and reports what cannot begin a command.
    fn stray(&mut self) -> bool {
        let start = self.at;
        let found =
            ["&&", "||", ";;", ";", "&", "|", ")"].iter().any(|sign| !self.looks("&>") && self.eat(sign))
                || RESERVED.iter().any(|word| self.eat_keyword(word));
        if found {
            self.problem(Fault::Unexpected, start);
        }
        found
    }

    /// What stands between two items.
    fn separator(&mut self, list: &mut List) -> Join {
        self.skip_blanks();
        if self.eat("&&") {
            return Join::And;
        }
        if self.eat("||") {
            return Join::Or;
        }
        if self.looks(";;") || self.looks(";&") {
            return Join::Always;
        }
        let ends = !self.eat(";") && self.eat("&");
        if let Some(last) = list.items.last_mut().filter(|_| ends) {
            last.wait = Wait::Background;
        }
        Join::Always
    }

    fn item(&mut self, join: Join) -> Item {
        let start = self.at;
        let mut result = Outcome::Kept;
        while self.at_keyword("!") || self.at_keyword("time") {
            if self.eat("!") {
                result = Outcome::Negated;
            } else {
                self.eat("time");
                self.skip_blanks();
                self.eat_keyword("-p");
            }
            self.skip_blanks();
        }
        let mut pipeline = vec![self.command()];
        loop {
            self.skip_blanks();
            if self.looks("||") || !(self.eat("|&") || self.eat("|")) {
                break;
            }
            let before = self.at;
            self.skip_lines();
            let sign = self.peek().is_none_or(|next| "|;&)".contains(next)) && !self.looks("&>");
            if sign || self.stopped() {
                self.problem(Fault::MissingCommand, before);
                break;
            }
            pipeline.push(self.command());
        }
        self.fed(&mut pipeline);
        let span = pipeline.iter().fold(self.text.locate(start..start + 1), |span, one| span.to(one.span));
        Item { join, pipeline, result, wait: Wait::Foreground, span }
    }

    fn command(&mut self) -> Command {
        let start = self.at;
        let kind = self.deeper(Self::compound);
        let (kind, mut redirects) = match kind {
            Some(kind) => (kind, Vec::new()),
            None => self.deeper(Self::simple),
        };
        if !matches!(kind, CommandKind::Simple(_)) {
            self.redirects_after(&mut redirects);
        }
        // Blanks before what follows are no part of it.
        let text = self.text.as_str().get(start..self.at).unwrap_or("");
        let end = start + text.trim_end_matches([' ', '\t', '\r', '\n']).len();
        Command { kind, redirects, span: self.text.locate(start..end) }
    }

    fn redirects_after(&mut self, redirects: &mut Vec<super::ast::Redirect>) {
        loop {
            let before = self.at;
            self.skip_blanks();
            match self.redirect() {
                Some(redirect) => redirects.push(redirect),
                None => {
                    self.at = before;
                    return;
                }
            }
        }
    }
}

impl Default for CommandKind {
    fn default() -> Self {
        Self::Simple(Simple::default())
    }
}
