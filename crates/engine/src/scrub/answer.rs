//! Why a scrub did not do what it was asked to, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use tightlip_image::rewrite::RewriteError;
use tightlip_image::store::{DaemonError, OpenError, PushError, RegistryError};
use tightlip_image::write::WriteError;

use super::change::Refusal;
use crate::recover::quote;
use crate::scan::ScanError;
use crate::show::ShowError;

/// A scrub could not be done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// The image could not be scanned.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The target is no image that can be written anew.
    #[error("{target} cannot be scrubbed: {why}")]
    NotScrubbable {
        /// The target as given.
        target: String,
        /// Why.
        why: &'static str,
        /// What to do, starting with a verb.
        help: &'static str,
    },
    /// No finding has this fingerprint, or more than one.
    #[error(transparent)]
    NoFinding(#[from] ShowError),
    /// A path is in no layer.
    #[error("no layer has a file or directory {0}")]
    NoPath(String),
    /// Some of it cannot be taken out.
    #[error("{} of the leaks cannot be taken out", .0.len())]
    Refused(Vec<Refusal>),
    /// The result is not what it should be.
    #[error("the result is not proven clean, so nothing was written: {}", .0.join("; "))]
    Unproven(Vec<String>),
    /// A layer could not be rewritten.
    #[error("cannot rewrite layer {layer}: {error}")]
    Layer {
        /// The layer.
        layer: String,
        /// Why.
        error: RewriteError,
    },
    /// The place where the result shall go is none.
    #[error("`{text}` is no place for an image: {why}")]
    NoOutput {
        /// What was typed.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// The result would go over the original.
    #[error("{} is what is scrubbed: it is read, and never changed", path.display())]
    Itself {
        /// The path.
        path: PathBuf,
    },
    /// More images than names.
    #[error("{output} names one image, and the target holds several")]
    Several {
        /// The place.
        output: String,
    },
    /// There is an image of this name.
    #[error("{output} exists already")]
    Taken {
        /// The place.
        output: String,
    },
    /// The result could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The registry did not take the result.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The registry cannot be reached.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The daemon did not take the result.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
}

impl From<OpenError> for ScrubError {
    fn from(error: OpenError) -> Self {
        Self::Scan(error.into())
    }
}

/// What to do about an error.
pub trait Advice {
    /// The advice, starting with a verb, where there is some.
    fn help(&self) -> Option<String>;
}

impl Advice for ScrubError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Scan(error) => error.help(),
            Self::NotScrubbable { help, .. } => Some((*help).to_owned()),
            Self::NoPath(_) => Some(
                "check the spelling, upper and lower case too: tightlip explore TARGET lists what is there"
                    .to_owned(),
            ),
            Self::Refused(refusals) => refusals.first().map(|refusal| refusal.help.clone()),
            Self::Unproven(_) => {
                Some("rebuild the image, or report this with the plan (it holds no values)".to_owned())
            }
            Self::NoOutput { text, .. } => Some(place_help(text)),
            Self::Itself { .. } => Some(
                "name another place; when you have tried the result, replace the old file with it".to_owned(),
            ),
            Self::Several { .. } => Some(
                "name one of them (docker-archive:FILE:NAME, oci:DIR:NAME), or write all of them to a file: FILE.tar".to_owned(),
            ),
            Self::Taken { .. } => Some(
                "name a new tag; move the old one once you have tried the result (docker tag, crane tag)"
                    .to_owned(),
            ),
            Self::Write(WriteError::Exists { .. }) => {
                Some("name another place, or remove what is there".to_owned())
            }
            Self::Write(WriteError::Write { path, source }) => Some(write_help(path, source.kind())),
            Self::Layer { error: RewriteError::Write(source), .. } => {
                Some(write_help(Path::new("TMPDIR"), source.kind()))
            }
            Self::Layer { .. } => Some("scan the image: what cannot be read is listed there".to_owned()),
            Self::Registry(error) | Self::Push(PushError::Registry(error)) => Some(error.help()),
            Self::Daemon(error) => Some(error.help()),
            Self::NoFinding(_) | Self::Write(_) | Self::Push(_) => None,
        }
    }
}

fn place_help(text: &str) -> String {
    let all = "oci:DIR, oci-archive:FILE, docker-archive:FILE, docker:NAME or registry:REFERENCE";
    match text {
        _ if text.starts_with("podman:") => {
            "write a file, and load it: -o clean.tar, then podman load --input clean.tar".to_owned()
        }
        _ if text.is_empty() || text.contains(':') => format!("name it as {all}"),
        _ => format!("name it as oci:{text}, {text}.tar, docker:{text}, if you meant that, or as {all}"),
    }
}

fn write_help(path: &Path, kind: io::ErrorKind) -> String {
    use io::ErrorKind as Kind;
    match kind {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            "make room there, or name a place on another disk: the new image takes about as much as the old one, and its \
             changed layers once more while it is made (for docker: and registry: in TMPDIR)"
                .to_owned()
        }
        Kind::NotFound => {
            let folder = path.parent().unwrap_or(path);
            format!("make the folder first: mkdir -p {}", quote(folder.to_string_lossy().as_bytes()))
        }
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "name a place that you may write to (for docker: and registry: set TMPDIR to one)".to_owned()
        }
        _ => "name another place".to_owned(),
    }
}
