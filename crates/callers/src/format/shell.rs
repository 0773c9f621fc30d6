//! Shell scripts.

use tightlip_dockerfile::{Edit, Text};

use super::{Format, file_name};
use crate::command::{self, Exports};
use crate::dialect::Dialect;
use crate::script::{self, Setting};
use crate::{Call, Callers, Move, Refusal, Source};

pub(super) static FORMAT: Format =
    Format { name: "shell", what: "a shell script", claims, read, to_secret, grant: command::grant };

fn claims(source: &Source<'_>) -> bool {
    let name = file_name(source.path);
    let ending = [".sh", ".bash", ".zsh", ".ksh"].iter().any(|end| name.ends_with(end));
    let first = source.text.lines().next().unwrap_or("");
    let shells = ["sh", "bash", "dash", "zsh", "ksh"];
    let program =
        first.strip_prefix("#!").map(|line| line.split(['/', ' ']).any(|word| shells.contains(&word)));
    ending || program == Some(true)
}

fn read(source: &Source<'_>) -> Callers {
    let found = script::calls(source, &Text::verbatim(source.text, 0), Dialect::Plain, &Setting::default());
    Callers { calls: found.calls, problems: found.problems, elsewhere: Vec::new() }
}

fn to_secret(source: &Source<'_>, call: &Call, wanted: &Move<'_>) -> Result<Vec<Edit>, Refusal> {
    command::to_secret(source, call, wanted, &Exports::InFront)
}
