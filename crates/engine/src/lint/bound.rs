//! Files of the build context that a step sees by a bind mount: nothing of the mount stays, but a copy does.

use tightlip_dockerfile::flow::join;
use tightlip_dockerfile::{Document, Instruction, MountKind};
use tightlip_report::Level;

use super::context::clean;
use super::files::{Holds, holds};
use super::project::Dockerfile;

/// A file with secrets that a step has from the build context.
pub(super) struct Bound {
    /// Where the step sees it.
    pub(super) path: String,
    /// What it is called in the context.
    pub(super) file: String,
}

/// The files with secrets that a step names, judged by their names, and those in which secrets were found.
pub(super) fn bound(dockerfile: &Dockerfile<'_>, instruction: &Instruction, workdir: &str) -> Vec<Bound> {
    let document = dockerfile.document;
    let mut found = Vec::new();
    let context = |kind: MountKind| kind == MountKind::Bind;
    for mount in instruction.mounts().iter().filter(|mount| context(mount.kind) && mount.from().is_none()) {
        let Some(target) = mount.target().map(|target| join(workdir, target)) else { continue };
        let source = mount.source().map_or("", |source| source.as_str());
        let source = source.trim_start_matches("./").trim_matches('/');
        if source.contains('$') {
            continue;
        }
        for file in seen(dockerfile, &clean(source)) {
            let below = file.strip_prefix(clean(source).as_str()).unwrap_or(file).trim_start_matches('/');
            let path = if below.is_empty() { target.clone() } else { join(&target, below) };
            found.push(Bound { path, file: file.to_owned() });
        }
        if holds(source) == Holds::Secret {
            found.push(Bound { path: target.clone(), file: source.to_owned() });
        }
        for word in words(document, instruction) {
            let path = join(workdir, word);
            let below =
                path.strip_prefix(target.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
            let Some(below) = below.filter(|below| holds(below) == Holds::Secret) else { continue };
            let file = if source.is_empty() { below.to_owned() } else { format!("{source}/{below}") };
            found.push(Bound { path: path.clone(), file });
        }
    }
    found
}

/// The files at a path of the context, or below it, in which a secret was found.
fn seen<'d>(dockerfile: &'d Dockerfile<'_>, source: &str) -> impl Iterator<Item = &'d str> {
    let files = dockerfile.contexts.iter().flat_map(|(context, _)| &context.bound);
    let plain = files.filter(|sent| sent.literals.iter().any(|literal| literal.level == Level::Deny));
    plain.map(|sent| sent.path.as_str()).filter(move |path| {
        let rest = path.strip_prefix(source);
        source.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The words of a step that may be paths of files.
fn words<'d>(document: &'d Document, instruction: &Instruction) -> impl Iterator<Item = &'d str> {
    let text = document.text(instruction.span);
    let ends = |c: char| c.is_whitespace() || "\"'`;|&<>()=,@".contains(c);
    text.split(ends).filter(|word| word.contains(['/', '.']) && !word.contains(['$', '*', ':']))
}
