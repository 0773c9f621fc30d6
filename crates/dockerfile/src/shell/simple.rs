//! Reads simple commands: assignments, words and redirections.

use super::ast::{
    Assign, Assignment, CommandKind, Redirect, RedirectOperator, Simple, Target, Word, is_name,
};
use super::parser::Parser;
use super::problem::Fault;
use super::word::Ending;

/// Builtins whose arguments are assignments, arrays included.
const DECLARING: &[&str] = &["declare", "typeset", "local", "export", "readonly"];

impl Parser<'_> {
    pub(super) fn simple(&mut self) -> (CommandKind, Vec<Redirect>) {
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect() {
                redirects.push(redirect);
                continue;
            }
            let declares =
                simple.words.first().and_then(Word::literal).is_some_and(|w| DECLARING.contains(&w.as_str()));
            let assigns = simple.words.is_empty() || declares;
            if let Some(assignment) = assigns.then(|| self.assignment()).flatten() {
                simple.assignments.push(assignment);
                continue;
            }
            let word = self.word(Ending::Blank);
            if !word.parts.is_empty() {
                simple.words.push(word);
                continue;
            }
            let start = self.at;
            if !self.eat("(") {
                break;
            }
            // No shell takes a bracket here; what is in it may still be commands.
            self.problem(Fault::Unexpected, start);
            self.list_within(&[")"]);
            self.eat(")");
        }
        simple.nested = self.nested(&simple);
        (CommandKind::Simple(simple), redirects)
    }

    /// `NAME=…`, `NAME+=…`, `NAME[…]=…`, `NAME=( … )`.
    fn assignment(&mut self) -> Option<Assignment> {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(|next: char| !next.is_ascii_alphanumeric() && next != '_')?;
        let name = rest.get(..length).filter(|name| is_name(name))?.to_owned();
        let mut after = rest.get(length..)?;
        let mut how = Assign::Replace;
        if after.starts_with('[') {
            let end = after
                .find([']', '\n'])
                .filter(|end| after.get(*end..).is_some_and(|r| r.starts_with(']')))?;
            after = after.get(end + 1..)?;
            how = Assign::Append;
        }
        if let Some(rest) = after.strip_prefix("+=") {
            how = Assign::Append;
            after = rest;
        } else {
            after = after.strip_prefix('=')?;
        }
        self.at = start + rest.len() - after.len();
        let value = if self.eat("(") { self.array(start) } else { vec![self.word(Ending::Blank)] };
        Some(Assignment { name, value, how, span: self.span(start) })
    }

    fn array(&mut self, start: usize) -> Vec<Word> {
        let mut words = Vec::new();
        loop {
            self.skip_lines();
            if self.eat(")") {
                return words;
            }
            let word = self.word(Ending::Blank);
            if word.parts.is_empty() {
                self.problem(Fault::UnclosedCommand, start);
                return words;
            }
            words.push(word);
        }
    }

    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self) -> Option<Redirect> {
        let start = self.at;
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|next: char| next.is_ascii_digit()).len();
        let named = rest.strip_prefix('{').and_then(|rest| rest.find('}')).filter(|end| {
            rest.get(1..=*end).is_some_and(is_name)
                && rest.get(end + 2..).is_some_and(|after| after.starts_with(['<', '>']))
        });
        self.at += named.map_or(digits, |end| end + 2);
        let both = named.is_none() && digits == 0 && self.looks("&>");
        if !both && (!self.rest().starts_with(['<', '>']) || self.looks("<(") || self.looks(">(")) {
            self.at = start;
            return None;
        }
        let number = rest.get(..digits).and_then(|digits| digits.parse().ok());
        let reads = self.looks("<");
        let usual = if reads { 0 } else { 1 };
        let descriptor = if both || named.is_some() { None } else { Some(number.unwrap_or(usual)) };
        let (operator, target) = self.redirect_target(start);
        Some(Redirect { descriptor, operator, target, span: self.span(start) })
    }

    fn redirect_target(&mut self, start: usize) -> (RedirectOperator, Target) {
        use RedirectOperator as Op;
        if self.eat("<<<") {
            self.skip_blanks();
            return (Op::Read, Target::String(self.target_word(start)));
        }
        if self.eat("<<") {
            return (Op::Read, Target::Document(self.here_document(start)));
        }
        let signs: &[(&str, Op)] = &[
            ("&>>", Op::Append),
            ("&>", Op::Write),
            (">>", Op::Append),
            (">|", Op::Write),
            (">&", Op::Duplicate),
            ("<&", Op::Duplicate),
            ("<>", Op::ReadWrite),
            (">", Op::Write),
            ("<", Op::Read),
        ];
        let found = signs.iter().find(|(sign, _)| self.looks(sign)).copied();
        let (sign, operator) = found.unwrap_or((">", Op::Write));
        self.eat(sign);
        self.skip_blanks();
        let word = self.target_word(start);
        let number = word.literal().is_some_and(|text| {
            text == "-" || text.trim_end_matches('-').bytes().all(|byte| byte.is_ascii_digit())
        });
        // `>&file` is an old way to write `&>file`.
        let operator = if sign == ">&" && !number { Op::Write } else { operator };
        (operator, Target::Word(word))
    }

    fn target_word(&mut self, start: usize) -> Word {
        let word = self.word(Ending::Blank);
        if word.parts.is_empty() {
            self.problem(Fault::MissingTarget, start);
        }
        word
    }
}
