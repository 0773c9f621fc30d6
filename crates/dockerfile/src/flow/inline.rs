//! Programs of other languages that stand in a script: `python3 -c '…'`, `node -e '…'`, `ruby <<EOF`.
//!
//! No language is parsed. A statement that takes a secret and sets a name makes the name hold it, unless it calls
//! something that is not known to hand on what it gets: what a server answers to a token is no token. A statement that
//! writes a file with such a name in it stores the secret.

mod statement;

use std::collections::BTreeMap;

use super::call::Call;
use super::state::{Mode, State};
use super::taint::{Output, Taint};
use super::words::Argument;
use super::{Writer, path};
use statement::{Statement, Token, statements};

/// Programs that run a text, and the options before it.
const INTERPRETERS: &[(&str, &[&str])] = &[
    ("python", &["-c"]),
    ("pypy", &["-c"]),
    ("node", &["-e", "--eval", "-p", "--print"]),
    ("nodejs", &["-e", "--eval", "-p", "--print"]),
    ("bun", &["-e", "--eval", "-p", "--print"]),
    ("deno", &["eval"]),
    ("ruby", &["-e"]),
    ("perl", &["-e", "-E"]),
    ("php", &["-r"]),
    ("lua", &["-e"]),
    ("Rscript", &["-e"]),
    ("elixir", &["-e"]),
];

/// Programs that start one of them in an environment of theirs.
const RUNNERS: &[&str] =
    &["uv", "poetry", "pipenv", "pdm", "rye", "hatch", "bundle", "conda", "micromamba", "mamba"];

/// Calls whose result holds what they get, and words before a bracket that are no calls.
const HANDING: &[&str] = &[
    "open",
    "read",
    "read_text",
    "read_bytes",
    "readlines",
    "readline",
    "strip",
    "rstrip",
    "lstrip",
    "decode",
    "encode",
    "str",
    "bytes",
    "Path",
    "PurePath",
    "expanduser",
    "getenv",
    "loads",
    "load",
    "dumps",
    "dump",
    "safe_load",
    "safe_dump",
    "format",
    "replace",
    "split",
    "splitlines",
    "join",
    "b64encode",
    "b64decode",
    "standard_b64encode",
    "urlsafe_b64encode",
    "quote",
    "quote_plus",
    "dedent",
    "dict",
    "update",
    "setdefault",
    "lower",
    "upper",
    "title",
    "readFileSync",
    "readFile",
    "readTextFile",
    "readTextFileSync",
    "file",
    "text",
    "then",
    "toString",
    "trim",
    "trimEnd",
    "from",
    "String",
    "stringify",
    "parse",
    "concat",
    "replaceAll",
    "require",
    "import",
    "assign",
    "chomp",
    "to_json",
    "to_yaml",
    "to_s",
    "strict_encode64",
    "encode64",
    "file_get_contents",
    "base64_encode",
    "base64_decode",
    "json_encode",
    "json_decode",
    "rtrim",
    "sprintf",
    "fopen",
    "my",
    "exists",
    "is_file",
    "mkdir",
    "makedirs",
    "mkdirSync",
    "dirname",
    "existsSync",
    "resolve",
    "parent",
    "if",
    "with",
    "as",
];

/// Calls that write what they get.
const WRITING: &[&str] = &[
    "write",
    "writelines",
    "write_text",
    "write_bytes",
    "dump",
    "safe_dump",
    "writeFile",
    "writeFileSync",
    "appendFile",
    "appendFileSync",
    "writeTextFile",
    "writeTextFileSync",
    "outputFile",
    "outputFileSync",
    "writeJson",
    "writeJsonSync",
    "binwrite",
    "file_put_contents",
    "fwrite",
    "fputs",
    "puts",
    "print",
    "printf",
    "end",
    "copy",
    "copyfile",
    "copy2",
    "copyFile",
    "copyFileSync",
    "cp",
    "to_csv",
    "tofile",
];

/// Calls that show what they get.
const SHOWING: &[&str] =
    &["print", "pprint", "log", "info", "warn", "error", "puts", "say", "echo", "p", "printf", "dd"];

/// Words for how a file is opened.
const MODES: &[&str] =
    &["w", "a", "x", "wb", "ab", "xb", "wt", "at", "w+", "a+", "wb+", "w+b", ">", ">>", "+>"];

/// The program that a call runs and that stands in the script: its text, with the secrets that the shell puts there.
pub(super) fn code(call: &Call) -> Option<Argument> {
    let own = interpreter(&call.name).map(|options| (0, options));
    let (at, options) = own.or_else(|| {
        let runs = RUNNERS.contains(&call.name.as_str());
        let words = call.arguments.iter().take(4).enumerate().filter(|_| runs);
        words.into_iter().find_map(|(at, word)| Some((at + 1, interpreter(path::name(&word.text))?)))
    })?;
    let mut words = call.arguments.iter().skip(at);
    let ends_in = |word: &str, option: &str| match option.strip_prefix('-').filter(|one| one.len() == 1) {
        Some(letter) => word.starts_with('-') && !word.starts_with("--") && word.ends_with(letter),
        None => word == option,
    };
    let told = words.find(|word| options.iter().any(|option| ends_in(&word.text, option)));
    match told {
        Some(_) => words.next().cloned(),
        None => call.document.clone(),
    }
}

fn interpreter(name: &str) -> Option<&'static [&'static str]> {
    let bare = name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    INTERPRETERS.iter().find(|(program, _)| *program == bare).map(|(_, options)| *options)
}

/// Follows such a program.
pub(super) fn run(state: &mut State<'_>, code: &Argument) -> Output {
    let mut following = Following { state, code, names: BTreeMap::new(), output: Output::default() };
    for statement in statements(&code.text) {
        following.follow(&statement);
    }
    following.output
}

/// What a name stands for.
#[derive(Default)]
struct Named {
    holds: Taint,
    /// The file that is open under it for writing, or its path.
    file: Option<String>,
}

struct Following<'f, 's> {
    state: &'f mut State<'s>,
    code: &'f Argument,
    names: BTreeMap<String, Named>,
    output: Output,
}

impl Following<'_, '_> {
    fn follow(&mut self, statement: &Statement<'_>) {
        let calls: Vec<&str> = statement.calls().collect();
        let hands_on =
            calls.iter().all(|call| [HANDING, WRITING, SHOWING].iter().any(|known| known.contains(call)));
        let held = if hands_on { self.held(statement) } else { Taint::default() };
        let file = self.file(statement);
        if !statement.is_head() && !statement.only_asks() && !held.is_empty() {
            if let Some(file) =
                file.as_ref().filter(|_| statement.words().any(|word| WRITING.contains(&word)))
            {
                let (path, at) = (self.state.resolve(file), self.code.span);
                self.state.write((&path, at), &held, (Writer::Program, Mode::More));
            } else {
                self.shown(statement);
            }
        }
        for name in statement.sets() {
            let Named { holds, .. } = self.names.remove(name).unwrap_or_default();
            // What is added to keeps what it had.
            let kept = if statement.adds() { holds } else { Taint::default() };
            let named = Named { holds: kept.with(&held.clone().through(name)), file: file.clone() };
            self.names.insert(name.to_owned(), named);
        }
    }

    /// The secrets that a statement takes: by names, by files, by variables of the environment.
    fn held(&self, statement: &Statement<'_>) -> Taint {
        let mut held = Taint::default();
        for token in statement.value() {
            match token {
                Token::Name(name) => held.add(&self.of_name(name)),
                Token::Literal(text) => {
                    held.add(&self.of_file(text));
                    held.add(&self.of_variable(text));
                    for name in statement::inserted(text) {
                        held.add(&self.of_name(name));
                        held.add(&self.of_shell(name));
                    }
                    if text.contains("$(…)") {
                        held.add(&self.code.taint);
                    }
                }
                Token::Mark(_) | Token::Break => {}
            }
        }
        held.taken(self.code.span)
    }

    fn of_name(&self, name: &str) -> Taint {
        match self.names.get(name) {
            Some(named) => named.holds.clone(),
            None => self.of_variable(name),
        }
    }

    /// A variable of the environment.
    fn of_variable(&self, name: &str) -> Taint {
        match self.state.exported.contains(name) {
            true => self.state.variables.get(name).cloned().unwrap_or_default(),
            false => Taint::default(),
        }
    }

    /// A variable that the shell puts into the text before the program sees it.
    fn of_shell(&self, name: &str) -> Taint {
        let held = self.state.variables.get(name).filter(|held| self.code.taint.holds(held));
        held.cloned().unwrap_or_default()
    }

    fn of_file(&self, text: &str) -> Taint {
        match text.starts_with('/') || text.contains('.') {
            true => self.state.file(&self.state.resolve(text), self.code.span).through(text),
            false => Taint::default(),
        }
    }

    /// The file that a statement writes or opens for writing.
    fn file(&self, statement: &Statement<'_>) -> Option<String> {
        let opens = statement.literals().any(|text| MODES.contains(&text));
        let calls = statement.words().any(|word| WRITING.contains(&word) && !SHOWING.contains(&word));
        let makes = statement.words().any(|word| matches!(word, "Path" | "createWriteStream"));
        let path = statement.literals().filter(|text| is_path(text) && self.of_file(text).is_empty()).last();
        let named = || statement.words().find_map(|word| self.names.get(word)?.file.clone());
        path.filter(|_| opens || calls || makes).map(str::to_owned).or_else(named)
    }

    /// Tells what a statement prints, where it prints the value itself.
    fn shown(&mut self, statement: &Statement<'_>) {
        if !statement.shows(SHOWING) {
            return;
        }
        let held = self.held(statement);
        self.output.out.add(&held);
    }
}

/// Whether a text names a file.
fn is_path(text: &str) -> bool {
    let bare = !text.is_empty() && text.len() < 200 && !text.contains(char::is_whitespace);
    let ending = text.rsplit_once('.').is_some_and(|(_, ending)| {
        (1..=10).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let plain = !text.contains("://") && !text.contains(['{', '%', '*', '$', '(', '<', '=']);
    bare && plain && (text.starts_with(['/', '~']) || text.contains('/') || ending)
}
