//! What a shell script says: commands, words and redirections, each with its place.

use std::ops::Range;

use crate::{Span, Text};

/// Commands in order, as they stand in a script or inside a construct of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// The pipelines, in order.
    pub items: Vec<Item>,
    /// From the first to the last of them.
    pub span: Span,
}

/// A pipeline and how it hangs together with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// How it is joined to the item before.
    pub join: Join,
    /// The commands of the pipe; one when there is no pipe.
    pub pipeline: Vec<Command>,
    /// Whether `!` turns its result round.
    pub result: Outcome,
    /// Whether the script waits for it.
    pub wait: Wait,
    /// From its first to its last byte.
    pub span: Span,
}

/// How a pipeline follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// It is the first, or comes after `;`, `&` or a line end: it runs in any case.
    Always,
    /// After `&&`: only when the one before succeeded.
    And,
    /// After `||`: only when the one before failed.
    Or,
}

/// What `!` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No `!`.
    Kept,
    /// `!`: failure counts as success.
    Negated,
}

/// What `&` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The script goes on when it has ended.
    Foreground,
    /// `&`: the script goes on at once.
    Background,
}

/// A command with its redirections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Its redirections, in order.
    pub redirects: Vec<Redirect>,
    /// From its first to its last byte, redirections included, bodies of here-documents not.
    pub span: Span,
}

/// The kinds of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandKind {
    /// A program, a builtin or a function with its arguments; or assignments alone.
    Simple(Simple),
    /// `( … )`
    Subshell(List),
    /// `{ …; }`
    Group(List),
    /// `if`: conditions with what follows from them, and `else`.
    If(Vec<(List, List)>, Option<List>),
    /// `while` and `until`: condition and body.
    While(List, List),
    /// `for` and `select`: the variable (`None` in `for ((…))`), the words (`None` without `in`), the body.
    For(Option<String>, Option<Vec<Word>>, List),
    /// `case`: its subject and its arms.
    Case(Word, Vec<Arm>),
    /// A function and what it does.
    Function(String, Box<Command>),
    /// `[[ … ]]`: its words, operators included.
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic(Word),
}

/// An arm of a `case`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Its patterns.
    pub patterns: Vec<Word>,
    /// What it does.
    pub body: List,
}

/// `A=b program word …`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simple {
    /// The assignments in front; without words they change the variables of the script.
    pub assignments: Vec<Assignment>,
    /// The words: the program first.
    pub words: Vec<Word>,
    /// The script that it carries: `sh -c '…'`, `eval …`, `trap '…' EXIT`, `sh <<EOF`, `echo '…' | sh`.
    pub nested: Option<Box<Nested>>,
}

/// A script inside a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// When it runs.
    pub when: When,
    /// Which words of the command it is; those after it are `$0`, `$1` and so on of `sh -c`. Empty when it is no word.
    pub words: Range<usize>,
    /// Its commands. Problems in it are those of the whole script.
    pub list: List,
}

/// When a nested script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Now, in a shell of its own: `sh -c`.
    Apart,
    /// The same, but the shell reads it from its standard input: `sh <<EOF`, `echo … | sh`.
    Fed,
    /// Now, in this shell: `eval`.
    Here,
    /// When the shell ends, or on a signal: `trap`.
    AtEnd,
}

/// `NAME=value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name, without a subscript.
    pub name: String,
    /// What it is set to: the words of an array, or one word.
    pub value: Vec<Word>,
    /// Whether it adds to what is there.
    pub how: Assign,
    /// From the name to the end of the value.
    pub span: Span,
}

/// How an assignment changes its variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assign {
    /// `=`
    Replace,
    /// `+=`, or an element of an array.
    Append,
}

/// A word: parts that stand together without blanks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its parts. An empty string in quotes is one empty literal.
    pub parts: Vec<Part>,
    /// From its first to its last byte, quotes included.
    pub span: Span,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The quotes around it.
    pub quotes: Quoting,
    /// Where it is, quotes not included.
    pub span: Span,
    /// The same in the text that was parsed: to take it over into a nested script.
    pub(super) range: Range<usize>,
}

/// The kinds of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKind {
    /// Text that stands for itself, quotes and escapes removed; it maps to the source byte for byte.
    Literal(Text),
    /// `$NAME`, `${NAME…}`
    Variable(Variable),
    /// `$( … )`, `` `…` ``
    Command(List),
    /// `<( … )`, `>( … )`
    Process(Flowing, List),
    /// `$(( … ))`
    Arithmetic(Word),
    /// `${{ … }}`: filled in by GitHub or the like before any shell sees the text; the words between the braces.
    Template(String),
}

/// Which way a process substitution is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flowing {
    /// `<( … )`: what it prints is read.
    Out,
    /// `>( … )`: what is written goes to it.
    In,
}

/// The quotes around a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// None: split into words, patterns matched.
    Bare,
    /// `'…'`, `$'…'`, or an escape.
    Single,
    /// `"…"`, or the body of a here-document.
    Double,
}

/// A reference to a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name, or a special parameter: `1`, `@`, `#`, `?` and so on.
    pub name: String,
    /// What is done with the value.
    pub operator: Operator,
}

/// What a reference does with the value of its variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operator {
    /// `$X`, `${X}`, `${X[1]}`
    Value,
    /// `${#X}`: a number, not the value.
    Length,
    /// `${!X}`: the value of the variable that `X` names.
    Indirect,
    /// `${X:-word}`, `${X-word}`, `${X:=word}`, `${X=word}`: the value, or else the word.
    Default(Word),
    /// `${X:+word}`, `${X+word}`: the word, never the value.
    Alternative(Word),
    /// `${X:?word}`, `${X?word}`: the value, or else the word is printed and the script ends.
    Required(Word),
    /// A part or a changed form of the value: `#`, `%`, `/`, `^`, `,`, `:1:2`, `@Q`; with the words after the sign.
    Changed(Word),
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor in front; without one it is what the operator stands for: 0 for `<`, 1 for `>`.
    /// `None` for `&>`, which is 1 and 2, and for `{name}>`.
    pub descriptor: Option<u32>,
    /// What it does.
    pub operator: RedirectOperator,
    /// What stands after it.
    pub target: Target,
    /// From the descriptor to the end of the word.
    pub span: Span,
}

/// What a redirection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `<`, `<<`, `<<<`
    Read,
    /// `>`, `>|`, `&>`
    Write,
    /// `>>`, `&>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`, `>&` with a number or `-`
    Duplicate,
}

/// Where a redirection goes to or comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, or the number after `>&`.
    Word(Word),
    /// The body of `<<EOF`; one literal when the closing word is quoted.
    Document(Word),
    /// The word after `<<<`.
    String(Word),
}

impl Word {
    /// Its text when nothing in it is expanded.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        self.parts.iter().map(Part::literal).collect::<Option<Vec<&str>>>().map(|texts| texts.concat())
    }

    /// Its text with every expansion as `$NAME` or `$(…)`: to recognise a word by how it begins or to show it.
    #[must_use]
    pub fn sketch(&self) -> String {
        self.parts.iter().map(Part::sketch).collect()
    }

    /// The literal text that it begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.parts.first().and_then(Part::literal).unwrap_or("")
    }

    /// All references to variables in it, inner ones included, those in nested commands not.
    #[must_use]
    pub fn variables(&self) -> Vec<(&Variable, Span)> {
        self.parts.iter().flat_map(Part::variables).collect()
    }

    /// Reads a word as `NAME=value`, as `export`, `env` and `declare` do.
    #[must_use]
    pub fn assignment(&self) -> Option<(String, Word)> {
        let mut parts = self.parts.iter();
        let first = parts.next().filter(|part| part.quotes != Quoting::Single)?;
        let PartKind::Literal(text) = &first.kind else { return None };
        let (name, value) = text.cut('=')?;
        let name = name.as_str().strip_suffix('+').unwrap_or(name.as_str()).to_owned();
        let value_span = Span::new(value.span().start, self.span.end);
        let rest = Part { kind: PartKind::Literal(value), ..first.clone() };
        let parts = std::iter::once(rest).chain(parts.cloned()).collect();
        is_name(&name).then_some((name, Word { parts, span: value_span }))
    }
}

impl Part {
    fn literal(&self) -> Option<&str> {
        match &self.kind {
            PartKind::Literal(text) => Some(text.as_str()),
            _ => None,
        }
    }

    fn sketch(&self) -> String {
        match &self.kind {
            PartKind::Literal(text) => text.to_string(),
            PartKind::Variable(variable) => format!("${}", variable.name),
            PartKind::Command(_) | PartKind::Process(..) => "$(…)".to_owned(),
            PartKind::Arithmetic(_) => "$((…))".to_owned(),
            PartKind::Template(text) => format!("${{{{ {text} }}}}"),
        }
    }

    fn variables(&self) -> Vec<(&Variable, Span)> {
        match &self.kind {
            PartKind::Variable(variable) => {
                let inner = variable.operand().map(Word::variables).unwrap_or_default();
                std::iter::once((variable, self.span)).chain(inner).collect()
            }
            PartKind::Arithmetic(word) => word.variables(),
            _ => Vec::new(),
        }
    }
}

impl Variable {
    /// The word after the operator.
    #[must_use]
    pub fn operand(&self) -> Option<&Word> {
        match &self.operator {
            Operator::Value | Operator::Length | Operator::Indirect => None,
            Operator::Default(word)
            | Operator::Alternative(word)
            | Operator::Required(word)
            | Operator::Changed(word) => Some(word),
        }
    }
}

impl Command {
    /// The simple command that it is, if it is one.
    #[must_use]
    pub fn simple(&self) -> Option<&Simple> {
        match &self.kind {
            CommandKind::Simple(simple) => Some(simple),
            _ => None,
        }
    }
}

impl Simple {
    /// The program as written, when it is literal.
    #[must_use]
    pub fn program(&self) -> Option<String> {
        self.words.first()?.literal()
    }
}

/// Whether a text can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
