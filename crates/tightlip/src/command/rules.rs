//! `tightlip rules`: the kinds of secrets that are recognised, and the rule packs that users bring.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args as Arguments, Subcommand};
use tightlip_engine::{PackText, Rule, ScanError, Trial, extends, import, load_rules, rules, trial};
use tightlip_report::plain;

use crate::outcome::Outcome;
use crate::terminal::nearest;

/// A pack larger than this is none, in bytes.
const LARGEST: u64 = 16 << 20;
/// Packs that build on packs are followed so deep; one that builds on itself has no end.
const DEEPEST: usize = 8;

/// The arguments of `rules`.
#[derive(Debug, Arguments)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
enum Action {
    /// One line for each kind of secret that is recognised
    List(List),
    /// Look for the rules of a pack in its own examples: exit code 0 if all is as it says, 1 if not
    Test(Test),
    /// Convert the pack of another scanner into a rule file of tightlip
    Import(Import),
}

#[derive(Debug, Arguments)]
struct List {
    /// Only rules whose identifier, title or provider contains this
    filter: Option<String>,
    /// A rule pack whose rules are listed too; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
}

#[derive(Debug, Arguments)]
struct Test {
    /// The rule pack
    #[arg(required = true)]
    file: Vec<PathBuf>,
}

#[derive(Debug, Arguments)]
struct Import {
    /// The rule pack
    file: PathBuf,
    /// Where to write it [default: standard output]
    #[arg(long, short, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Does what the arguments say.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.action {
        None => list(&args.list),
        Some(Action::List(args)) => list(args),
        Some(Action::Test(args)) => test(args),
        Some(Action::Import(args)) => convert(args),
    }
}

/// Reads rule packs.
pub(crate) fn packs(files: &[PathBuf]) -> Result<Vec<PackText>> {
    files.iter().map(|file| pack(file)).collect()
}

/// A pack with those that it builds on. As with Gitleaks, a pack names them as seen from the working directory; where
/// there is no such file, as seen from its own directory.
fn pack(file: &Path) -> Result<PackText> {
    let mut files = vec![file.to_owned()];
    let mut packs = vec![read(file)?];
    while let Some((named, above)) = packs.last().and_then(extends).zip(files.last()) {
        let beside = above.parent().unwrap_or(Path::new("")).join(&named);
        let named = PathBuf::from(named);
        let next = if named.exists() { named } else { beside };
        anyhow::ensure!(
            packs.len() < DEEPEST,
            "cannot read {}: packs that build on packs are read {DEEPEST} deep",
            next.display()
        );
        packs.push(read(&next).with_context(|| format!("{} builds on it", above.display()))?);
        files.push(next);
    }
    let base = packs
        .split_off(1)
        .into_iter()
        .rev()
        .fold(None, |base, pack| Some(Box::new(PackText { base, ..pack })));
    let own = packs.pop().context("a pack is itself")?;
    Ok(PackText { base, ..own })
}

fn read(file: &Path) -> Result<PackText> {
    let name = file.display().to_string();
    let size = std::fs::metadata(file).with_context(|| format!("cannot read {name}"))?.len();
    anyhow::ensure!(
        size <= LARGEST,
        "cannot read {name}: a rule pack of {size} bytes is more than {LARGEST}"
    );
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    Ok(PackText::new(&name, &text))
}

/// Prints one line per rule.
fn list(args: &List) -> Result<Outcome> {
    let wanted = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let rules = rules(&packs(&args.rules)?)?;
    let words = |rule: &Rule| format!("{} {} {}", rule.id, rule.title, rule.provider).to_lowercase();
    if !rules.iter().any(|rule| words(rule).contains(&wanted)) {
        let all: Vec<String> = rules.iter().map(|rule| words(rule)).collect();
        let known = all.iter().flat_map(|words| words.split_whitespace());
        let hint =
            nearest(&wanted, known).map(|word| format!("\nDid you mean `{word}`?")).unwrap_or_default();
        bail!(
            "no rule holds `{wanted}` in its identifier, title or provider{hint}\nList all with: tightlip rules"
        );
    }
    let mut out = std::io::BufWriter::new(crate::out::stdout());
    for rule in rules {
        if words(rule).contains(&wanted) {
            writeln!(out, "{:<44} {:<5} {}", plain(rule.id), rule.level.name(), plain(rule.title))?;
        }
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// Prints what came of the examples, and what was passed over.
fn test(args: &Test) -> Result<Outcome> {
    let packs = packs(&args.file)?;
    let loaded = load_rules(&packs)?;
    let trials = trial(&packs).map_err(ScanError::from)?;
    let wrong = trials.iter().filter(|trial| !trial.wrong.is_empty()).count();
    let mut text = String::new();
    for trial in &trials {
        writeln!(text, "{}", row(trial))?;
        for what in &trial.wrong {
            writeln!(text, "      {}", plain(what))?;
        }
    }
    let bare = trials.iter().filter(|trial| trial.hits == 0).count();
    writeln!(text, "\n{} rules, {wrong} not as their examples say, {bare} without an example", trials.len())?;
    for note in &loaded.notes {
        writeln!(text, "note: {}", plain(&note.to_string()))?;
    }
    crate::out::stdout().write_all(text.as_bytes())?;
    Ok(if wrong == 0 { Outcome::Clean } else { Outcome::Leaking })
}

fn row(trial: &Trial) -> String {
    let verdict = match (trial.wrong.is_empty(), trial.hits) {
        (false, _) => "wrong",
        (true, 0) => "bare",
        (true, _) => "ok",
    };
    format!("{verdict:<5} {:<44} {:>3} hits {:>3} misses", plain(trial.rule.id), trial.hits, trial.misses)
}

/// Writes the pack in our own form.
fn convert(args: &Import) -> Result<Outcome> {
    let text = import(&pack(&args.file)?).map_err(ScanError::from)?;
    match &args.output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?
        }
        None => crate::out::stdout().write_all(text.as_bytes())?,
    }
    Ok(Outcome::Clean)
}
