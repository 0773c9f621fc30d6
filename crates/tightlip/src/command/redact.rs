//! `tightlip redact`: a filter that masks secrets in a log while it passes.

use std::io;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args as Arguments;
use tightlip_engine::Redactor;

use crate::config::{Baselines, PolicyOptions};
use crate::known::Known;
use crate::outcome::Outcome;
use crate::terminal;

/// The arguments of `redact`.
#[derive(Debug, Arguments)]
#[command(after_help = "\
Example: docker build . 2>&1 | tightlip redact --known-env NPM_TOKEN

Known values are masked in every encoding, tokens and passwords that the rules recognise as they stand. Lines come out
as soon as they are whole. BuildKit's --progress=rawjson stays rawjson.

Exit codes: 0 everything was passed on, masked; 1 with --fail, something was masked; 2 could not run; 3 a line of rawjson
was too long to be opened, and was masked as it stands.")]
pub(crate) struct Args {
    #[command(flatten)]
    known: Known,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Mask known values and nothing else: no token is recognised, and no rule can be wrong
    #[arg(long, conflicts_with = "rules")]
    only_known: bool,
    #[command(flatten)]
    config: PolicyOptions,
    /// Exit with 1 if something was masked: whatever printed it may print it elsewhere too
    #[arg(long)]
    fail: bool,
    /// Do not say at the end what was masked
    #[arg(long, short)]
    quiet: bool,
}

/// Passes standard input on to standard output.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let config = args.config.load(Baselines::Ignored)?;
    let ((mut known, refused), (of_policy, missing)) = (args.known.read()?, config.known());
    known.extend(of_policy);
    refused.iter().chain(&missing).for_each(|line| terminal::note(line));
    let redactor = match args.only_known {
        true if known.is_empty() => {
            bail!("--only-known without a known value masks nothing\nName one with --known-env")
        }
        true => Redactor::of_values(&known)?,
        false => Redactor::new(&known, &config.packs(&args.rules)?)?,
    };
    // Who reads no more has what is read: nothing else is to be told.
    let masked = match redactor.pass(io::stdin(), &mut io::stdout().lock()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Outcome::Clean),
        masked => masked?,
    };
    if !args.quiet {
        for (rule, title, count) in masked.kinds() {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            terminal::note(&format!("masked {times}: {title} ({rule})"));
        }
    }
    if masked.unopened() > 0 {
        terminal::note(&format!(
            "not opened, because they are too long: {} lines of rawjson; of what is encoded in them only known values were masked\n\
            Name the secrets of the build: --known-env NAME",
            masked.unopened()
        ));
    }
    Ok(match masked.unopened() {
        _ if args.fail && masked.places() > 0 => Outcome::Leaking,
        0 => Outcome::Clean,
        _ => Outcome::Unproven,
    })
}
