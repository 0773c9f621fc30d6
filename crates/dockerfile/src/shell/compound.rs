//! Reads constructs: `if`, loops, `case`, groups, subshells, functions, tests.

use super::ast::{Arm, Command, CommandKind, List, Word, is_name};
use super::parser::Parser;
use super::problem::Fault;
use super::word::Ending;

impl Parser<'_> {
    /// A construct, if one begins here.
    pub(super) fn compound(&mut self) -> Option<CommandKind> {
        let start = self.at;
        if let Some(arithmetic) = self.looks("((").then(|| self.arithmetic_command()).flatten() {
            return Some(arithmetic);
        }
        if self.eat("(") {
            let list = self.list_within(&[")"]);
            self.close(")", start);
            return Some(CommandKind::Subshell(list));
        }
        if self.eat_keyword("{") {
            return Some(CommandKind::Group(self.braces(start)));
        }
        if self.eat_keyword("if") {
            return Some(self.conditional(start));
        }
        if self.eat_keyword("while") || self.eat_keyword("until") {
            let condition = self.list_until(&["do"]);
            return Some(CommandKind::While(condition, self.loop_body(start)));
        }
        if self.eat_keyword("for") || self.eat_keyword("select") {
            return Some(self.counted(start));
        }
        if self.eat_keyword("case") {
            return Some(self.case(start));
        }
        if self.eat_keyword("[[") {
            return Some(self.test(start));
        }
        self.function()
    }

    fn braces(&mut self, start: usize) -> List {
        let list = self.list_until(&["}"]);
        self.close("}", start);
        list
    }

    fn conditional(&mut self, start: usize) -> CommandKind {
        let mut branches = Vec::new();
        loop {
            let condition = self.list_until(&["then", "fi"]);
            self.expect("then", start);
            branches.push((condition, self.list_until(&["elif", "else", "fi"])));
            if !self.eat_keyword("elif") {
                break;
            }
        }
        let otherwise = self.eat_keyword("else").then(|| self.list_until(&["fi"]));
        self.close("fi", start);
        CommandKind::If(branches, otherwise)
    }

    fn loop_body(&mut self, start: usize) -> List {
        self.skip_lines();
        if self.eat_keyword("{") {
            return self.braces(start);
        }
        self.expect("do", start);
        let body = self.list_until(&["done"]);
        self.close("done", start);
        body
    }

    fn counted(&mut self, start: usize) -> CommandKind {
        self.skip_blanks();
        if self.looks("((") && self.arithmetic_command().is_some() {
            self.skip_blanks();
            self.eat(";");
            return CommandKind::For(None, None, self.loop_body(start));
        }
        let name = self.word(Ending::Blank).literal();
        if !name.as_deref().is_some_and(is_name) {
            self.problem(Fault::Unexpected, start);
        }
        self.skip_lines();
        let words = self.eat_keyword("in").then(|| {
            let mut words = Vec::new();
            loop {
                self.skip_blanks();
                let word = self.word(Ending::Blank);
                if word.parts.is_empty() {
                    return words;
                }
                words.push(word);
            }
        });
        self.skip_blanks();
        self.eat(";");
        CommandKind::For(name, words, self.loop_body(start))
    }

    fn case(&mut self, start: usize) -> CommandKind {
        self.skip_blanks();
        let subject = self.word(Ending::Blank);
        self.skip_lines();
        self.expect("in", start);
        let mut arms = Vec::new();
        loop {
            self.skip_lines();
            if self.peek().is_none() || self.at_keyword("esac") {
                break;
            }
            let Some(arm) = self.arm() else { break };
            arms.push(arm);
        }
        self.close("esac", start);
        CommandKind::Case(subject, arms)
    }

    fn arm(&mut self) -> Option<Arm> {
        let start = self.at;
        self.eat("(");
        let mut patterns = Vec::new();
        loop {
            self.skip_blanks();
            patterns.push(self.word(Ending::Blank));
            self.skip_blanks();
            if !self.eat("|") {
                break;
            }
        }
        if !self.eat(")") {
            self.problem(Fault::Unexpected, start);
            return None;
        }
        let body = self.list_until(&[";;", ";&", "esac"]);
        if self.eat(";;") {
            self.eat("&");
        } else {
            self.eat(";&");
        }
        Some(Arm { patterns, body })
    }

    /// `[[ … ]]`: words and operators alike are words.
    fn test(&mut self, start: usize) -> CommandKind {
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.skip_lines();
            if self.eat_keyword("]]") {
                return CommandKind::Test(words);
            }
            let before = self.at;
            let regex = words.last().and_then(Word::literal).is_some_and(|last| last == "=~");
            let word = self.word(if regex { Ending::Regex } else { Ending::Blank });
            if self.at > before {
                words.push(word);
                continue;
            }
            if self.peek().is_none_or(|next| next == ';') {
                self.problem(Fault::UnclosedCommand, start);
                return CommandKind::Test(words);
            }
            words.push(self.sign());
        }
    }

    /// An operator of a test as a word.
    fn sign(&mut self) -> Word {
        let start = self.at;
        if !self.eat("&&") && !self.eat("||") {
            self.bump();
        }
        self.literal_word(start)
    }

    /// `(( … ))`, unless it turns out to be two subshells.
    fn arithmetic_command(&mut self) -> Option<CommandKind> {
        let length = super::expansion::arithmetic_length(self.rest().get(2..)?)?;
        self.at += 2;
        Some(CommandKind::Arithmetic(self.arithmetic(length)))
    }

    /// `name() …` and `function name …`.
    fn function(&mut self) -> Option<CommandKind> {
        let start = self.at;
        let marked = self.eat_keyword("function");
        self.skip_blanks();
        let length = self.rest().find(|next: char| next.is_whitespace() || "()<>;&|'\"$`\\=".contains(next));
        let name = self.rest().get(..length.unwrap_or(self.rest().len()))?.to_owned();
        self.at += name.len();
        self.skip_blanks();
        let paired = self.eat("(") && {
            self.skip_blanks();
            self.eat(")")
        };
        if name.is_empty() || !(paired || marked) {
            self.at = start;
            return None;
        }
        self.skip_lines();
        let body_start = self.at;
        let kind = self.deeper(Self::compound);
        if kind.is_none() {
            self.problem(Fault::MissingCommand, start);
        }
        let kind = kind.unwrap_or_default();
        let body = Command { kind, redirects: Vec::new(), span: self.span(body_start) };
        Some(CommandKind::Function(name, Box::new(body)))
    }
}
