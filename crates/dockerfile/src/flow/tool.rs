//! Tools that write down what they are told: reads the rows of the table.

use super::call::Call;
use super::program::named_files;
use super::state::{Mode, State};
use super::taint::Taint;
use super::tools::TOOLS;
use super::words::Argument;
use super::{Writer, path};

/// A tool that keeps secrets: a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    /// How it is called: the program and its sub-commands; then options, one of which must be there. `a|b` is either,
    /// `a*` anything that begins so.
    pub call: &'static str,
    /// Where it writes: the first of these that applies. `--option` and `$VARIABLE` stand for their values, with what
    /// follows after a slash; `~` is the home, a relative path is in the working directory. `%git` is the configuration
    /// of the repository there, `%clone` that of the new one, `%first` the first argument.
    pub writes: &'static str,
    /// The calls that undo it, separated by commas.
    pub undone: &'static str,
    /// What it keeps.
    keeps: Keeps,
}

/// What a tool keeps of what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Whatever it gets: arguments, files that they name, standard input.
    All,
    /// URLs.
    Urls,
}

/// A row for a tool that keeps whatever it gets.
pub(super) const fn any(call: &'static str, writes: &'static str, undone: &'static str) -> Tool {
    Tool { call, writes, undone, keeps: Keeps::All }
}

/// A row for a tool that keeps URLs.
pub(super) const fn url(call: &'static str, writes: &'static str, undone: &'static str) -> Tool {
    Tool { call, writes, undone, keeps: Keeps::Urls }
}

impl Tool {
    /// All rows.
    #[must_use]
    pub fn all() -> &'static [Tool] {
        TOOLS
    }

    /// The program of the row; the first name when there are several.
    #[must_use]
    pub fn program(&self) -> &'static str {
        self.call.split([' ', '|']).next().unwrap_or(self.call)
    }
}

/// Options in front of the sub-command that take a value.
const TAKING: &[&str] = &[
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--prefix",
    "--config",
    "--kubeconfig",
    "--context",
    "-H",
    "--host",
    "--cwd",
    "--profile",
    "--region",
    "--project",
    "--registry-config",
    "--userconfig",
    "--directory",
    "-d",
    "--file",
];

/// Looks a command up in the table: what it is told is stored, or what it stored is undone.
pub(super) fn keep(state: &mut State<'_>, call: &Call) {
    let mut takes_back = false;
    for tool in TOOLS {
        for undo in tool.undone.split(", ").filter(|undo| !undo.is_empty() && fits(undo, call).is_some()) {
            state.undo(tool, call.span);
            takes_back |= undo.contains(" -");
        }
    }
    // `git config --unset` names what goes: it is a `git config`, and stores nothing.
    if takes_back {
        return;
    }
    for tool in TOOLS {
        let Some(after) = fits(tool.call, call) else { continue };
        let told = told(state, (tool, call), after);
        if told.is_empty() && tool.keeps == Keeps::Urls {
            continue;
        }
        if let Some(path) = target(state, tool, call).filter(|_| !told.is_empty()) {
            state.write((&path, call.span), &told, (Writer::Tool(tool), Mode::More));
        }
        return;
    }
}

/// The number of the argument after the last sub-command, when the call fits a pattern of the table.
fn fits(pattern: &str, call: &Call) -> Option<usize> {
    let mut tokens = pattern.split(' ');
    let is = |token: &str, text: &str| {
        token.split('|').any(|choice| match choice.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => choice == text,
        })
    };
    if !is(tokens.next()?, &call.name) {
        return None;
    }
    let mut at = 0;
    for token in tokens {
        if token.starts_with('-') {
            let options: Vec<&str> = token.split('|').collect();
            let exact = call.arguments.iter().any(|one| options.contains(&one.text.as_str()));
            if !exact && !call.has(&options) {
                return None;
            }
            continue;
        }
        loop {
            let text = call.arguments.get(at)?.text.as_str();
            at += 1;
            if is(token, text) {
                break;
            }
            if !text.starts_with('-') {
                return None;
            }
            at += usize::from(TAKING.contains(&text));
        }
    }
    Some(at)
}

/// The secrets that a tool keeps of a call.
fn told(state: &State<'_>, (tool, call): (&Tool, &Call), after: usize) -> Taint {
    let arguments = call.arguments.get(after..).unwrap_or(&[]);
    match tool.keeps {
        Keeps::Urls => {
            let urls = arguments.iter().filter(|one| one.text.contains("://"));
            urls.fold(Taint::default(), |taint, one| taint.with(&one.taint))
        }
        Keeps::All => {
            let direct = arguments.iter().fold(call.input.clone(), |taint, one| taint.with(&one.taint));
            direct.with(&named_files(state, arguments))
        }
    }
}

/// The file that a tool writes.
fn target(state: &State<'_>, tool: &Tool, call: &Call) -> Option<String> {
    tool.writes.split(' ').find_map(|choice| {
        let (first, rest) = match choice.split_once('/') {
            Some((first, rest)) => (first, format!("/{rest}")),
            None => (choice, String::new()),
        };
        if first == "%clone" {
            return Some(clone_config(state, call));
        }
        if first == "%git" {
            return Some(format!("{}/.git/config", folder(state, call).trim_end_matches('/')));
        }
        if first == "%first" {
            return call.plain(&["-C"]).first().map(|file| state.resolve(&file.text));
        }
        if first.starts_with('-') {
            return call.value(&[first]).map(|value| state.resolve(&format!("{}{rest}", value.text)));
        }
        if let Some(name) = first.strip_prefix('$') {
            return state.values.get(name).map(|value| state.resolve(&format!("{value}{rest}")));
        }
        if first == "~" {
            let home = state.values.get("HOME").map_or("/root", String::as_str);
            return Some(state.resolve(&format!("{home}{rest}")));
        }
        Some(state.resolve(choice))
    })
}

/// The folder that `git -C` changes to.
fn folder(state: &State<'_>, call: &Call) -> String {
    call.value(&["-C"]).map_or_else(|| state.folder.clone(), |folder| state.resolve(&folder.text))
}

/// The configuration of a new clone: in the folder that is named, or one called as the repository.
fn clone_config(state: &State<'_>, call: &Call) -> String {
    const WITH_VALUE: &[&str] = &[
        "-b",
        "--branch",
        "--depth",
        "-c",
        "--config",
        "-o",
        "--origin",
        "-j",
        "--jobs",
        "--reference",
        "-C",
        "--filter",
        "-u",
        "--upload-pack",
        "--template",
        "--separate-git-dir",
        "--shallow-since",
        "-r",
        "--rev",
    ];
    let plain = call.plain(WITH_VALUE);
    let mut words = plain.iter().skip_while(|word| word.text != "clone").skip(1);
    let source = words.next().map(|word| word.text.as_str()).unwrap_or("");
    let named = words.next().map(|word: &&Argument| word.text.clone());
    let name = path::name(source);
    let name = named.unwrap_or_else(|| name.strip_suffix(".git").unwrap_or(name).to_owned());
    let whole = path::join(&folder(state, call), &name);
    match call.name.as_str() {
        "hg" => format!("{whole}/.hg/hgrc"),
        _ if call.has(&["--bare", "--mirror"]) => format!("{whole}/config"),
        _ => format!("{whole}/.git/config"),
    }
}
