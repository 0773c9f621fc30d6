//! Simple commands: what they set, what they start, and what that does.

use super::Given;
use super::builtin;
use super::inline;
use super::program;
use super::state::{State, Tail};
use super::store;
use super::taint::{Output, Taint};
use super::tool;
use super::words::Argument;
use crate::Span;
use crate::shell::{Assign, Assignment, Nested, Simple, When};

/// A command with its words expanded.
pub(super) struct Call {
    /// The name of the program, without its folders.
    pub(super) name: String,
    /// Its words after the name.
    pub(super) arguments: Vec<Argument>,
    /// What it reads on its standard input.
    pub(super) input: Taint,
    /// The here-document that it reads.
    pub(super) document: Option<Argument>,
    /// The whole command.
    pub(super) span: Span,
}

impl Call {
    /// The secrets in all arguments.
    pub(super) fn taint(&self) -> Taint {
        let mut taint = Taint::default();
        self.arguments.iter().for_each(|argument| taint.add(&argument.taint));
        taint
    }

    /// Whether one of these options is given: `-x`, also among other letters, or `--long`, also with a value.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.arguments.iter().any(|argument| {
            let text = argument.text.as_str();
            let text = if text.starts_with("--") { text.split('=').next().unwrap_or(text) } else { text };
            options.iter().any(|option| match option.strip_prefix('-').filter(|one| one.len() == 1) {
                Some(letter) => text.starts_with('-') && !text.starts_with("--") && text.contains(letter),
                None => text == *option,
            })
        })
    }

    /// The value of one of these options: the word after it, or what follows `=`; for one letter also what is glued to
    /// it, and the word after a bundle of letters that ends in it.
    pub(super) fn value(&self, options: &[&str]) -> Option<Argument> {
        for (at, argument) in self.arguments.iter().enumerate() {
            let text = argument.text.as_str();
            for option in options {
                let short = option.len() == 2;
                let bundle = short
                    && text.starts_with('-')
                    && text.get(1..).is_some_and(|letters| {
                        letters.bytes().all(|byte| byte.is_ascii_alphabetic())
                            && letters.ends_with(&option[1..])
                    });
                if bundle {
                    return self.arguments.get(at + 1).cloned();
                }
                let Some(rest) = text.strip_prefix(option) else { continue };
                if rest.is_empty() {
                    return self.arguments.get(at + 1).cloned();
                }
                if rest.starts_with('=') && !short {
                    return Some(argument.from(option.len() + 1));
                }
                if short {
                    return Some(argument.from(option.len()));
                }
            }
        }
        None
    }

    /// The arguments that are no options, without the values of `taking`, the options that take one.
    pub(super) fn plain(&self, taking: &[&str]) -> Vec<&Argument> {
        let mut plain = Vec::new();
        let (mut skip, mut all) = (false, false);
        for argument in &self.arguments {
            let text = argument.text.as_str();
            if skip {
                skip = false;
            } else if all || !text.starts_with('-') || text == "-" {
                plain.push(argument);
            } else {
                all = text == "--";
                skip = taking.contains(&text);
            }
        }
        plain
    }
}

impl<'s> State<'s> {
    pub(super) fn simple(&mut self, simple: &'s Simple, input: &Taint, tail: Tail) -> Output {
        let mut words = Vec::new();
        for (index, word) in simple.words.iter().enumerate() {
            let carried = simple.nested.as_ref().is_some_and(|nested| nested.words.contains(&index));
            // A script in a word is followed as a script.
            words.push(if carried {
                Argument { span: word.span, ..Argument::default() }
            } else {
                self.word(word)
            });
        }
        let set: Vec<(&Assignment, Argument)> =
            simple.assignments.iter().map(|one| (one, self.assigned(one))).collect();
        let mut output = self.pending();
        self.trace(&words, &set);
        let declares = words.first().is_some_and(|first| builtin::declares(&first.text));
        if words.is_empty() || declares {
            for (assignment, value) in set {
                self.set(assignment, value);
                if declares && words.first().is_some_and(|first| first.text != "local") {
                    self.exported.insert(assignment.name.clone());
                }
            }
            if words.is_empty() || (words.len() == 1 && !simple.assignments.is_empty()) {
                return output;
            }
        } else {
            output.add(&self.around(set, |state| state.start(simple, (words, input), tail)));
            return output;
        }
        output.add(&self.start(simple, (words, input), tail));
        output
    }

    fn assigned(&mut self, assignment: &'s Assignment) -> Argument {
        let mut all = Argument { span: assignment.span, ..Argument::default() };
        for word in &assignment.value {
            let one = self.word(word);
            all.taint.add(&one.taint);
            all.text = one.text;
        }
        all
    }

    fn set(&mut self, assignment: &Assignment, value: Argument) {
        let mut taint = value.taint.through(&assignment.name);
        let known =
            assignment.how == Assign::Replace && assignment.value.len() == 1 && !value.text.contains("$(");
        if assignment.how == Assign::Append {
            taint.add(&self.value_of(&assignment.name));
        }
        self.assign(&assignment.name, taint, known.then_some(value.text));
    }

    /// `set -x` shows words and assignments with their values.
    fn trace(&mut self, words: &[Argument], set: &[(&Assignment, Argument)]) {
        if self.traced.is_none() {
            return;
        }
        let all = words.iter().chain(set.iter().map(|(_, value)| value));
        let taint = all.fold(Taint::default(), |taint, one| taint.with(&one.taint));
        self.shown(&taint, super::Shown::Traced);
    }

    /// Runs `follow` with variables that are set for it alone.
    fn around(
        &mut self,
        set: Vec<(&'s Assignment, Argument)>,
        follow: impl FnOnce(&mut Self) -> Output,
    ) -> Output {
        if set.is_empty() {
            return follow(self);
        }
        let before = (self.variables.clone(), self.values.clone(), self.exported.clone());
        for (assignment, value) in set {
            self.given(&value.taint, Given::Environment);
            self.set(assignment, value);
            self.exported.insert(assignment.name.clone());
        }
        let output = follow(self);
        (self.variables, self.values, self.exported) = before;
        output
    }

    fn start(&mut self, simple: &'s Simple, (words, input): (Vec<Argument>, &Taint), tail: Tail) -> Output {
        if let Some(nested) = &simple.nested {
            return self.nested(nested, &words, (input, tail));
        }
        let stripped = builtin::strip(self, words, input);
        let Some((first, arguments)) = stripped.words.split_first() else { return stripped.output };
        let mut output = stripped.output;
        let name = super::path::name(&first.text).to_owned();
        let document = self.document.take();
        let call =
            Call { name, arguments: arguments.to_vec(), input: stripped.input, document, span: self.here };
        // A command that is itself a secret: the lines of a sourced or evaluated file.
        if !first.taint.is_empty() {
            self.sourced.add(&first.taint);
        }
        if let Some(body) = self.functions.get(&call.name).copied() {
            // A function that calls itself is followed twice.
            if self.active.iter().filter(|name| **name == call.name).count() < 2 {
                self.active.push(call.name.clone());
                output.add(&self.positional(&call.arguments, |state| state.command(body, &call.input, tail)));
                self.active.pop();
            }
            return output;
        }
        let printed = match builtin::run(self, &call) {
            Some(output) => output,
            None => {
                let mut printed = program::run(self, &call);
                tool::keep(self, &call);
                if let Some(code) = inline::code(&call) {
                    printed.add(&inline::run(self, &code));
                }
                let words: Vec<&str> = call.arguments.iter().map(|one| one.text.as_str()).collect();
                if let Some(command) = store::printed(&call.name, &words) {
                    printed.out.add(&self.stored_by(command, call.span));
                }
                printed
            }
        };
        output.add(&printed.by(call.span));
        output
    }

    /// Runs `follow` with these arguments as `$1`, `$2`, `$@`.
    fn positional(&mut self, arguments: &[Argument], follow: impl FnOnce(&mut Self) -> Output) -> Output {
        let before: Vec<(String, Option<Taint>, Option<String>)> = (1..10)
            .map(|number| number.to_string())
            .chain(["@".to_owned(), "*".to_owned()])
            .map(|name| (name.clone(), self.variables.remove(&name), self.values.remove(&name)))
            .collect();
        let all = arguments.iter().fold(Taint::default(), |taint, one| taint.with(&one.taint));
        for (index, argument) in arguments.iter().enumerate().take(9) {
            let value = (!argument.text.contains('$')).then(|| argument.text.clone());
            self.assign(&(index + 1).to_string(), argument.taint.clone(), value);
        }
        for name in ["@", "*"] {
            self.variables.insert(name.to_owned(), all.clone());
        }
        let output = follow(self);
        for (name, taint, value) in before {
            self.variables.remove(&name);
            self.values.remove(&name);
            taint.map(|taint| self.variables.insert(name.clone(), taint));
            value.map(|value| self.values.insert(name, value));
        }
        output
    }

    fn nested(&mut self, nested: &'s Nested, words: &[Argument], (input, tail): (&Taint, Tail)) -> Output {
        match nested.when {
            When::Here => self.list(&nested.list, input, tail),
            When::AtEnd => {
                let after = words.get(nested.words.end..).unwrap_or(&[]);
                if after.iter().any(|word| matches!(word.text.as_str(), "EXIT" | "0" | "exit")) {
                    self.at_end.push((self.here, &nested.list));
                    return Output::default();
                }
                // On other signals it may run or not.
                self.guarded(|state| state.list(&nested.list, input, Tail::Inner))
            }
            When::Apart | When::Fed => {
                let (folder, traced) = (self.folder.clone(), self.traced);
                let before = words.get(..nested.words.start).unwrap_or(&[]);
                if before.iter().any(|word| {
                    word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('x')
                }) {
                    self.traced = Some(self.here);
                }
                // A script that is read leaves nothing to read.
                let none = Taint::default();
                let input = if nested.when == When::Fed { &none } else { input };
                let after = words.get(nested.words.end + 1..).unwrap_or(&[]).to_vec();
                let output = self.positional(&after, |state| state.list(&nested.list, input, tail));
                (self.folder, self.traced) = (folder, traced);
                output
            }
        }
    }
}
