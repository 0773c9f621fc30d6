//! pip: every option may come from a variable, `PIP_` and its name.
//!
//! Source: pip.pypa.io, "Configuration", "Environment variables".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, plain};

pub(super) static RECIPE: Recipe =
    Recipe { id: "pip", programs: PROGRAMS, reads: |name| name.starts_with("PIP_"), mend };

const PROGRAMS: &[&str] = &["pip", "pip3", "pipx", "python", "python3", "pip-sync", "pipenv"];

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = plain(after(simple, &["pip|pip3", "config", "set"])?);
    let [key, value] = words.as_slice() else { return None };
    let option = key.literal()?;
    let option = option.rsplit('.').next().unwrap_or_default().to_ascii_uppercase().replace('-', "_");
    scene.exported(command, PROGRAMS, &[(format!("PIP_{option}"), scene.value(value))])
}
