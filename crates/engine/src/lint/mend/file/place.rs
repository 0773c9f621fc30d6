//! A file that `COPY` takes: where it comes from, where it ends up in the image, and the edit that leaves it out.

use tightlip_dockerfile::flow::{Setting, join};
use tightlip_dockerfile::{Edit, Instruction, Kind, Source, Span, Transfer};

use crate::lint::context::clean;
use crate::lint::mend::{Refusal, taken};
use crate::lint::project::Dockerfile;

/// A file that an instruction copies.
pub(super) struct Copied<'d> {
    /// The instruction.
    pub(super) index: usize,
    instruction: &'d Instruction,
    transfer: &'d Transfer,
    source: Span,
    /// The file, seen from the build context.
    pub(super) file: String,
    /// Where it lies in the image.
    pub(super) path: String,
}

/// Directories of secrets: a mount has one file.
const DIRECTORIES: &[&str] = &[
    ".ssh", ".aws", ".gnupg", ".kube", ".azure", ".gcloud", ".docker", ".m2", ".gradle", "secrets",
    ".secrets",
];

/// Directories that images have: a copy to one of them goes into it.
const THERE: &[&str] = &["/", "/root", "/etc", "/tmp", "/opt", "/home", "/usr/local", "/var", "/srv"];

impl<'d> Copied<'d> {
    /// The file that stands at `source` of an instruction.
    pub(super) fn of(dockerfile: &'d Dockerfile<'_>, index: usize, source: Span) -> Result<Self, Refusal> {
        let outer = dockerfile.document.instructions().get(index).ok_or("it is not there")?;
        let line = outer.line;
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &outer.kind else {
            return Err(format!("line {line}: ONBUILD copies it in another build"));
        };
        if outer.arguments.trim_start().starts_with('[') {
            return Err(format!("line {line}: the sources are written as JSON"));
        }
        let written = dockerfile.document.text(source);
        if written.contains(['*', '?', '[', '$', '"', '\\']) {
            return Err(format!("line {line}: {written} may be more than one file"));
        }
        let file = clean(written);
        if is_directory(dockerfile, &file, source) {
            return Err(format!(
                "line {line}: {written} is a directory, and a mount has one file: mount the one that the step needs"
            ));
        }
        let path = place(dockerfile, (index, line), transfer, &file)?;
        Ok(Self { index, instruction: outer, transfer, source, file, path })
    }

    /// The edit that leaves the file out: all of the instruction, if it copies nothing else.
    pub(super) fn left_out(&self, dockerfile: &Dockerfile<'_>) -> Vec<Edit> {
        let words: Vec<Span> = match self.transfer.sources.len() {
            1 => vec![self.source],
            _ => self.words(),
        };
        taken::words(dockerfile, self.instruction, (&words, &[self.source]))
    }

    /// The sources and the destination, as they stand.
    fn words(&self) -> Vec<Span> {
        let source = |one: &Source| match one {
            Source::Path(path) => Some(path.span()),
            Source::Heredoc(index) => Some(self.instruction.heredocs.get(*index)?.word.span()),
        };
        let sources = self.transfer.sources.iter().filter_map(source);
        sources.chain(self.transfer.destination.as_ref().map(|text| text.span())).collect()
    }

    /// The name of the file without its directory.
    pub(super) fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }
}

fn is_directory(dockerfile: &Dockerfile<'_>, file: &str, source: Span) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let below = |path: &str| path.strip_prefix(file).is_some_and(|rest| rest.starts_with('/'));
    let seen =
        || dockerfile.contexts.iter().flat_map(|(context, _)| &context.files).any(|sent| below(&sent.path));
    dockerfile.copied(source).is_none()
        && (DIRECTORIES.contains(&name) || dockerfile.document.text(source).ends_with('/') || seen())
}

/// Where the file lies in the image.
fn place(
    dockerfile: &Dockerfile<'_>,
    (index, line): (usize, usize),
    transfer: &Transfer,
    file: &str,
) -> Result<String, Refusal> {
    let setting = Setting::at(dockerfile.document, &dockerfile.scopes, index);
    let to = transfer.destination.as_deref().unwrap_or_default();
    let known = dockerfile.scopes.at(index).expand(to, dockerfile.document.escape()).ok();
    let to = known
        .and_then(|value| value.text)
        .ok_or_else(|| format!("line {line}: where {to} is, is not known"))?;
    let at = join(&setting.workdir, &to);
    if !at.starts_with('/') {
        return Err(format!(
            "line {line}: the WORKDIR of the base image is not known: copy to a path that starts with /"
        ));
    }
    let folder = to.ends_with(['/', '.'])
        && (to.ends_with('/') || to.ends_with("/.") || matches!(to.as_str(), "." | ".."));
    let there = at == setting.workdir || at == setting.home || THERE.contains(&at.as_str());
    let name = file.rsplit('/').next().unwrap_or(file);
    Ok(match folder || there || transfer.sources.len() > 1 {
        true => join(&at, name),
        false => at,
    })
}
