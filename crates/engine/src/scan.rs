//! The scan: opens a target and reports what it leaks.

use tightlip_detect::{
    Hint, KNOWN_VALUE, Loaded, NeedlesError, PackErrors, PackText, PrefilterError, Rule, RuleError, RuleSet,
};
use tightlip_image::model::{self, DescribeError, Description, Selection};
use tightlip_image::store::{self, Archive, OpenError, Source, Store, Stream};
use tightlip_report::Report;

use crate::request::Request;
use crate::run::{Blobs, Run};
use crate::sighting::Eye;
use crate::source;
use crate::source::SourceError;
use crate::stream::Passage;
use crate::tools::Tools;
use crate::vault::Mask;
use crate::watch::Watch;

/// A scan could not run.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The target could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something around a build could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A directory is no image, and looks like a root file system.
    #[error(
        "{target} is not an image, but looks like a root file system\nScan it with: tightlip scan rootfs:{target}"
    )]
    LooksLikeRoot {
        /// The target as given.
        target: String,
    },
    /// Something around a build has no layers.
    #[error("{target} is no image: it has no layers to look into\nRead it with: tightlip scan {target}")]
    NoLayers {
        /// The target as given.
        target: String,
    },
    /// The base image could not be opened.
    #[error("cannot open the base image: {0}")]
    Base(#[source] OpenError),
    /// No image could be made out in the target: the words of the image room, with the values in them masked.
    #[error("{0}")]
    Describe(String),
    /// A rule is wrong.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A rule pack cannot be used.
    #[error(transparent)]
    Packs(#[from] PackErrors),
    /// The search could not be prepared.
    #[error(transparent)]
    Search(#[from] PrefilterError),
    /// What masks the values in the report could not be prepared.
    #[error(transparent)]
    Mask(#[from] NeedlesError),
}

impl ScanError {
    /// What to do about it, starting with a verb, where there is something.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Open(error) | Self::Base(error) => Some(error.help()),
            Self::Packs(_) => Some("see docs/rule-packs.md for what rule packs may hold".to_owned()),
            Self::Describe(_) => Some("name what docker save wrote, or an OCI image layout".to_owned()),
            _ => None,
        }
    }
}

/// What a target may be: how it is written, and what it is.
#[must_use]
pub fn sources() -> Vec<(&'static str, &'static str)> {
    let images = store::SCHEMES.iter().map(|scheme| scheme.summary);
    let summaries = images.chain(source::SOURCES.iter().map(|source| source.summary));
    summaries.filter_map(|summary| summary.split_once(": ")).map(|(what, form)| (form, what)).collect()
}

/// The built-in rules and those of packs, with what was passed over in the packs.
///
/// # Errors
/// When a rule is wrong.
pub fn load_rules(packs: &[PackText]) -> Result<Loaded, ScanError> {
    Ok(RuleSet::builtin()?.with(packs)?)
}

/// Every kind of secret that a scan with these packs recognises, by identifier.
///
/// # Errors
/// When a rule is wrong.
pub fn rules(packs: &[PackText]) -> Result<Vec<&'static Rule>, ScanError> {
    let mut rules: Vec<_> = load_rules(packs)?.rules.rules().chain([&KNOWN_VALUE]).collect();
    rules.sort_by_key(|rule| rule.id);
    Ok(rules)
}

/// Scans what the request names.
///
/// # Errors
/// When the target cannot be opened or holds no image. What cannot be read inside an image is a gap in the report.
pub fn scan(request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    // A wrong rule pack is told before a large image is read.
    scan_with(&Tools::new(request)?, request, watch)
}

/// The same with tools that the caller holds.
pub(crate) fn scan_with(tools: &Tools, request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    if let Some((source, path)) = source::find(&request.target) {
        return source::report((source, &path), (tools, request), watch);
    }
    let opened = store::open(&request.target, &request.sources)
        .map_err(|error| not_an_image(&request.target, error))?;
    if let Some(why) = opened.guessed {
        watch.guessed(opened.scheme.name, why);
    }
    let base = match &request.base {
        Some(target) => Some(describe_base(target, request)?),
        None => None,
    };
    let (store, selection) = match opened.source {
        Source::Store { store, selection } => (store, selection),
        Source::Stream(stream) => {
            return Passage { request, watch, tools, base }.scan(stream);
        }
    };
    let description = model::describe(store.as_ref(), &selection, &request.describe)
        .map_err(|error| undescribed(&error, request))?;
    let known = Blobs::new();
    Run { store: store.as_ref(), request, base, watch, tools, known }.report(&description)
}

fn not_an_image(target: &str, error: OpenError) -> ScanError {
    let root = matches!(error, OpenError::NotAnImage { .. }) && source::looks_like_root(target);
    if root { ScanError::LooksLikeRoot { target: target.to_owned() } } else { error.into() }
}

/// Scans a store that the caller holds.
///
/// # Errors
/// As [`scan`].
pub fn scan_store(store: &dyn Store, request: &Request, watch: &dyn Watch) -> Result<Report, ScanError> {
    let description = model::describe(store, &Selection::default(), &request.describe)
        .map_err(|error| undescribed(&error, request))?;
    let tools = Tools::new(request)?;
    Run { store, request, base: None, watch, tools: &tools, known: Blobs::new() }.report(&description)
}

pub(crate) fn describe_base(target: &str, request: &Request) -> Result<Description, ScanError> {
    let opened = store::open(target, &request.sources).map_err(ScanError::Base)?;
    let (store, selection) = match opened.source {
        Source::Store { store, selection } => (store, selection),
        Source::Stream(Stream { pipe, bytes, .. }) => {
            let archive = Archive::pass(&pipe, bytes, &mut |_| {});
            let archive = archive.map_err(|error| ScanError::Base(error.into()))?;
            (Box::new(archive) as Box<dyn Store>, Selection::default())
        }
    };
    model::describe(store.as_ref(), &selection, &request.describe)
        .map_err(|error| undescribed(&error, request))
}

/// The error lists names that stand in the image, and a name can hold a value.
pub(crate) fn undescribed(error: &DescribeError, request: &Request) -> ScanError {
    let text = error.to_string();
    let mask = || -> Result<Mask, ScanError> {
        let tools = Tools::new(request)?;
        tools.scanner.bytes(Hint::Text, text.as_bytes(), &mut Eye::new(&request.key, &tools.vault));
        Ok(tools.vault.mask()?)
    };
    mask().map_or_else(|error| error, |mask| ScanError::Describe(mask.text(&text)))
}
