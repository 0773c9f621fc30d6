//! Programs that copy, move, pack and remove files.

use super::Writer;
use super::call::Call;
use super::path;
use super::program::named_trees;
use super::state::{Mode, State};
use super::taint::{Output, Taint};
use super::words::Argument;

/// Options of `cp`, `install`, `mv`, `ln` that take a value.
const TAKING: &[&str] = &["-t", "-m", "-o", "-g", "-S", "--mode", "--owner", "--group", "-e", "--exclude"];

/// Sources and the destination of a copy; the destination is a directory when that shows.
fn pairs(state: &State<'_>, call: &Call) -> Vec<(Argument, String)> {
    let target = call.value(&["-t", "--target-directory"]);
    let mut plain: Vec<Argument> = call.plain(TAKING).into_iter().cloned().collect();
    let target = match target {
        Some(target) => Some((target, true)),
        None => {
            let last = plain.pop();
            last.map(|last| {
                let folder =
                    last.text.ends_with('/') || matches!(last.text.as_str(), "." | "..") || plain.len() > 1;
                (last, folder)
            })
        }
    };
    let Some((target, folder)) = target else { return Vec::new() };
    let whole = state.resolve(&target.text);
    let known_folder = folder
        || whole == state.setting.home
        || matches!(
            whole.as_str(),
            "/" | "/tmp" | "/etc" | "/opt" | "/root" | "/usr/local" | "/var" | "/home"
        );
    let to = |source: &Argument| match known_folder {
        true => format!("{}/{}", whole.trim_end_matches('/'), path::name(&source.text)),
        false => whole.clone(),
    };
    plain.into_iter().map(|source| (to(&source), source)).map(|(to, source)| (source, to)).collect()
}

pub(super) fn copy(state: &mut State<'_>, call: &Call) -> Output {
    // `install -d` makes directories.
    if call.name == "install" && call.has(&["-d", "--directory"]) {
        return Output::default();
    }
    for (source, to) in pairs(state, call) {
        let from = state.resolve(&source.text);
        let held = state.tree(&from, source.span).through(&from);
        state.copied(&from, &to, call.span);
        state.write((&to, call.span), &held, (Writer::Program, Mode::Anew));
    }
    Output::default()
}

pub(super) fn rename(state: &mut State<'_>, call: &Call) -> Output {
    for (source, to) in pairs(state, call) {
        let from = state.resolve(&source.text);
        let held = state.tree(&from, source.span).through(&from);
        state.copied(&from, &to, call.span);
        state.remove(&from, source.span);
        state.write((&to, call.span), &held, (Writer::Program, Mode::Anew));
    }
    Output::default()
}

/// A link is another name; nothing is copied.
pub(super) fn link(state: &mut State<'_>, call: &Call) -> Output {
    for (source, to) in pairs(state, call) {
        let held = state.tree(&state.resolve(&source.text), source.span);
        if !held.is_empty() {
            state.alias(&to, held);
        }
    }
    Output::default()
}

/// `dd if=… of=…`
pub(super) fn blocks(state: &mut State<'_>, call: &Call) -> Output {
    let operand = |name: &str| call.arguments.iter().find(|one| one.text.starts_with(name));
    let held = match operand("if=") {
        Some(from) => {
            let path = state.resolve(from.text.get(3..).unwrap_or(""));
            state.file(&path, from.span).through(&path)
        }
        None => call.input.clone(),
    };
    let Some(to) = operand("of=") else { return Output::out(held) };
    let path = state.resolve(to.text.get(3..).unwrap_or(""));
    state.write((&path, to.span), &held, (Writer::Program, Mode::Anew));
    Output::default()
}

/// Packs files; where it unpacks, nothing is known about what comes out.
pub(super) fn archive(state: &mut State<'_>, call: &Call) -> Output {
    let packs = match call.name.as_str() {
        "zip" => true,
        "7z" => call.arguments.first().is_some_and(|one| one.text == "a"),
        _ => {
            call.has(&["--create", "-c"])
                || call
                    .arguments
                    .first()
                    .is_some_and(|one| !one.text.starts_with('-') && one.text.contains('c'))
        }
    };
    if !packs {
        return Output::default();
    }
    let held = call.input.clone().with(&named_trees(state, &seen_from(call)));
    let file = match call.name.as_str() {
        "zip" | "7z" => call.plain(&[]).into_iter().find(|one| one.text != "a").cloned(),
        _ => archive_file(call),
    };
    match file.filter(|file| file.text != "-") {
        Some(file) => {
            state.write((&state.resolve(&file.text), file.span), &held, (Writer::Program, Mode::Anew));
            Output::default()
        }
        None => Output::out(held),
    }
}

/// The arguments, each path as seen from the folder that the last `-C` before it names.
fn seen_from(call: &Call) -> Vec<Argument> {
    let mut folder: Option<String> = None;
    let mut found = Vec::new();
    let mut arguments = call.arguments.iter();
    while let Some(one) = arguments.next() {
        if matches!(one.text.as_str(), "-C" | "--directory") {
            folder = arguments.next().map(|folder| folder.text.clone());
            continue;
        }
        let mut seen = one.clone();
        if let Some(folder) = folder.as_ref().filter(|_| !one.text.starts_with('-')) {
            seen.text = path::join(folder, &one.text);
        }
        found.push(seen);
    }
    found
}

/// The word after the letters that hold `f`.
fn archive_file(call: &Call) -> Option<Argument> {
    if let Some(file) = call.value(&["--file"]) {
        return Some(file);
    }
    let letters = |(at, one): (usize, &Argument)| {
        !one.text.starts_with("--") && (at == 0 || one.text.starts_with('-')) && one.text.ends_with('f')
    };
    let at = call.arguments.iter().enumerate().position(letters)?;
    call.arguments.get(at + 1).cloned()
}

pub(super) fn remove(state: &mut State<'_>, call: &Call) -> Output {
    // `shred` alone overwrites, and an overwritten file is as good as gone.
    for file in call.plain(&["-s", "-n"]) {
        state.remove(&state.resolve(&file.text), file.span);
    }
    Output::default()
}

/// `find … -delete` and `find … -exec rm … ;` remove what is below.
pub(super) fn find(state: &mut State<'_>, call: &Call) -> Output {
    let texts: Vec<&str> = call.arguments.iter().map(|one| one.text.as_str()).collect();
    let removes = texts.contains(&"-delete")
        || texts.windows(2).any(|pair| matches!(pair, ["-exec" | "-execdir", "rm" | "shred"]));
    if !removes {
        let prints =
            texts.windows(2).any(|pair| matches!(pair, ["-exec" | "-execdir", "cat" | "head" | "tail"]));
        let held = if prints { named_trees(state, &call.arguments) } else { Taint::default() };
        return Output::out(held);
    }
    let name = texts.windows(2).find(|pair| matches!(pair[0], "-name" | "-iname")).map(|pair| pair[1]);
    let roots = call.arguments.iter().take_while(|one| !one.text.starts_with(['-', '(', '!']));
    for root in roots {
        let folder = state.resolve(&root.text);
        match name {
            Some(name) => state.remove(&format!("{}/**/{name}", folder.trim_end_matches('/')), call.span),
            None => state.remove(&format!("{}/*", folder.trim_end_matches('/')), call.span),
        }
    }
    Output::default()
}

pub(super) fn touch(state: &mut State<'_>, call: &Call) -> Output {
    for file in call.plain(&["-d", "-r", "-t"]) {
        state.write(
            (&state.resolve(&file.text), file.span),
            &Taint::default(),
            (Writer::Program, Mode::More),
        );
    }
    Output::default()
}
