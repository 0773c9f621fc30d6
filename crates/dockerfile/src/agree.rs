//! Whether a step of a history agrees with an instruction, and how surely.

use std::collections::BTreeSet;

use crate::instruction::{Command, Form, Kind, Pair, Source, Transfer};
use crate::pattern::{Pattern, printed_list, squeeze};
use crate::step::Step;
use crate::{Instruction, Keyword, Text};

/// What earlier instructions of the lineage say about later ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// The words of the last `SHELL`, joined.
    shell: Option<String>,
    /// The working directory, when the Dockerfile alone tells it.
    workdir: Option<String>,
    /// The arguments declared so far.
    arguments: BTreeSet<String>,
}

/// An instruction, and everything that the text of its step may be.
pub(crate) struct Agreement<'d> {
    instruction: &'d Instruction,
    /// What a `RUN` runs, squeezed: the forms that different builders write.
    commands: Vec<String>,
    /// What follows the keyword after expansion.
    patterns: Vec<Pattern>,
    /// What follows the keyword as it stands, squeezed.
    raw: String,
    context: Context,
}

/// The weight of a step that agrees in its keyword and in holes only.
const LEAST: u32 = 1;

impl<'d> Agreement<'d> {
    pub(crate) fn new(instruction: &'d Instruction, escape: char, context: &mut Context) -> Self {
        let mut new = Agreement {
            instruction,
            commands: Vec::new(),
            patterns: Vec::new(),
            raw: squeeze(&instruction.arguments),
            context: context.clone(),
        };
        match &instruction.kind {
            Kind::Run(run) => new.commands = commands(instruction, &run.command),
            Kind::Arg(pairs) => {
                new.patterns.extend(declared(pairs, escape));
                context.arguments.extend(pairs.iter().map(|pair| pair.name.to_string()));
                new.context.arguments.clone_from(&context.arguments);
            }
            Kind::Env(pairs) | Kind::Label(pairs) => new.patterns.extend(paired(pairs, escape)),
            Kind::Copy(copy) | Kind::Add(copy) => new.patterns.extend(copied(instruction, copy, escape)),
            Kind::Volume(words) => new.patterns.extend(bracketed(words, escape)),
            Kind::Shell(words) => {
                let joined: Vec<&str> = words.iter().map(Text::as_str).collect();
                let joined = joined.join(" ");
                let mut pattern = Pattern::default();
                pattern.text(&format!("[{joined}]"));
                new.patterns.push(pattern);
                context.shell = Some(squeeze(&joined));
            }
            Kind::User(word) | Kind::StopSignal(word) => new.patterns.extend(Pattern::word(word, escape)),
            Kind::Workdir(word) => {
                new.patterns.extend(Pattern::word(word, escape));
                context.workdir = moved(context.workdir.as_deref(), word);
                new.context.workdir.clone_from(&context.workdir);
            }
            _ => {}
        }
        new.patterns = std::mem::take(&mut new.patterns).into_iter().map(Pattern::squeezed).collect();
        new
    }
}

/// How surely the step was made by the instruction; 0 when it was not.
pub(crate) fn agreement(maker: &Agreement<'_>, step: &Step, text: &str) -> u32 {
    if step.keyword.is_none() || step.keyword != maker.instruction.keyword {
        return 0;
    }
    let body = text.strip_suffix(" # buildkit").unwrap_or(text);
    if step.keyword == Some(Keyword::Run) {
        return ran(maker, &squeeze(body));
    }
    let said = squeeze(body.get(step.command.range()).unwrap_or(""));
    if said == maker.raw || unflagged(&said) == maker.raw {
        return weight(said.len());
    }
    match &maker.instruction.kind {
        Kind::Cmd(command) | Kind::Entrypoint(command) => listed(command, &said),
        Kind::Healthcheck(command) => checked(command.as_ref(), &said),
        Kind::Expose(ports) => exposed(ports, &said),
        Kind::Copy(copy) | Kind::Add(copy) => moved_files(maker, copy, &said),
        Kind::Workdir(word) => directory(maker, word, &said),
        Kind::Arg(pairs) => fitting(maker, &said).max(listed_names(maker, pairs, &said)),
        _ => fitting(maker, &said),
    }
}

fn weight(length: usize) -> u32 {
    10 + u32::try_from(length.min(200)).unwrap_or(200)
}

fn fitting(maker: &Agreement<'_>, said: &str) -> u32 {
    let fits = maker.patterns.iter().filter(|pattern| pattern.fits(said));
    fits.map(|pattern| if pattern.weight() == 0 { LEAST } else { weight(pattern.weight()) })
        .max()
        .unwrap_or(0)
}

/// Everything that the step of a `RUN` may end with.
fn commands(instruction: &Instruction, command: &Command) -> Vec<String> {
    let docs = &instruction.heredocs;
    let text = match command {
        // In buildah's history the shell gets the array as it stands.
        Command::Exec(words) => {
            let joined = words.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
            return vec![squeeze(&joined), squeeze(&instruction.arguments)];
        }
        Command::Shell(text) => text.as_str(),
    };
    let flags: Vec<&str> = instruction.flags.iter().filter_map(|flag| flag.value.as_deref()).collect();
    let mut all = vec![squeeze(text)];
    if let Some(doc) = docs.first().filter(|doc| docs.len() == 1 && doc.word.as_str() == text) {
        all.push(squeeze(&doc.content));
        if doc.content.starts_with("#!") {
            all.push(format!("/dev/pipes/{}", doc.name));
        }
    }
    if !docs.is_empty() {
        // Put together again for the shell: every body with its closing word.
        let bodies: String =
            docs.iter().map(|doc| format!("\n{}\n{}", doc.content.as_str(), doc.name)).collect();
        all.push(squeeze(&format!("{text}{bodies}")));
        let open: String = docs.iter().map(|doc| format!("\n{}", doc.content.as_str())).collect();
        all.push(squeeze(&format!("{text}{open}")));
    }
    if !flags.is_empty() {
        let written: Vec<String> = instruction
            .flags
            .iter()
            .map(|flag| {
                flag.value
                    .as_deref()
                    .map_or(format!("--{}", flag.name), |value| format!("--{}={value}", flag.name))
            })
            .collect();
        all.push(squeeze(&format!("{} {text}", written.join(" "))));
    }
    all.retain(|command| !command.is_empty());
    all
}

/// A step ends with the command; in front of it may be the keyword, build arguments and a shell, nothing else.
fn ran(maker: &Agreement<'_>, body: &str) -> u32 {
    let agrees = |command: &&String| {
        let Some(front) = body.strip_suffix(command.as_str()) else { return false };
        if !front.is_empty() && !front.ends_with(' ') {
            return false;
        }
        let front = front.trim_end();
        let front = front.strip_prefix("RUN").map_or(front, str::trim_start);
        let shelled = ends_with_shell(front, maker.context.shell.as_deref());
        match &maker.instruction.kind {
            Kind::Run(run) if matches!(run.command, Command::Exec(_)) && **command != maker.raw => {
                front.is_empty() || front.starts_with('|') && !shelled
            }
            // Without a shell it is the instruction itself, or a script of its own.
            _ => front.is_empty() || shelled || front.starts_with('|') && command.starts_with("/dev/pipes/"),
        }
    };
    maker.commands.iter().filter(agrees).map(|command| weight(command.len())).max().unwrap_or(0)
}

/// Whether what stands in front of a command ends with the call of a shell.
fn ends_with_shell(front: &str, shell: Option<&str>) -> bool {
    let last = front.rsplit(' ').next().unwrap_or("");
    let flag = last.eq_ignore_ascii_case("/c")
        || last.eq_ignore_ascii_case("-command")
        || last.starts_with('-') && last.ends_with('c') && last.len() <= 9;
    flag && last.len() < front.len() || shell.is_some_and(|shell| !shell.is_empty() && front.ends_with(shell))
}

fn joined(patterns: impl Iterator<Item = Option<Pattern>>) -> Option<Pattern> {
    let mut whole = Pattern::default();
    for (index, pattern) in patterns.enumerate() {
        if index > 0 {
            whole.text(" ");
        }
        whole.append(pattern?);
    }
    Some(whole)
}

/// `ARG`: the names; a value may have been passed, or left out.
fn declared(pairs: &[Pair], escape: char) -> Option<Pattern> {
    joined(pairs.iter().map(|pair| {
        let mut pattern = Pattern::word(&pair.name, escape)?;
        pattern.value();
        Some(pattern)
    }))
}

/// `ENV` and `LABEL`: `K=V`, and `K V` as the older builders write it.
fn paired(pairs: &[Pair], escape: char) -> Vec<Pattern> {
    let with = |between: &'static str| {
        joined(pairs.iter().map(|pair| {
            let mut pattern = Pattern::word(&pair.name, escape)?;
            pattern.text(between);
            pattern.append(Pattern::word(pair.value.as_deref()?, escape)?);
            Some(pattern)
        }))
    };
    let old = pairs.iter().any(|pair| pair.form == Form::Space).then(|| with(" ")).flatten();
    with("=").into_iter().chain(old).collect()
}

/// buildah writes the names of all arguments declared so far behind every `ARG`.
fn listed_names(maker: &Agreement<'_>, pairs: &[Pair], said: &str) -> u32 {
    let names: Vec<&str> = said.split(' ').collect();
    let known = names.iter().all(|name| maker.context.arguments.contains(*name));
    let here = pairs.iter().all(|pair| names.contains(&pair.name.as_str()));
    // The more of the declared names it lists, the later the step: that tells two of them apart.
    if known && here && names.len() == maker.context.arguments.len() { weight(said.len()) } else { 0 }
}

fn bracketed(words: &[Text], escape: char) -> Option<Pattern> {
    let mut pattern = Pattern::default();
    pattern.text("[");
    pattern.append(joined(words.iter().map(|word| Pattern::word(word, escape)))?);
    pattern.text("]");
    Some(pattern)
}

/// `COPY` and `ADD`: paths, then heredocs, then the destination.
fn copied(instruction: &Instruction, copy: &Transfer, escape: char) -> Option<Pattern> {
    let paths = copy.sources.iter().filter_map(|source| match source {
        Source::Path(path) => Some(Pattern::word(path, escape)),
        Source::Heredoc(_) => None,
    });
    let docs = copy.sources.iter().filter_map(|source| match source {
        Source::Heredoc(index) => instruction.heredocs.get(*index).map(|doc| {
            let mut pattern = Pattern::default();
            pattern.text(&format!("<<{}", doc.name));
            Some(pattern)
        }),
        Source::Path(_) => None,
    });
    joined(paths.chain(docs).chain([Pattern::word(copy.destination.as_deref()?, escape)]))
}

fn moved_files(maker: &Agreement<'_>, copy: &Transfer, said: &str) -> u32 {
    let said = unflagged(said);
    let full = fitting(maker, said);
    let Some((hash, destination)) = said.split_once(" in ").filter(|_| full == 0) else { return full };
    let hashed = ["file:", "dir:", "multi:"].iter().any(|kind| hash.starts_with(kind)) && !hash.contains(' ');
    let wanted = copy.destination.as_deref().filter(|_| hashed);
    wanted.map_or(0, |wanted| same_place(maker, wanted, destination))
}

/// Without the flags in front.
fn unflagged(mut said: &str) -> &str {
    while said.starts_with("--") {
        let Some((_, rest)) = said.split_once(' ') else { break };
        said = rest;
    }
    said
}

fn directory(maker: &Agreement<'_>, word: &str, said: &str) -> u32 {
    same_place(maker, word, said).max(fitting(maker, said))
}

/// Whether `said` is where `wanted` leads: the same path, or the path behind the working directory.
fn same_place(maker: &Agreement<'_>, wanted: &str, said: &str) -> u32 {
    if wanted == said {
        return weight(wanted.len());
    }
    let (wanted, said) = (wanted.trim_matches(['"', '\'']), said.trim_end_matches('/'));
    if wanted.contains('$') {
        return 0;
    }
    let here = if maker.instruction.keyword == Some(Keyword::Workdir) {
        maker.context.workdir.clone()
    } else {
        moved(maker.context.workdir.as_deref(), wanted)
    };
    let plain = wanted.trim_start_matches("./").trim_end_matches('/');
    let same = plain == said || here.as_deref().is_some_and(|here| here.trim_end_matches('/') == said);
    let relative = !plain.is_empty() && !plain.starts_with(['/', '.']);
    if same || relative && said.strip_suffix(plain).is_some_and(|front| front.ends_with('/')) {
        weight(plain.len())
    } else {
        0
    }
}

/// The directory that `word` leads to from `from`; `None` when it is not certain.
fn moved(from: Option<&str>, word: &str) -> Option<String> {
    let word = word.trim_matches(['"', '\'']);
    if word.contains(['$', '\\', '"', '\'']) {
        return None;
    }
    let start = if word.starts_with('/') { "" } else { from? };
    let mut path: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in word.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    Some(format!("/{}", path.join("/")))
}

/// `CMD` and `ENTRYPOINT`: a printed list; the shell form has the shell in front of its only word.
fn listed(command: &Command, said: &str) -> u32 {
    let Some(list) = printed_list(said) else { return 0 };
    let agrees = match command {
        Command::Exec(words) => list.len() == words.len() && list.iter().zip(words).all(|(a, b)| same(a, b)),
        Command::Shell(text) => list.len() > 1 && list.last().is_some_and(|last| same(last, text)),
    };
    if agrees { weight(said.len()) } else { 0 }
}

fn same(one: &str, other: &str) -> bool {
    squeeze(one) == squeeze(other)
}

fn checked(command: Option<&Command>, said: &str) -> u32 {
    let Some(list) = printed_list(said) else { return 0 };
    let rest = list.get(1..).unwrap_or(&[]);
    let agrees = match (list.first().map(String::as_str), command) {
        (Some("NONE"), None) => true,
        (Some("CMD-SHELL"), Some(Command::Shell(text))) => rest.len() == 1 && same(&rest[0], text),
        (Some("CMD"), Some(Command::Exec(words))) => {
            rest.len() == words.len() && rest.iter().zip(words).all(|(a, b)| same(a, b))
        }
        _ => false,
    };
    if agrees { weight(said.len()) } else { 0 }
}

/// `EXPOSE map[80/tcp:{}]`, `EXPOSE [80/tcp]`, `EXPOSE 80`: every plain port must be named, and no other.
fn exposed(ports: &[Text], said: &str) -> u32 {
    let port = |word: &str| word.trim_end_matches("/tcp").to_ascii_lowercase();
    let inner = said.trim_start_matches("map").trim_matches(['[', ']']);
    let said: Vec<String> = inner.split(' ').map(|word| port(word.trim_end_matches(":{}"))).collect();
    let plain = |text: &&Text| !text.contains(['$', '-', '"', '\'']);
    let wanted: Vec<String> = ports.iter().filter(plain).map(|text| port(text)).collect();
    let open = wanted.len() < ports.len();
    let named = wanted.iter().all(|port| said.contains(port));
    let strange = said.iter().any(|port| !wanted.contains(port));
    match (named, open, strange) {
        (true, false, false) | (true, true, _) if !wanted.is_empty() => weight(inner.len()),
        (true, true, _) => LEAST,
        _ => 0,
    }
}
