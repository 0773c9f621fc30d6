//! Every row of the lints' table of tools that write down what they are told: what it predicts is what a proof sees in a
//! real build, and what the tool itself does where this machine has it.

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tightlip_dockerfile::flow::{Effects, Fate, Setting, Sink, Tool, Writer};
use tightlip_dockerfile::shell::{Interpreter, Script};
use tightlip_dockerfile::{Document, Scopes};
use tightlip_e2e::idioms::STEPS;
use tightlip_e2e::{Docker, clients, github_token, prove};

use table::{By, NOT_SHOWN, ROWS, Row};

/// So many rows share a step: each has a secret of its own.
const IN_ONE_STEP: usize = 16;
/// What each program is called by is what it appends to the file that it is told.
const STAND_IN: &str = "#!/bin/sh\n[ -d \"$WRITES\" ] && WRITES=$WRITES/file\nmkdir -p \"$(dirname \"$WRITES\")\"\n\
    { echo \"$@\"; cat; for a; do [ -f \"${a#--*=}\" ] && cat \"${a#--*=}\"; done; } > /told\n\
    cat /told >> \"$WRITES\"; rm /told\n";

/// A command with a variable of its own for the secret.
fn with_secret(row: &Row, name: &str) -> String {
    row.command.replace("$S", &format!("${{{name}}}"))
}

#[test]
fn every_row_of_the_table_has_a_call_or_a_reason() {
    let table: BTreeSet<&str> = Tool::all().iter().map(|tool| tool.call).collect();
    let tried: BTreeSet<&str> =
        ROWS.iter().map(|row| row.call).chain(NOT_SHOWN.iter().map(|(call, _)| *call)).collect();
    assert_eq!(tried, table);
    assert_eq!(ROWS.len() + NOT_SHOWN.len(), Tool::all().len(), "each once");
}

#[test]
fn what_a_call_writes_is_predicted() -> Result<()> {
    for row in ROWS {
        let command = with_secret(row, "S");
        let source =
            format!("FROM bb\nENV HOME=/root\nWORKDIR /app\nRUN --mount=type=secret,id=s,env=S {command}\n");
        let found = predicted(&source)?;
        let fits = |path: &&String| row.file == path.as_str() || row.file.starts_with(&format!("{path}/"));
        let own = found.iter().find(|(path, _)| fits(path)).map(|(_, call)| *call);
        ensure!(own == Some(row.call), "{}: {found:?}", row.command);
    }
    Ok(())
}

/// The files that tools write, and the row of each.
fn predicted(source: &str) -> Result<BTreeMap<String, &'static str>> {
    let document = Document::parse(source);
    let scopes = Scopes::of(&document, BTreeMap::new());
    let last = document.instructions().len() - 1;
    let instruction = document.instructions().get(last).context("a RUN")?;
    let script = Script::of(instruction, &Interpreter::Posix).context("a script")?;
    let effects = Effects::of(&script, &Setting::at(&document, &scopes, last));
    let stored = effects.flows.into_iter().filter_map(|flow| match flow.sink {
        Sink::Stored(stored) if stored.fate == Fate::Stays => Some(stored),
        _ => None,
    });
    let by_tools = stored.filter_map(|stored| match stored.by {
        Writer::Tool(tool) => Some((stored.path, tool.call)),
        Writer::Redirect | Writer::Program => None,
    });
    Ok(by_tools.collect())
}

#[test]
fn every_row_leaks_in_a_real_build_where_it_is_predicted_to() -> Result<()> {
    let Some(docker) = Docker::get()? else { return Ok(()) };
    let programs: BTreeSet<&str> = ROWS.iter().flat_map(|row| programs(row.command)).collect();
    let programs = programs.into_iter().collect::<Vec<_>>().join(" ");
    let mut dockerfile = format!(
        "FROM bb\nCOPY --chmod=755 tool /bin/tool\nRUN for t in {programs}; do ln -sf tool /bin/$t; done\n\
        ENV HOME=/root\nWORKDIR /app\n"
    );
    for (batch, rows) in ROWS.chunks(IN_ONE_STEP).enumerate() {
        let mut step = "RUN".to_owned();
        for (number, _) in rows.iter().enumerate() {
            let id = batch * IN_ONE_STEP + number;
            write!(step, " --mount=type=secret,id=row_{id},env=S_{id}")?;
        }
        for (number, row) in rows.iter().enumerate() {
            let id = batch * IN_ONE_STEP + number;
            let command = with_secret(row, &format!("S_{id}"));
            write!(step, " \\\n  && (export WRITES={}; mkdir -p c3 c4; {command})", row.file)?;
        }
        dockerfile.push_str(&step.replacen(" \\\n  && ", " \\\n  ", 1));
        dockerfile.push('\n');
    }
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("Dockerfile"), &dockerfile)?;
    std::fs::write(folder.path().join("tool"), STAND_IN)?;
    let lend = |command: &mut Command| {
        docker.lend(command);
        Ok(())
    };
    let proof = prove(&lend, folder.path(), &[])?;
    let mut wrong = Vec::new();
    for (id, row) in ROWS.iter().enumerate() {
        let secret = proof.secret(&format!("row_{id}"))?;
        let file = row.file.trim_start_matches('/');
        let there = secret.files().iter().any(|path| *path == file || path.starts_with(&format!("{file}/")));
        if secret.answer() != "leaks" || !there {
            wrong.push(format!("{}: {} {:?}", row.command, secret.answer(), secret.files()));
        }
    }
    ensure!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), proof.stderr);
    Ok(())
}

/// The programs of a command: the words that stand where one is called.
fn programs(command: &str) -> Vec<&str> {
    let calls = command.split(" | ").flat_map(|part| part.split(" && "));
    let names = calls.filter_map(|call| call.split_whitespace().find(|word| !word.contains('=')));
    names.filter(|name| !["printf", "echo", "cd", "rm"].contains(name)).collect()
}

#[test]
fn the_tools_themselves_write_where_the_table_says() -> Result<()> {
    let Some([crane, _]) = clients()? else { return Ok(()) };
    let crane = crane.parent().context("a folder of programs")?;
    let path = format!("{}:{}", crane.display(), std::env::var("PATH").unwrap_or_default());
    let mut tried = BTreeSet::new();
    for row in ROWS.iter().filter(|row| row.by == By::Tool) {
        let program = *programs(row.command).first().context("a program")?;
        let mut look = Command::new("sh");
        look.args(["-c", "command -v \"$1\"", "_", program]).env("PATH", &path);
        if !look.output()?.status.success() {
            continue;
        }
        let root = tempfile::tempdir()?;
        let token = github_token();
        let written = run_here(row, (root.path(), &path), &token)?;
        let there = written.contains(&token) || written.contains(&as_login(&token)?);
        ensure!(there, "{} does not write {}", row.command, row.file);
        tried.insert(program);
    }
    ensure!(tried.contains("git") && tried.contains("crane"), "only {tried:?} are here");
    Ok(())
}

/// How Docker's configuration keeps a password.
fn as_login(password: &str) -> Result<String> {
    let script = "printf u:%s \"$1\" | base64 -w 0";
    let output = Command::new("sh").args(["-c", script, "_", password]).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a call on this machine, with folders of its own in the place of the usual ones, and reads what it wrote.
fn run_here(row: &Row, (root, path): (&Path, &str), token: &str) -> Result<String> {
    let inside = |path: &str| format!("{}{path}", root.display());
    for folder in ["/root", "/app", "/etc", "/src"] {
        std::fs::create_dir_all(inside(folder))?;
    }
    let repository = inside("/src/repo.git");
    let call = row.command.replace("/src/repo.git", &repository);
    let script = format!("git init -q --bare {repository}\n{call}");
    let mut command = Command::new("sh");
    command.args(["-ec", &script]).current_dir(inside("/app")).env_clear();
    command.env("PATH", path).env("HOME", inside("/root")).env("S", token);
    // Settings of this machine lead elsewhere; a version manager has to find what it manages.
    command.env("GIT_CONFIG_SYSTEM", inside("/etc/gitconfig"));
    command.envs(std::env::vars().filter(|(name, _)| name == "PYENV_ROOT" || name == "PYENV_VERSION"));
    let output = command.output()?;
    let file = inside(row.file);
    std::fs::read_to_string(&file)
        .with_context(|| format!("{}: no {file}: {}", row.command, String::from_utf8_lossy(&output.stderr)))
}

/// What the steps that `fixes` and `prove` build have of each recipe. Tools that `build_tools` knows write nothing down:
/// it only says which variables they read.
const RECIPES: &[(&str, &str)] = &[
    ("aws", "aws configure set"),
    ("build_tools", ""),
    ("bundler", "bundle config"),
    ("cargo", "cargo login"),
    ("composer", "composer config"),
    ("gcloud", "gcloud auth"),
    ("git", "git clone"),
    ("github", "gh auth login"),
    ("go", "go env -w"),
    ("gradle", "gradle.properties"),
    ("huggingface", "huggingface-cli login"),
    ("maven", "settings.xml"),
    ("npm", "npm config set"),
    ("nuget", "dotnet nuget add source"),
    ("pip", "pip config set"),
    ("poetry", "poetry config"),
    ("removal", ".netrc"),
    ("uv", "uv auth login"),
    ("yarn", "yarn config set"),
];

#[test]
fn every_recipe_has_a_step_that_is_built_before_and_after() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/engine/src/lint/mend/recipe");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").filter(|name| *name != "mod").map(str::to_owned));
    }
    assert_eq!(names, RECIPES.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>());
    for (name, part) in RECIPES {
        ensure!(STEPS.iter().any(|step| step.contains(part)), "no step for {name}");
    }
    Ok(())
}
