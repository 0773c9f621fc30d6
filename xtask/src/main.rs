//! The chores of this repository. `cargo xtask` alone says which there are.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to the person who runs them")]

mod accuracy;
mod bench;
mod compare;
mod components;
mod demo;
mod deny;
mod false_positives;
mod fuzz;
mod package;
mod release;
mod shell;
mod summary;
mod test;

use std::process::ExitCode;

/// A chore: its name, what it is for, and what it does with the arguments after its name.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

const COMMANDS: &[Command] = &[
    Command { name: "test", about: "everything that must hold [--filter TEXT]", run: test::run },
    Command {
        name: "components",
        about: "set up what the end-to-end tests need [NAME…|stop]",
        run: components::run,
    },
    Command { name: "demo", about: "write the images that the README scans", run: demo::run },
    Command { name: "fuzz", about: "fuzz by hand [TARGET] [--seconds N]", run: fuzz::run },
    Command { name: "bench", about: "run the benchmarks, or one [NAME ARGUMENT…]", run: bench::run },
    Command { name: "accuracy", about: "how many secrets are found in any surroundings", run: accuracy::run },
    Command {
        name: "false-positives",
        about: "what a scan says of popular packages [FOLDER…]",
        run: false_positives::run,
    },
    Command { name: "package", about: "pack what is public as for publishing [--verify]", run: package::run },
    Command {
        name: "compare",
        about: "what other scanners say of leaking images [NAME=PROGRAM…]",
        run: compare::run,
    },
    Command { name: "release", about: "archives, packages, checksums [TRIPLE…]", run: release::run },
    Command { name: "deny", about: "check licences and sources of dependencies", run: deny::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        help();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("no chore `{name}`");
        help();
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("cargo xtask CHORE");
    for command in COMMANDS {
        println!("  {:<16}{}", command.name, command.about);
    }
}
