//! `tightlip demo`: three builds with a secret, live: two leak, one does not.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args as Arguments;
use data_encoding::HEXLOWER;
use tightlip_report::Level;

use crate::demo::docker::Docker;
use crate::demo::{Kitchen, cook, walk};
use crate::outcome::Outcome;
use crate::{key, terminal};

/// The arguments of `demo`.
#[derive(Debug, Arguments)]
#[command(
    after_help = "The secret is made up for each run. With Docker the images are built, scanned and removed again; without, they are\n\
    made in memory."
)]
pub(crate) struct Args {
    /// Make the images in memory, also where there is Docker
    #[arg(long, visible_alias = "offline")]
    no_docker: bool,
    /// The base image of the builds; it needs a shell
    #[arg(long, value_name = "IMAGE", default_value = "busybox", conflicts_with = "no_docker")]
    base: String,
    /// Write the images to files in this folder, without Docker
    #[arg(long, value_name = "DIR", conflicts_with = "base")]
    keep: Option<PathBuf>,
}

/// Walks through the three.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let key = key::identity()?;
    let tail = random()?;
    let value = format!("orchid-{tail}");
    let mut kitchen = Kitchen::Memory(args.keep.clone());
    let mut served = None;
    if !args.no_docker && args.keep.is_none() {
        match Docker::find(&args.base, &tail) {
            Some(docker) => {
                terminal::note("building three small images with Docker…");
                let real = Kitchen::Docker(docker);
                match cook(&real, &value) {
                    Ok(built) => (kitchen, served) = (real, Some(built)),
                    Err(why) => terminal::note(&format!("{why:#}: the images are made in memory instead")),
                }
            }
            None => terminal::note("there is no docker on the path: the images are made in memory"),
        }
    }
    let served = match served {
        Some(served) => served,
        None => cook(&kitchen, &value)?,
    };
    let text = walk(&kitchen, &served, &value, (&key, &terminal::style(Level::Deny)))?;
    crate::out::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Clean)
}

/// Ten hexadecimal digits that nobody had before.
fn random() -> Result<String> {
    let mut bytes = [0; 5];
    getrandom::fill(&mut bytes)
        .map_err(|e| anyhow::anyhow!("{e}"))
        .context("the system gives no random bytes")?;
    Ok(HEXLOWER.encode(&bytes))
}
