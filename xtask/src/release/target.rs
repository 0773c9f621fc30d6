//! The targets of a release, and how the program is built for one.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell::{cargo, run as finish, target as build_folder};

/// A machine that the program is built for.
#[derive(Debug)]
pub(super) struct Target {
    /// Its name in Rust.
    pub(super) triple: &'static str,
    /// Its architecture in Debian, which is also its name in the platform of an image.
    pub(super) debian: &'static str,
    made: Made,
    /// The C compiler that also links, where the usual one is not for this machine; a package of Debian has it.
    compiler: Option<&'static str>,
    /// The headers of its C library, where that compiler would take another's; a package of Debian has them.
    headers: Option<&'static str>,
}

/// Whether a release has it, or only who asks for it.
#[derive(Debug, PartialEq, Eq)]
enum Made {
    Always,
    WhenAsked,
}

const TARGETS: &[Target] = &[
    Target {
        triple: "x86_64-unknown-linux-musl",
        debian: "amd64",
        made: Made::Always,
        // The C compiler finds `musl-gcc` by itself; as a linker that would ask for a loader.
        compiler: None,
        headers: None,
    },
    Target {
        triple: "aarch64-unknown-linux-musl",
        debian: "arm64",
        made: Made::Always,
        compiler: Some("aarch64-linux-gnu-gcc"),
        headers: Some("/usr/include/aarch64-linux-musl"),
    },
    Target {
        triple: "x86_64-unknown-linux-gnu",
        debian: "amd64",
        made: Made::WhenAsked,
        compiler: None,
        headers: None,
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        debian: "arm64",
        made: Made::WhenAsked,
        compiler: Some("aarch64-linux-gnu-gcc"),
        headers: None,
    },
];

/// The targets of these names, or those of a release.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Target>> {
    if names.is_empty() {
        return Ok(TARGETS.iter().filter(|target| target.made == Made::Always).collect());
    }
    names.iter().map(|name| find(name)).collect()
}

fn find(name: &str) -> Result<&'static Target> {
    let known = || TARGETS.iter().map(|target| target.triple).collect::<Vec<_>>().join(", ");
    TARGETS
        .iter()
        .find(|target| target.triple == name)
        .with_context(|| format!("no target `{name}`: there are {}", known()))
}

impl Target {
    /// Builds the program, and says where it lies.
    pub(super) fn build(&self) -> Result<PathBuf> {
        ensure!(
            self.has_library()?,
            "the standard library for {triple} is not installed: run `rustup target add {triple}`",
            triple = self.triple
        );
        let mut command =
            cargo(&["build", "--release", "--locked", "--package", "tightlip", "--target", self.triple]);
        // With a target named, this reaches the program and not what runs while it is built.
        command.env("RUSTFLAGS", "-C target-feature=+crt-static");
        if let Some(compiler) = self.compiler {
            self.compile_with(&mut command, compiler)?;
        }
        finish(&mut command)?;
        Ok(build_folder().join(self.triple).join("release/tightlip"))
    }

    /// Names the compiler of this target and what it is to read, unless who runs this has.
    fn compile_with(&self, command: &mut Command, compiler: &str) -> Result<()> {
        let triple = self.triple.replace('-', "_");
        let linker = format!("CARGO_TARGET_{}_LINKER", triple.to_uppercase());
        unless_named(command, &format!("CC_{triple}"), compiler);
        unless_named(command, &linker, compiler);
        if let Some(headers) = self.headers {
            unless_named(command, &format!("CFLAGS_{triple}"), &flags(compiler, headers)?);
        }
        Ok(())
    }

    fn has_library(&self) -> Result<bool> {
        let output =
            Command::new("rustc").args(["--print", "target-libdir", "--target", self.triple]).output()?;
        ensure!(output.status.success(), "this Rust does not know {}", self.triple);
        Ok(Path::new(String::from_utf8(output.stdout)?.trim()).is_dir())
    }
}

fn unless_named(command: &mut Command, name: &str, value: &str) {
    if std::env::var_os(name).is_none() {
        command.env(name, value);
    }
}

/// What makes a compiler read the headers of another C library, beside its own.
fn flags(compiler: &str, headers: &str) -> Result<String> {
    ensure!(Path::new(headers).is_dir(), "there is no {headers}: install `musl-dev` of that machine");
    let output = Command::new(compiler).arg("-print-file-name=include").output();
    let output = output.with_context(|| format!("cannot start {compiler}"))?;
    ensure!(output.status.success(), "{compiler} does not say where its headers lie");
    let own = String::from_utf8(output.stdout)?;
    Ok(format!("-nostdinc -isystem {headers} -isystem {}", own.trim()))
}
