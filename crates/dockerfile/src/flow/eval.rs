//! Follows lists, pipelines and constructs.

use super::state::{State, Tail};
use super::taint::{Output, Taint};
use crate::shell::{Arm, Command, CommandKind, Item, Join, List, Word};

impl<'s> State<'s> {
    /// Follows a list; what it prints is the answer.
    pub(super) fn list(&mut self, list: &'s List, input: &Taint, tail: Tail) -> Output {
        let mut output = Output::default();
        let base = self.guards.len();
        let last_chain = list.items.iter().rposition(|item| item.join == Join::Always).unwrap_or(0);
        let mut chain = base;
        for (index, item) in list.items.iter().enumerate() {
            // In the last chain of the script a failure fails the step: no layer, no need for a condition.
            let decides = tail == Tail::Last && index >= last_chain;
            match item.join {
                Join::Always => {
                    self.guards.truncate(base);
                    chain = base;
                }
                Join::And => {
                    self.guards.truncate(chain);
                    if !decides {
                        let guard = self.guard();
                        self.guards.push(guard);
                        chain += 1;
                    }
                }
                Join::Or => {
                    self.guards.truncate(chain);
                    let guard = self.guard();
                    self.guards.push(guard);
                }
            }
            let tail = if decides { Tail::Last } else { Tail::Inner };
            output.add(&self.pipeline(item, input, tail));
        }
        self.guards.truncate(base);
        output
    }

    fn pipeline(&mut self, item: &'s Item, input: &Taint, tail: Tail) -> Output {
        let mut output = Output::default();
        let mut stream = input.clone();
        let last = item.pipeline.len().saturating_sub(1);
        for (index, command) in item.pipeline.iter().enumerate() {
            let tail = if index == last { tail } else { Tail::Inner };
            let printed = self.command(command, &stream, tail);
            output.err.add(&printed.err);
            stream = printed.out;
        }
        output.out = stream;
        output
    }

    /// Follows a command with its redirections.
    pub(super) fn command(&mut self, command: &'s Command, input: &Taint, tail: Tail) -> Output {
        if !self.spend(command.span) {
            return Output::default();
        }
        let outer = std::mem::replace(&mut self.here, command.span);
        let mut ports = self.ports(&command.redirects, input);
        self.document = ports.document.take();
        self.depth += 1;
        let output = match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, &ports.input, tail),
            CommandKind::Function(name, body) => {
                self.functions.insert(name.clone(), body);
                Output::default()
            }
            kind => self.construct(kind, &ports.input, tail),
        };
        self.depth -= 1;
        self.here = command.span;
        let output = self.route(output, ports);
        self.here = outer;
        output
    }

    fn construct(&mut self, kind: &'s CommandKind, input: &Taint, tail: Tail) -> Output {
        match kind {
            CommandKind::Group(list) => self.list(list, input, tail),
            CommandKind::Subshell(list) => {
                let folder = self.folder.clone();
                let output = self.list(list, input, tail);
                self.folder = folder;
                output
            }
            CommandKind::If(branches, otherwise) => {
                self.branches(branches, otherwise.as_ref(), (input, tail))
            }
            CommandKind::While(condition, body) => {
                let mut output = self.list(condition, input, Tail::Inner);
                output.add(&self.guarded(|state| state.twice(body, input)));
                output
            }
            CommandKind::For(name, words, body) => {
                self.counted((name.as_deref(), words.as_deref()), body, input)
            }
            CommandKind::Case(subject, arms) => self.case(subject, arms, (input, tail)),
            CommandKind::Test(words) => {
                words.iter().for_each(|word| drop(self.word(word)));
                self.pending()
            }
            CommandKind::Arithmetic(word) => {
                self.word(word);
                self.pending()
            }
            CommandKind::Simple(_) | CommandKind::Function(..) => Output::default(),
        }
    }

    /// Runs `follow` under a condition of its own.
    pub(super) fn guarded(&mut self, follow: impl FnOnce(&mut Self) -> Output) -> Output {
        let guard = self.guard();
        self.guards.push(guard);
        let output = follow(self);
        self.guards.pop();
        output
    }

    /// A second round sees what the first one left in variables and files; without anything left, it sees nothing new.
    fn twice(&mut self, body: &'s List, input: &Taint) -> Output {
        let before = self.moves;
        let mut output = self.list(body, input, Tail::Inner);
        if self.moves > before {
            output.add(&self.list(body, input, Tail::Inner));
        }
        output
    }

    fn branches(
        &mut self,
        branches: &'s [(List, List)],
        otherwise: Option<&'s List>,
        (input, tail): (&Taint, Tail),
    ) -> Output {
        let mut output = Output::default();
        for (condition, body) in branches {
            output.add(&self.list(condition, input, Tail::Inner));
            output.add(&self.guarded(|state| state.list(body, input, tail)));
        }
        if let Some(body) = otherwise {
            output.add(&self.guarded(|state| state.list(body, input, tail)));
        }
        output
    }

    fn counted(
        &mut self,
        (name, words): (Option<&str>, Option<&'s [Word]>),
        body: &'s List,
        input: &Taint,
    ) -> Output {
        let mut taint = Taint::default();
        let mut texts = Vec::new();
        for word in words.unwrap_or(&[]) {
            let argument = self.word(word);
            taint.add(&argument.taint);
            texts.push(argument.text);
        }
        let mut output = self.pending();
        // Over literal words it runs for certain, once for each.
        let literal = !texts.is_empty() && texts.len() <= 16 && !texts.iter().any(|text| text.contains('$'));
        if let Some(name) = name.filter(|_| literal && taint.is_empty()) {
            for text in texts {
                self.assign(name, Taint::default(), Some(text));
                output.add(&self.list(body, input, Tail::Inner));
            }
            return output;
        }
        if let Some(name) = name {
            self.assign(name, taint, None);
        }
        output.add(&self.guarded(|state| state.twice(body, input)));
        output
    }

    fn case(&mut self, subject: &'s Word, arms: &'s [Arm], (input, tail): (&Taint, Tail)) -> Output {
        self.word(subject);
        let mut output = self.pending();
        for arm in arms {
            output.add(&self.guarded(|state| state.list(&arm.body, input, tail)));
        }
        output
    }
}
