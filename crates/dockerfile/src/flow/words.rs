//! Words as the script sees them: their text as far as it is known, and the secrets in them.

use super::state::{State, Tail};
use super::taint::{Output, Taint};
use crate::Span;
use crate::shell::{Command, CommandKind, Item, List, Operator, Part, PartKind, Quoting, Variable, Word};

/// Variables that are set in every script: a sourced file is not where they come from.
const ALWAYS: &[&str] =
    &["PATH", "PWD", "OLDPWD", "USER", "SHELL", "HOSTNAME", "LANG", "IFS", "UID", "EUID", "RANDOM", "LINENO"];

/// A word after expansion.
#[derive(Debug, Clone, Default)]
pub(super) struct Argument {
    /// Its text; what is not known stands as `$NAME`.
    pub(super) text: String,
    /// The secrets in it.
    pub(super) taint: Taint,
    /// Where it stands.
    pub(super) span: Span,
}

impl Argument {
    /// The part of it from a byte of its text on, with all its secrets.
    pub(super) fn from(&self, at: usize) -> Argument {
        Argument { text: self.text.get(at..).unwrap_or("").to_owned(), ..self.clone() }
    }
}

impl<'s> State<'s> {
    /// Expands a word. What its command substitutions print on standard error waits for [`State::pending`].
    pub(super) fn word(&mut self, word: &'s Word) -> Argument {
        let mut argument = Argument { span: word.span, ..Argument::default() };
        for (index, part) in word.parts.iter().enumerate() {
            let (mut text, taint) = self.part(part);
            if index == 0 && part.quotes == Quoting::Bare && matches!(part.kind, PartKind::Literal(_)) {
                text = self.home_of(text);
            }
            argument.text.push_str(&text);
            argument.taint.add(&taint);
        }
        argument
    }

    /// What command substitutions printed on standard error since the last time.
    pub(super) fn pending(&mut self) -> Output {
        Output { out: Taint::default(), err: std::mem::take(&mut self.loose) }
    }

    fn home_of(&self, text: String) -> String {
        let home = self.values.get("HOME").map_or(self.setting.home.as_str(), String::as_str);
        match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
            Some(rest) if rest.starts_with("root") => format!("/root{}", rest.get(4..).unwrap_or("")),
            _ => text,
        }
    }

    fn part(&mut self, part: &'s Part) -> (String, Taint) {
        match &part.kind {
            PartKind::Literal(text) => (text.to_string(), Taint::default()),
            PartKind::Variable(variable) => self.variable(variable, part.span),
            PartKind::Command(list) => {
                let outer = (self.folder.clone(), std::mem::take(&mut self.loose));
                let mut output = self.list(list, &Taint::default(), Tail::Inner);
                output.out.add(&self.read_alone(list));
                (self.folder, self.loose) = outer;
                self.loose.add(&output.err);
                ("$(…)".to_owned(), output.out)
            }
            PartKind::Process(crate::shell::Flowing::Out, list) => {
                let output = self.list(list, &Taint::default(), Tail::Inner);
                self.loose.add(&output.err);
                // The name of a pipe stands for what comes out of it.
                let name = format!("/dev/fd/{}", part.span.start);
                self.alias(&name, output.out);
                (name, Taint::default())
            }
            // What is written to it is followed where the redirection is.
            PartKind::Process(crate::shell::Flowing::In, _) => ("/dev/fd/out".to_owned(), Taint::default()),
            PartKind::Arithmetic(word) => ("$((…))".to_owned(), self.word(word).taint),
            PartKind::Template(text) => (format!("${{{{ {text} }}}}"), Taint::default()),
        }
    }

    /// What `$(< file)` stands for.
    fn read_alone(&mut self, list: &'s List) -> Taint {
        let [Item { pipeline, .. }] = list.items.as_slice() else { return Taint::default() };
        match pipeline.as_slice() {
            [Command { kind: CommandKind::Simple(simple), redirects, .. }]
                if simple.words.is_empty() && simple.assignments.is_empty() =>
            {
                self.ports(redirects, &Taint::default()).input
            }
            _ => Taint::default(),
        }
    }

    fn variable(&mut self, variable: &'s Variable, span: Span) -> (String, Taint) {
        let name = variable.name.as_str();
        let operand = variable.operand().map(|word| self.word(word)).unwrap_or_default();
        let own = self.value_of(name).taken(span);
        let known = self.values.get(name).cloned();
        match &variable.operator {
            Operator::Value => (known.unwrap_or_else(|| format!("${name}")), own),
            Operator::Length => (format!("${{#{name}}}"), Taint::default()),
            Operator::Alternative(_) => (operand.text, operand.taint),
            // A value that nobody set is most likely its default.
            Operator::Default(_) => {
                let text = if own.is_empty() { known.unwrap_or(operand.text) } else { format!("${name}") };
                (text, own.with(&operand.taint))
            }
            Operator::Required(_) => (known.unwrap_or_else(|| format!("${name}")), own),
            Operator::Indirect => (format!("${{!{name}}}"), own.with(&self.listed(span))),
            Operator::Changed(_) => (format!("${{{name}…}}"), own.with(&operand.taint)),
        }
    }

    /// The secrets in a variable.
    pub(super) fn value_of(&self, name: &str) -> Taint {
        match self.variables.get(name) {
            Some(taint) => taint.clone(),
            None if self.values.contains_key(name) || ALWAYS.contains(&name) => Taint::default(),
            None if name.starts_with(|first: char| !first.is_ascii_alphabetic()) => Taint::default(),
            None => self.sourced.clone(),
        }
    }

    /// Sets a variable; a `value` of `None` is one that is not known.
    pub(super) fn assign(&mut self, name: &str, taint: Taint, value: Option<String>) {
        match value.filter(|_| taint.is_empty()) {
            Some(value) => self.values.insert(name.to_owned(), value),
            None => self.values.remove(name),
        };
        let before = self.variables.get(name);
        let moved = !taint.is_empty() && before.is_none_or(|before| !before.holds(&taint));
        self.moves += usize::from(moved);
        self.variables.insert(name.to_owned(), taint);
    }

    /// The secrets in all variables that programs see.
    pub(super) fn listed(&self, span: Span) -> Taint {
        let seen = self.variables.iter().filter(|(name, _)| self.exported.contains(*name));
        let mut taint = Taint::default();
        seen.for_each(|(_, held)| taint.add(held));
        // What a sourced file sets is most often exported: by `set -a`, or by itself.
        taint.add(&self.sourced);
        taint.taken(span).shown(super::Shown::Listed)
    }

    /// The secrets in all variables, those of the shell alone included.
    pub(super) fn listed_all(&self, span: Span) -> Taint {
        let mut taint = Taint::default();
        self.variables.values().for_each(|held| taint.add(held));
        taint.add(&self.sourced);
        taint.taken(span).shown(super::Shown::Listed)
    }
}
