//! Turns the text of an instruction into its typed view.

use crate::flags::{self, Flag};
use crate::heredoc::{Heredoc, Opening, opening, openings};
use crate::instruction::{Command, Form, FromImage, Kind, Pair, Run, Source, Transfer};
use crate::lex::Statement;
use crate::mount::Mount;
use crate::words::{first_word, is_blank, json_strings, plain_words, quoted_words};
use crate::{Fault, Instruction, Keyword, Problem, Span, Text};

/// An instruction in the making.
pub(crate) struct Draft {
    name: Text,
    keyword: Option<Keyword>,
    flags: Vec<Flag>,
    arguments: Text,
    /// The whole line: the builder looks for heredocs in all of it.
    whole: Text,
}

/// `ONBUILD ONBUILD …` is refused below this depth; deeper ones are not taken apart.
const NESTING: usize = 8;

impl Draft {
    pub(crate) fn read(text: &Text) -> Draft {
        let (name, rest) = first_word(text);
        let keyword = Keyword::parse(&name);
        let (flags, arguments) = flags::take(&rest);
        Draft { name, keyword, flags, arguments: arguments.trim(), whole: text.clone() }
    }

    /// The heredocs that this line opens.
    pub(crate) fn openings(&self) -> Vec<Opening> {
        let mut keyword = self.keyword;
        let mut arguments = self.arguments.clone();
        if keyword == Some(Keyword::Onbuild) {
            let inner = Draft::read(&arguments);
            keyword = inner.keyword;
            arguments = inner.arguments;
        }
        let takes = matches!(keyword, Some(Keyword::Run | Keyword::Copy | Keyword::Add));
        if takes && json_strings(&arguments).is_none() { openings(&self.whole) } else { Vec::new() }
    }

    /// The finished instruction. `lines` are its first and last line.
    pub(crate) fn finish(self, make: &mut Making<'_>, heredocs: Vec<Heredoc>) -> Instruction {
        let kind = make.kind(&self, &heredocs);
        let Draft { name, keyword, flags, arguments, .. } = self;
        let (line, last_line) = make.lines;
        let (span, comments) = (make.span, Vec::new());
        Instruction { span, line, last_line, name, keyword, flags, arguments, heredocs, comments, kind }
    }
}

/// What is the same for an instruction and the one inside its `ONBUILD`.
pub(crate) struct Making<'p> {
    pub(crate) escape: char,
    pub(crate) span: Span,
    pub(crate) lines: (usize, usize),
    pub(crate) depth: usize,
    pub(crate) problems: &'p mut Vec<Problem>,
}

impl Making<'_> {
    pub(crate) fn instruction(
        &mut self,
        draft: Draft,
        statement: Statement,
        heredocs: Vec<Heredoc>,
    ) -> Instruction {
        let mut instruction = draft.finish(self, heredocs);
        instruction.comments = statement.comments;
        instruction
    }

    fn fault(&mut self, fault: Fault, span: Span) {
        self.problems.push(Problem { fault, span });
    }

    fn kind(&mut self, draft: &Draft, heredocs: &[Heredoc]) -> Kind {
        let Some(keyword) = draft.keyword else {
            self.fault(Fault::UnknownInstruction, draft.name.span());
            return Kind::Unknown;
        };
        if draft.arguments.is_empty() {
            self.fault(Fault::MissingArguments, draft.name.span());
            return Kind::Unknown;
        }
        let arguments = draft.arguments.clone();
        match keyword {
            Keyword::From => from(draft),
            Keyword::Run => run(draft),
            Keyword::Copy => Kind::Copy(transfer(draft, heredocs)),
            Keyword::Add => Kind::Add(transfer(draft, heredocs)),
            Keyword::Arg => Kind::Arg(quoted_words(&arguments, self.escape).iter().map(pair).collect()),
            Keyword::Env => Kind::Env(self.pairs(&arguments)),
            Keyword::Label => Kind::Label(self.pairs(&arguments)),
            Keyword::Cmd => Kind::Cmd(command(&arguments)),
            Keyword::Entrypoint => Kind::Entrypoint(command(&arguments)),
            Keyword::Healthcheck => healthcheck(&arguments),
            Keyword::Shell => self.shell(&arguments),
            Keyword::User => Kind::User(arguments),
            Keyword::Workdir => Kind::Workdir(arguments),
            Keyword::Volume => Kind::Volume(list(&arguments)),
            Keyword::Expose => Kind::Expose(plain_words(&arguments)),
            Keyword::StopSignal => Kind::StopSignal(arguments),
            Keyword::Maintainer => Kind::Maintainer(arguments),
            Keyword::Onbuild => self.onbuild(&arguments, heredocs),
        }
    }

    fn shell(&mut self, arguments: &Text) -> Kind {
        match json_strings(arguments) {
            Some(words) => Kind::Shell(words),
            None => {
                self.fault(Fault::ShellNotJson, arguments.span());
                Kind::Unknown
            }
        }
    }

    fn onbuild(&mut self, arguments: &Text, heredocs: &[Heredoc]) -> Kind {
        let inner = Draft::read(arguments);
        if matches!(inner.keyword, Some(Keyword::Onbuild | Keyword::From | Keyword::Maintainer)) {
            self.fault(Fault::BadOnbuild, inner.name.span());
        }
        if self.depth >= NESTING {
            return Kind::Unknown;
        }
        self.depth += 1;
        let instruction = inner.finish(self, heredocs.to_vec());
        self.depth -= 1;
        Kind::Onbuild(Box::new(instruction))
    }

    /// The pairs of `ENV` and `LABEL`. The first word decides: without `=` it is the old form.
    fn pairs(&mut self, arguments: &Text) -> Vec<Pair> {
        let words = quoted_words(arguments, self.escape);
        if words.first().is_some_and(|first| !first.contains('=')) {
            return self.old_pair(arguments);
        }
        for word in words.iter().filter(|word| !word.contains('=')) {
            self.fault(Fault::MissingValue, word.span());
        }
        words.iter().map(pair).collect()
    }

    fn old_pair(&mut self, arguments: &Text) -> Vec<Pair> {
        let (name, value) = first_word(arguments);
        if value.is_empty() {
            self.fault(Fault::MissingValue, name.span());
            return vec![Pair { name, value: None, form: Form::Bare }];
        }
        vec![Pair { name, value: Some(value), form: Form::Space }]
    }
}

fn pair(word: &Text) -> Pair {
    match word.cut('=') {
        Some((name, value)) => Pair { name, value: Some(value), form: Form::Equals },
        None => Pair { name: word.clone(), value: None, form: Form::Bare },
    }
}

fn command(arguments: &Text) -> Command {
    json_strings(arguments).map_or_else(|| Command::Shell(arguments.clone()), Command::Exec)
}

fn list(arguments: &Text) -> Vec<Text> {
    json_strings(arguments).unwrap_or_else(|| plain_words(arguments))
}

fn value_of(flags: &[Flag], name: &str) -> Option<Text> {
    flags.iter().find(|flag| flag.name == *name)?.value.clone()
}

fn from(draft: &Draft) -> Kind {
    let words = plain_words(&draft.arguments);
    let Some(image) = words.first().cloned() else { return Kind::Unknown };
    let named = words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("as"));
    let name = words.get(2).filter(|_| named).cloned();
    Kind::From(FromImage { image, platform: value_of(&draft.flags, "platform"), name })
}

fn run(draft: &Draft) -> Kind {
    let mounts = draft.flags.iter().filter(|flag| flag.name == "mount");
    let mounts = mounts.filter_map(|flag| Some(Mount::parse(flag.value.as_ref()?, flag.span))).collect();
    Kind::Run(Run { mounts, command: command(&draft.arguments) })
}

fn transfer(draft: &Draft, heredocs: &[Heredoc]) -> Transfer {
    let mut words = list(&draft.arguments);
    let destination = if words.len() > 1 { words.pop() } else { None };
    let source = |word: Text| {
        // Which heredoc it is, the name tells: the builder looks them up by name as well.
        let found = opening(&word).and_then(|open| heredocs.iter().position(|doc| doc.name == open.name));
        found.map_or(Source::Path(word), Source::Heredoc)
    };
    let sources = words.into_iter().map(source).collect();
    Transfer { from: value_of(&draft.flags, "from"), sources, destination }
}

fn healthcheck(arguments: &Text) -> Kind {
    let (kind, rest) = first_word(arguments);
    let rest = rest.from(rest.len() - rest.trim_start_matches(is_blank).len());
    match kind.as_str() {
        none if none.eq_ignore_ascii_case("none") => Kind::Healthcheck(None),
        cmd if cmd.eq_ignore_ascii_case("cmd") => Kind::Healthcheck(Some(command(&rest))),
        _ => Kind::Unknown,
    }
}
