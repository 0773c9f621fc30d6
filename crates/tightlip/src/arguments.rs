//! Reads the command line.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser};
use tightlip_engine::health::docker_may_answer;
use tightlip_report::plain;

use crate::command::Command;
use crate::outcome::Outcome;
use crate::{plugin, sources, terminal};

/// Finds, prevents and removes secrets in container images.
#[derive(Debug, Parser)]
#[command(name = "tightlip", version, about, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 clean, 1 leaking, 2 could not run, 3 unproven (something was not read)."
)]
pub(crate) struct Arguments {
    /// Colour on the terminal; NO_COLOR and CLICOLOR_FORCE are heeded too
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    pub(crate) color: String,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What `docker` itself was given, when it called.
    #[arg(skip)]
    pub(crate) docker: Vec<OsString>,
}

/// The arguments, or how the run ends without any work.
pub(crate) fn parse() -> Result<Arguments, Outcome> {
    let (arguments, docker) = match plugin::call(std::env::args_os().collect()) {
        plugin::Call::Command { arguments, docker } => (arguments, docker),
        plugin::Call::Metadata => return Err(plugin::metadata()),
        plugin::Call::Hook(data) => return Err(plugin::hook(&data)),
    };
    let parsed = Arguments::try_parse_from(help_first(arguments.into_iter()));
    let parsed = parsed.map(|parsed| Arguments { docker, ..parsed });
    parsed.inspect(|arguments| terminal::colour(&arguments.color)).map_err(|error| {
        let shown = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        // A help text that nobody reads on is no failure.
        let _ = error.print();
        if let Some(hint) = hint(&error) {
            let _ = writeln!(std::io::stderr(), "\nhelp: {}", plain(&hint));
        }
        if shown { Outcome::Clean } else { Outcome::Failed }
    })
}

/// `help COMMAND` is what many people type for `COMMAND --help`.
fn help_first(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = given.collect();
    if words.get(1).is_some_and(|word| word == "help") {
        words.remove(1);
        words.push("--help".into());
    }
    words
}

/// What was meant, where what was typed is no command.
fn hint(error: &clap::Error) -> Option<String> {
    let typed = match error.get(ContextKind::InvalidSubcommand)? {
        ContextValue::String(typed) => typed,
        _ => return None,
    };
    let path = Path::new(typed);
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if path.exists() && (path.is_dir() || name.contains("dockerfile") || name.contains("compose")) {
        return Some(format!("look at what builds an image with: tightlip lint {typed}"));
    }
    let is_target = path.exists() || typed.contains([':', '/', '@']);
    is_target.then(|| format!("look into an image with: tightlip scan {typed}"))
}

/// What tightlip says when it is called without a command: what there is, and what to do here.
pub(crate) fn greet() -> anyhow::Result<Outcome> {
    let mut out = crate::out::stdout();
    write!(out, "{}\nStart here:\n", Arguments::command().render_help())?;
    let docker = docker_may_answer(&sources::usual());
    for (command, what) in next_steps(builds_here(Path::new(".")).as_deref(), docker.then_some("docker")) {
        writeln!(out, "  {command:<34} {what}")?;
    }
    Ok(Outcome::Clean)
}

/// What to do, the nearest first.
fn next_steps(builds: Option<&str>, daemon: Option<&str>) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    if let Some(name) = builds {
        steps.push(("tightlip lint".to_owned(), format!("will building {} leak?", plain(name))));
    }
    match daemon {
        Some(_) => steps
            .push(("tightlip scan docker:NAME".to_owned(), "does an image of your Docker leak?".to_owned())),
        None => {
            steps.push(("docker save NAME | tightlip scan -".to_owned(), "does an image leak?".to_owned()))
        }
    }
    steps.push(("tightlip scan HOST/NAME:TAG".to_owned(), "does an image in a registry leak?".to_owned()));
    steps.push(("tightlip demo".to_owned(), "how secrets leak, and what prevents it, live".to_owned()));
    steps.push(("tightlip doctor".to_owned(), "is everything in order that tightlip works with?".to_owned()));
    steps
}

/// The file in a folder that builds an image.
fn builds_here(folder: &Path) -> Option<String> {
    let names = [
        "Dockerfile",
        "Containerfile",
        "docker-compose.yml",
        "compose.yaml",
        "compose.yml",
        "docker-bake.hcl",
    ];
    names.iter().find(|name| folder.join(name).is_file()).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_steps_are_those_that_can_be_taken_here() {
        let commands = |builds: Option<&str>, daemon: Option<&str>| {
            next_steps(builds, daemon).into_iter().map(|(command, _)| command).collect::<Vec<_>>()
        };
        assert_eq!(
            commands(Some("Dockerfile"), Some("docker"))[..2],
            ["tightlip lint", "tightlip scan docker:NAME"]
        );
        assert_eq!(commands(None, None)[0], "docker save NAME | tightlip scan -");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(builds_here(folder.path()), None);
        std::fs::write(folder.path().join("compose.yaml"), "").unwrap();
        assert_eq!(builds_here(folder.path()).as_deref(), Some("compose.yaml"));
    }

    #[test]
    fn help_may_come_first() {
        let words = |text: &str| help_first(text.split(' ').map(OsString::from));
        assert_eq!(words("tightlip help scan"), words("tightlip scan --help"));
        assert_eq!(words("tightlip scan help"), ["tightlip", "scan", "help"]);
    }
}
