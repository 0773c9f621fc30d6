//! uv: credentials of an index come from variables. What `uv auth login` keeps is taken back in the same step.
//!
//! Source: docs.astral.sh/uv, "Package indexes", "The uv auth CLI".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, plain};

pub(super) static RECIPE: Recipe =
    Recipe { id: "uv", programs: PROGRAMS, reads: |name| name.starts_with("UV_"), mend };

const PROGRAMS: &[&str] = &["uv", "uvx"];

fn mend(scene: &Scene<'_>, _: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["uv", "auth", "login"])?;
    let service = plain(words).first().copied().filter(|service| service.literal().is_some())?;
    // A later step would not be logged in.
    if scene.used_later(PROGRAMS) {
        return None;
    }
    // The service is the first word, or the value of an option would be taken for it.
    let first = words.first().is_some_and(|word| word.span == service.span);
    let edit = scene.at_end(&format!("uv auth logout {}", scene.source(service))).filter(|_| first)?;
    Some(Mending::safe(vec![edit]))
}
