//! Walks through a script: every command, wherever it hides.

use super::ast::{Command, CommandKind, List, Part, PartKind, Redirect, Simple, Target, Word};

impl List {
    /// Every command of it, outer before inner.
    #[must_use]
    pub fn commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    fn gather<'s>(&'s self, found: &mut Vec<&'s Command>) {
        self.items.iter().flat_map(|item| &item.pipeline).for_each(|command| command.gather(found));
    }
}

impl Command {
    fn gather<'s>(&'s self, found: &mut Vec<&'s Command>) {
        found.push(self);
        match &self.kind {
            CommandKind::Simple(simple) => simple.gather(found),
            CommandKind::Subshell(list) | CommandKind::Group(list) => list.gather(found),
            CommandKind::If(branches, otherwise) => {
                branches.iter().flat_map(|(condition, body)| [condition, body]).for_each(|l| l.gather(found));
                otherwise.iter().for_each(|list| list.gather(found));
            }
            CommandKind::While(condition, body) => [condition, body].iter().for_each(|l| l.gather(found)),
            CommandKind::For(_, words, body) => {
                words.iter().flatten().for_each(|word| word.gather(found));
                body.gather(found);
            }
            CommandKind::Case(subject, arms) => {
                subject.gather(found);
                arms.iter().for_each(|arm| arm.body.gather(found));
            }
            CommandKind::Function(_, body) => body.gather(found),
            CommandKind::Test(words) => words.iter().for_each(|word| word.gather(found)),
            CommandKind::Arithmetic(word) => word.gather(found),
        }
        self.redirects.iter().for_each(|redirect| redirect.word().gather(found));
    }
}

impl Simple {
    fn gather<'s>(&'s self, found: &mut Vec<&'s Command>) {
        self.assignments.iter().flat_map(|one| &one.value).for_each(|word| word.gather(found));
        self.words.iter().for_each(|word| word.gather(found));
        if let Some(nested) = &self.nested {
            nested.list.gather(found);
        }
    }
}

impl Word {
    fn gather<'s>(&'s self, found: &mut Vec<&'s Command>) {
        self.parts.iter().for_each(|part| part.gather(found));
    }

    /// The lists of commands in it, those in operands included.
    #[must_use]
    pub fn lists(&self) -> Vec<&List> {
        self.parts.iter().flat_map(Part::lists).collect()
    }
}

impl Part {
    fn gather<'s>(&'s self, found: &mut Vec<&'s Command>) {
        self.lists().iter().for_each(|list| list.gather(found));
    }

    fn lists(&self) -> Vec<&List> {
        match &self.kind {
            PartKind::Literal(_) | PartKind::Template(_) => Vec::new(),
            PartKind::Variable(variable) => variable.operand().map(Word::lists).unwrap_or_default(),
            PartKind::Command(list) | PartKind::Process(_, list) => vec![list],
            PartKind::Arithmetic(word) => word.lists(),
        }
    }
}

impl Redirect {
    /// The word after the operator, or the body of the here-document.
    #[must_use]
    pub fn word(&self) -> &Word {
        match &self.target {
            Target::Word(word) | Target::Document(word) | Target::String(word) => word,
        }
    }
}
