//! Builtins of the shell, and programs that start another one.

use super::call::Call;
use super::state::State;
use super::taint::{Output, Taint};
use super::words::Argument;
use super::{Given, Shown};

/// Whether the words of this builtin are assignments.
pub(super) fn declares(name: &str) -> bool {
    matches!(name, "export" | "declare" | "typeset" | "local" | "readonly")
}

/// The words of a command after those that only start it.
pub(super) struct Stripped {
    pub(super) words: Vec<Argument>,
    pub(super) input: Taint,
    pub(super) output: Output,
}

/// Programs that start the one in their words, and their options that take a value.
const STARTERS: &[(&str, &[&str])] = &[
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U"]),
    ("doas", &["-u", "-C"]),
    ("command", &[]),
    ("builtin", &[]),
    ("exec", &["-a"]),
    ("nice", &["-n"]),
    ("ionice", &["-c", "-n", "-p"]),
    ("nohup", &[]),
    ("setsid", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("busybox", &[]),
    ("chronic", &[]),
    ("env", &["-u", "-C", "-S"]),
    ("timeout", &["-s", "-k"]),
    ("chroot", &[]),
    ("gosu", &[]),
    ("su-exec", &[]),
    ("setpriv", &["--reuid", "--regid", "--groups"]),
    ("xargs", &["-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"]),
    ("flock", &["-w", "-E"]),
];

/// Those of them with one word of their own before the program.
const WITH_WORD: &[&str] = &["timeout", "chroot", "gosu", "su-exec", "flock"];

/// Takes away the programs in front that only start another one.
pub(super) fn strip(state: &mut State<'_>, words: Vec<Argument>, input: &Taint) -> Stripped {
    let mut stripped = Stripped { words, input: input.clone(), output: Output::default() };
    loop {
        let Some(first) = stripped.words.first() else { return stripped };
        let name = super::path::name(&first.text);
        let Some((name, taking)) = STARTERS.iter().find(|(starter, _)| *starter == name) else {
            return stripped;
        };
        if stripped.words.get(1).is_some_and(|word| word.text == "-v" || word.text == "-V")
            && *name == "command"
        {
            return stripped;
        }
        let (mut at, mut own) = (1, usize::from(WITH_WORD.contains(name)));
        while let Some(word) = stripped.words.get(at) {
            let text = word.text.as_str();
            if taking.contains(&text) {
                at += 2;
            } else if text.starts_with('-') && text.len() > 1 {
                at += 1;
            } else if *name == "env" && text.contains('=') {
                state.given(&word.taint, Given::Environment);
                at += 1;
            } else if own > 0 {
                own -= 1;
                at += 1;
            } else {
                break;
            }
        }
        // On its own it is the program: `env` prints the environment.
        if at >= stripped.words.len() {
            return stripped;
        }
        stripped.words.drain(..at);
        if *name == "xargs" && !stripped.input.is_empty() {
            // What it reads becomes words.
            let taint = std::mem::take(&mut stripped.input);
            stripped.words.push(Argument { text: "$(…)".to_owned(), taint, span: state.here });
        }
    }
}

/// Follows a builtin; `None` when it is none.
pub(super) fn run(state: &mut State<'_>, call: &Call) -> Option<Output> {
    match call.name.as_str() {
        "cd" | "pushd" => {
            let to = call.plain(&[]).first().map(|word| word.text.clone());
            let home = || state.values.get("HOME").cloned().unwrap_or_default();
            let to = to.unwrap_or_else(home);
            // Back to where it was before: not followed.
            if to != "-" {
                state.folder = state.resolve(&to);
            }
        }
        "export" | "declare" | "typeset" | "local" | "readonly" => return Some(declare(state, call)),
        "set" => return Some(set(state, call)),
        "unset" => {
            for argument in &call.arguments {
                state.variables.insert(argument.text.clone(), Taint::default());
                state.values.remove(&argument.text);
            }
        }
        "read" | "mapfile" | "readarray" => read(state, call),
        "trap" => {}
        "." | "source" => source(state, call),
        ":" | "true" | "false" | "test" | "[" | "exit" | "return" | "shift" | "wait" | "umask" | "ulimit"
        | "alias" | "unalias" | "shopt" | "hash" | "type" | "break" | "continue" | "popd" | "getopts" => {}
        "printenv" | "env" if call.plain(&["-u"]).iter().all(|word| word.text.contains('=')) => {
            return Some(Output::out(state.listed(call.span).with(&call.taint())));
        }
        "printenv" => {
            let mut taint = Taint::default();
            for word in call.plain(&[]) {
                taint.add(&state.value_of(&word.text).taken(word.span));
            }
            return Some(Output::out(taint));
        }
        _ => return None,
    }
    Some(Output::default())
}

fn declare(state: &mut State<'_>, call: &Call) -> Output {
    if call.has(&["-p"]) || call.arguments.is_empty() {
        return Output::out(state.listed(call.span));
    }
    for argument in call.plain(&[]) {
        match argument.text.split_once('=') {
            // `export "A=$B"`
            Some((name, value)) => {
                let known = !value.contains('$');
                let taint = argument.taint.clone().through(name);
                state.assign(name, taint, known.then(|| value.to_owned()));
                state.exported.insert(name.to_owned());
            }
            // `export $(cat file)`: names and values are not known.
            None if !argument.taint.is_empty() => state.sourced.add(&argument.taint),
            None => {
                state.exported.insert(argument.text.clone());
            }
        }
    }
    Output::default()
}

/// `set`: prints everything when it stands alone; `-x` traces.
fn set(state: &mut State<'_>, call: &Call) -> Output {
    if call.arguments.is_empty() {
        return Output::out(state.listed_all(call.span));
    }
    let mut named = None;
    for argument in &call.arguments {
        let text = argument.text.as_str();
        match (named.take(), text) {
            (Some('-'), "xtrace") => state.traced = Some(call.span),
            (Some('+'), "xtrace") => state.traced = None,
            _ => {}
        }
        if text == "--" {
            break;
        }
        let sign = text.chars().next().filter(|sign| matches!(sign, '-' | '+'));
        let Some(sign) = sign else { continue };
        if text.contains('x') {
            state.traced = (sign == '-').then_some(call.span);
        }
        if text.ends_with('o') {
            named = Some(sign);
        }
    }
    Output::default()
}

fn read(state: &mut State<'_>, call: &Call) {
    let taking = ["-a", "-d", "-i", "-n", "-N", "-p", "-t", "-u", "-C", "-c", "-O", "-s"];
    let taint = match call.value(&["-u"]) {
        Some(number) => state.file(&format!("/dev/fd/{}", number.text), call.span),
        None => call.input.clone(),
    };
    let named = call.plain(&taking);
    let mut names: Vec<String> = named.iter().map(|word| word.text.clone()).collect();
    names.extend(call.value(&["-a"]).map(|word| word.text));
    if names.is_empty() {
        names.push(if call.name == "read" { "REPLY" } else { "MAPFILE" }.to_owned());
    }
    for name in names {
        state.assign(&name, taint.clone().through(&name), None);
    }
}

/// What a sourced file sets is not known: every variable that nobody else set may be of it.
fn source(state: &mut State<'_>, call: &Call) {
    let Some(file) = call.arguments.first() else { return };
    let taint = state.file(&state.resolve(&file.text), file.span).through(&file.text);
    state.sourced.add(&taint.shown(Shown::Printed));
    state.given(&call.taint(), Given::Argument);
}
