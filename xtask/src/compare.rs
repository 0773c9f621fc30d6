//! `cargo xtask compare [NAME=PROGRAM…]`: what tightlip and other scanners say of images that leak in one way each.
//!
//! The other programs are those of this machine: `kingfisher` and `credsweeper` from the path, or where an argument says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};

use crate::shell::{cargo, run as finish, target};

/// A scanner: how it is called, and how its answer is read.
struct Tool {
    name: &'static str,
    call: fn(&mut Command, &Path),
    answer: fn(&Output, &str) -> Answer,
}

/// What a scanner says of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It found the token.
    Found,
    /// It says that there is nothing.
    Clean,
    /// It says that it could not read everything, or fails.
    Unsure,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "tightlip",
        call: |command, image| {
            command.args(["scan", "--no-cache", "--quiet"]).arg(image);
        },
        answer: |output, _| match output.status.code() {
            Some(0) => Answer::Clean,
            Some(1) => Answer::Found,
            _ => Answer::Unsure,
        },
    },
    Tool {
        name: "kingfisher",
        call: |command, image| {
            command.args(["scan", "docker", "--no-validate", "--no-update-check", "--archive"]).arg(image);
        },
        answer: printed,
    },
    Tool {
        name: "credsweeper",
        call: |command, image| {
            command
                .args([
                    "--depth",
                    "10",
                    "--pedantic",
                    "--ml_threshold",
                    "0",
                    "--stdout",
                    "--no-color",
                    "--path",
                ])
                .arg(image);
        },
        answer: printed,
    },
];

/// Other scanners print what they find.
fn printed(output: &Output, token: &str) -> Answer {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    if String::from_utf8_lossy(&said).contains(token) {
        Answer::Found
    } else if output.status.success() {
        Answer::Clean
    } else {
        Answer::Unsure
    }
}

/// Makes the images, asks every scanner that is there, and prints a table.
///
/// # Errors
/// When the images cannot be made, and when tightlip calls an image that leaks clean, or the clean one leaking.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let rows = images()?;
    finish(&mut cargo(&["build", "--quiet", "--locked", "--package", "tightlip"]))?;
    let tools = tools(arguments)?;
    println!("| what leaks | {} |", tools.iter().map(|(tool, _)| tool.name).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---|".repeat(tools.len()));
    let mut wrong = Vec::new();
    for (image, way, token) in &rows {
        let mut cells = Vec::new();
        for (tool, program) in &tools {
            let answer = tool.ask(program, image, token)?;
            let right = if way == "nothing leaks" { Answer::Clean } else { Answer::Found };
            if tool.name == "tightlip" && answer != right {
                wrong.push(format!("{way}: {}", answer.name()));
            }
            cells.push(answer.name());
        }
        println!("| {way} | {} |", cells.join(" | "));
    }
    ensure!(wrong.is_empty(), "tightlip is wrong about {}", wrong.join(", "));
    Ok(())
}

impl Answer {
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Clean => "“clean”",
            Self::Unsure => "error",
        }
    }
}

impl Tool {
    fn ask(&self, program: &Path, image: &Path, token: &str) -> Result<Answer> {
        let mut command = Command::new(program);
        (self.call)(&mut command, image);
        let output = command.output().with_context(|| format!("cannot start {}", program.display()))?;
        Ok((self.answer)(&output, token))
    }
}

/// The scanners that are there, with their programs.
fn tools(arguments: &[String]) -> Result<Vec<(&'static Tool, PathBuf)>> {
    let mut given = Vec::new();
    for argument in arguments {
        let (name, path) = argument.split_once('=').context("usage: compare [NAME=PROGRAM…]")?;
        let known = TOOLS.iter().any(|tool| tool.name == name);
        if !known {
            bail!(
                "no scanner `{name}`: there are {}",
                TOOLS.iter().map(|t| t.name).collect::<Vec<_>>().join(", ")
            );
        }
        given.push((name, PathBuf::from(path)));
    }
    let mut found = Vec::new();
    for tool in TOOLS {
        let own = (tool.name == "tightlip").then(|| target().join("debug/tightlip"));
        let named = given.iter().find(|(name, _)| *name == tool.name).map(|(_, path)| path.clone());
        match own.or(named).or_else(|| on_path(tool.name)) {
            Some(program) => found.push((tool, program)),
            None => println!("{} is not on this machine", tool.name),
        }
    }
    Ok(found)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Every image: its file, the way it leaks, its token.
fn images() -> Result<Vec<(PathBuf, String, String)>> {
    let folder = target().join("mechanisms");
    let mut command = cargo(&["run", "--quiet", "--locked", "--package", "tightlip-testkit", "--example"]);
    let output = command.args(["mechanisms", "--"]).arg(&folder).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let mut next = || parts.next().with_context(|| format!("cannot read `{line}`"));
            Ok((PathBuf::from(next()?), next()?, next()?))
        })
        .collect()
}
