//! Which secret mounts the builder understands: files, and from Dockerfile 1.10 on variables (`env=NAME`).

use tightlip_dockerfile::DirectiveKind;
use tightlip_dockerfile::shell::Interpreter;

use super::Refusal;
use crate::lint::project::Dockerfile;

/// The first version of the Dockerfile frontend with `env=` (Dockerfile 1.10 release notes).
const VARIABLES: (u32, u32) = (1, 10);
/// The first one with secret mounts (Dockerfile 1.2 release notes).
const MOUNTS: (u32, u32) = (1, 2);

/// How a mount is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// As every frontend of today has it.
    Today,
    /// As the pinned frontend has it: there is no `env=`, and `required` has no value.
    Old,
}

impl Written {
    /// The option that makes the build fail without the secret.
    pub(super) fn required(self) -> &'static str {
        match self {
            Self::Today => "required=true",
            Self::Old => "required",
        }
    }
}

/// How mounts are written here, or why there are none.
pub(super) fn can_mount(dockerfile: &Dockerfile<'_>) -> Result<Written, Refusal> {
    if dockerfile.is_inline() {
        return Err("it stands in a file that starts builds, which would have to change in two ways at once"
            .to_owned());
    }
    let document = dockerfile.document;
    let stages = dockerfile.stages();
    for (index, _) in dockerfile.instructions() {
        match Interpreter::at(document, stages, index) {
            Interpreter::Posix => {}
            Interpreter::Cmd | Interpreter::PowerShell => {
                return Err(windows(document.escape()));
            }
            Interpreter::Other(name) => {
                return Err(format!("the steps run in `{name}`, which is not read here"));
            }
        }
    }
    let Some(syntax) = document.directive(DirectiveKind::Syntax) else { return Ok(Written::Today) };
    match version(syntax.value.as_str()) {
        Some(version) if version < MOUNTS => {
            Err(format!("`# syntax={}` has no secret mounts: they came with 1.2", syntax.value.as_str()))
        }
        Some(version) if version < VARIABLES => Ok(Written::Old),
        _ => Ok(Written::Today),
    }
}

/// Why there are no mounts, and what says that the steps run in Windows, where that may be a mistake.
fn windows(escape: char) -> String {
    let none = "Windows containers have no secret mounts (moby/buildkit#5273)";
    match escape {
        '`' => format!("{none}, and `# escape={escape}` says that it is one: without that line it is none"),
        _ => none.to_owned(),
    }
}

/// The version of Docker's frontend, if the tag names a minor version. A mirror has it under another name, and what is
/// built before a release is `dockerfile-upstream`.
fn version(image: &str) -> Option<(u32, u32)> {
    let image = image.split('@').next().unwrap_or(image);
    let (name, tag) = image.rsplit('/').next()?.split_once(':')?;
    if !matches!(name, "dockerfile" | "dockerfile-upstream") {
        return None;
    }
    let mut numbers = tag.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_minor_version_says_how_old_a_frontend_is() {
        assert_eq!(version("docker/dockerfile:1.4"), Some((1, 4)));
        assert_eq!(version("docker.io/docker/dockerfile:1.10.0@sha256:00"), Some((1, 10)));
        assert_eq!(version("mirror.corp:5000/docker/dockerfile:1.4"), Some((1, 4)));
        assert_eq!(version("docker/dockerfile-upstream:1.4.0-rc1"), Some((1, 4)));
        assert_eq!(version("docker/dockerfile-upstream:master"), None);
        assert_eq!(version("mirror.corp:5000/docker/dockerfile"), None);
        assert_eq!(version("docker/dockerfile:1"), None);
        assert_eq!(version("example/frontend:1.2"), None);
    }
}
