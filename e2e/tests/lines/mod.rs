//! Lines of shell that handle a secret, and where it is predicted to go in each.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use tightlip_dockerfile::flow::{Effects, Fate, Setting, Sink};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Kind, Scopes};

/// What each line is given.
pub(crate) const MOUNTS: &str =
    "--mount=type=secret,id=T,env=T --mount=type=secret,id=t --mount=type=tmpfs,target=/scratch";

/// Lines that the shell of busybox runs. Each is a `RUN` of its own image, with `T` and `/run/secrets/t`.
pub(crate) const LINES: &[&str] = &[
    "true",
    "test -n \"$T\" && wc -c /run/secrets/t",
    "echo \"auth=$T\" > ~/.npmrc",
    "cat /run/secrets/t >> /root/.netrc",
    "cp /run/secrets/t /root/id && cp /run/secrets/t /opt-key",
    "dd if=/run/secrets/t of=/k",
    "A=$(cat /run/secrets/t); B=\"x$A\" && echo ${B#x} > /x",
    "read -r A < /run/secrets/t || true; echo $A > /x",
    "while read -r l || [ -n \"$l\" ]; do echo \"$l\"; done < /run/secrets/t > /x",
    "echo $T | tee /x > /dev/null",
    "echo @T@ > /c && sed -i \"s/@T@/$T/\" /c",
    "tar cf /k.tar -C / run/secrets/t",
    "{ echo a; echo $T; } > /x 2>&1",
    "save() { echo \"$1\" > /x; }; save \"$T\"",
    "sh -c \"echo $T > /x\" && sh -c 'echo \"$1\" > /y' _ \"$T\"",
    "eval \"echo $T > /x\"",
    "env > /env.txt",
    "for f in /a /b; do echo $T > $f; done; rm /a",
    "ln -s /run/secrets/t /k && cat /k > /x",
    "echo $T > /k && mv /k /l",
    "echo $T > ~/.npmrc && true && rm -f ~/.npmrc",
    "trap 'rm -f /k' EXIT; echo $T > /k; true",
    "echo $T > /k; false && rm /k; true",
    "mkdir /s && cp /run/secrets/t /s/t && rm -rf /s",
    "echo $T > /k && : > /k",
    "echo $T > /scratch/k && echo $T > /dev/null",
    "echo $T",
    "cat /run/secrets/t >&2",
    "env",
    "set -x; test -n \"$T\"",
    "cat > /n <<E\npassword $T\nE",
    "cat > /n <<'E'\npassword $T\nE",
    "<<E\ncd /root\necho $T > key\nE",
];

/// The files that keep a secret, and whether the log shows one. What may go is predicted to stay: every such line
/// here is written so that it does.
pub(crate) fn predicted(source: &str) -> Result<(BTreeSet<String>, bool)> {
    let document = Document::parse(source);
    let scopes = Scopes::of(&document, BTreeMap::new());
    let last = document.instructions().len() - 1;
    let instruction = document.instructions().get(last).context("a RUN")?;
    ensure!(matches!(instruction.kind, Kind::Run(_)));
    let script = Script::of(instruction, &Interpreter::Posix).context("a script")?;
    ensure!(script.problems.is_empty(), "{:?}", script.problems);
    let effects = Effects::of(&script, &Setting::at(&document, &scopes, last));
    let mut files = BTreeSet::new();
    let mut log = false;
    for flow in effects.flows {
        match flow.sink {
            Sink::Stored(stored) if matches!(stored.fate, Fate::Stays | Fate::RemovedPerhaps(_)) => {
                // Nobody set a working directory in the base image.
                files.insert(stored.path.replacen("$PWD", "", 1));
            }
            Sink::Log(_) => log = true,
            Sink::Stored(_) | Sink::Program(_) => {}
        }
    }
    Ok((files, log))
}
