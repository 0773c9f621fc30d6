//! How a target is read: the arguments that every command has which scans one.

use std::io;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use tightlip_engine::{
    CacheFolder, DockerfileText, Explored, Pipe, Request, Shown, Watch as _, explore, explore_stream, scan,
    scan_stream, show,
};
use tightlip_report::{Remark, Report};

use crate::config::{Baselines, Config, PolicyOptions};
use crate::known::Known;
use crate::sources::Sources;
use crate::terminal::{Manner, Progress, note};
use crate::{cache, key};

/// What of the command line asks for values.
const ASKED: &str = "known values";

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// The Dockerfile that the image was built from: findings then name its lines
    #[arg(long, value_name = "FILE")]
    dockerfile: Option<PathBuf>,
    /// The base image: its layers are labelled, and read all the same
    #[arg(long, value_name = "TARGET")]
    base: Option<String>,
    /// A rule pack to search for besides the built-in rules; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// How many layers are read at once [default: the number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Say nothing beside the report
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    pub(crate) config: PolicyOptions,
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    cache: cache::Options,
}

impl Reading {
    /// Scans a target and applies the policy; none if the user ended it.
    pub(crate) fn scan(&self, target: &str, baselines: Baselines) -> Result<Option<(Report, Config)>> {
        let config = self.config.load(baselines)?;
        let mut notes = Vec::new();
        let report = self.run((target, &config), &mut notes, |request, progress| match target {
            "-" => scan_stream(&standard_input(), io::stdin(), request, progress),
            _ => scan(request, progress),
        })?;
        let Some(report) = report.transpose()? else { return Ok(None) };
        Ok(Some((config.apply(report, notes)?, config)))
    }

    /// Scans a target for one finding; none if the user ended it.
    pub(crate) fn show(&self, target: &str, print: &str) -> Result<Option<Shown>> {
        let config = self.config.load(Baselines::Ignored)?;
        let mut notes = Vec::new();
        let shown =
            self.run((target, &config), &mut notes, |request, progress| show(request, print, progress))?;
        notes.iter().for_each(|remark| note(&format!("{}: {}", remark.by, remark.text)));
        Ok(shown.transpose()?)
    }

    /// Looks into a target and applies the policy; none if the user ended it.
    pub(crate) fn explore(&self, target: &str) -> Result<Option<(Explored, Config)>> {
        let config = self.config.load(Baselines::Read)?;
        let mut notes = Vec::new();
        let explored = self.run((target, &config), &mut notes, |request, progress| match target {
            "-" => explore_stream(&standard_input(), io::stdin(), request, progress),
            _ => explore(request, progress),
        })?;
        let Some(mut explored) = explored.transpose()? else { return Ok(None) };
        explored.report = config.apply(explored.report, notes)?;
        Ok(Some((explored, config)))
    }

    /// Does something with the request, showing progress; none if the user ended it.
    fn run<T>(
        &self,
        (target, config): (&str, &Config),
        notes: &mut Vec<Remark>,
        work: impl FnOnce(&Request, &Progress) -> T,
    ) -> Result<Option<T>> {
        let manner = if self.quiet { Manner::Quiet } else { Manner::Usual };
        let folder = self.cache.folder();
        let tidy = move || folder.iter().for_each(CacheFolder::forget_unfinished);
        let progress = Progress::new(manner).interruptible(tidy)?;
        let request = self.request((target, config), notes)?;
        self.cache.trouble().iter().for_each(|line| progress.note(line));
        let came = work(&request, &progress);
        progress.finish();
        Ok((!progress.stopped()).then_some(came))
    }

    /// What is asked for; into the notes goes what of it cannot be.
    fn request(&self, (target, config): (&str, &Config), notes: &mut Vec<Remark>) -> Result<Request> {
        let mut request = Request::new(target, key::identity()?);
        request.base.clone_from(&self.base);
        request.rules = config.packs(&self.rules)?;
        let (registry, folder) = config.registry();
        request.sources = self.sources.options(registry, folder);
        request.cache = self.cache.open(&request.key);
        let (known, refused) = self.known.read()?;
        let (of_policy, missing) = config.known();
        request.known = known.into_iter().chain(of_policy).collect();
        // A report that says nothing of them would promise too much, however quiet it is to be.
        notes.extend(refused.into_iter().map(|text| Remark { by: ASKED.to_owned(), text }));
        notes.extend(missing.into_iter().map(|text| config.remark(text)));
        if let Some(jobs) = self.jobs {
            request.jobs = usize::from(jobs);
        }
        if let Some(path) = &self.dockerfile {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            request.dockerfile = Some(DockerfileText { name: path.display().to_string(), text });
        }
        Ok(request)
    }
}

/// Where the archive came from is not known; whoever wrote it there can write it again.
pub(crate) fn standard_input() -> Pipe {
    Pipe { name: "standard input".to_owned(), command: "cat ARCHIVE.tar".to_owned() }
}
