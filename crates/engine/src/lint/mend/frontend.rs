//! Whether the builder understands `RUN --mount=type=secret,env=NAME`.

use tightlip_dockerfile::DirectiveKind;
use tightlip_dockerfile::shell::Interpreter;

use super::Refusal;
use crate::lint::project::Dockerfile;

/// The first version of the Dockerfile frontend with `env=` (Dockerfile 1.10 release notes).
const FIRST: (u32, u32) = (1, 10);

/// Says why not.
pub(super) fn can_mount(dockerfile: &Dockerfile<'_>) -> Result<(), Refusal> {
    let document = dockerfile.document;
    let stages = dockerfile.stages();
    for (index, _) in dockerfile.instructions() {
        match Interpreter::at(document, stages, index) {
            Interpreter::Posix => {}
            Interpreter::Cmd | Interpreter::PowerShell => {
                return Err("Windows containers have no secret mounts (moby/buildkit#5273)".to_owned());
            }
            Interpreter::Other(name) => {
                return Err(format!("the steps run in `{name}`, which is not read here"));
            }
        }
    }
    let Some(syntax) = document.directive(DirectiveKind::Syntax) else { return Ok(()) };
    match version(syntax.value.as_str()) {
        Some(version) if version < FIRST => Err(format!(
            "`# syntax={}` is older than 1.10, which has `env=` for secret mounts",
            syntax.value.as_str()
        )),
        _ => Ok(()),
    }
}

/// The version of a frontend of Docker's own, if the tag names a minor version.
fn version(image: &str) -> Option<(u32, u32)> {
    let image = image.split('@').next().unwrap_or(image);
    let (name, tag) = image.rsplit_once(':')?;
    if !matches!(name.trim_start_matches("docker.io/"), "docker/dockerfile") {
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
        assert_eq!(version("docker/dockerfile:1"), None);
        assert_eq!(version("example/frontend:1.2"), None);
    }
}
