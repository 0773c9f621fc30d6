//! Yarn from version 2 on: `.yarnrc.yml` may hold `${NAME}`, which is filled in when the file is read.
//!
//! Source: yarnpkg.com, "Settings (.yarnrc.yml)".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, prints_into};

pub(super) static RECIPE: Recipe = Recipe { id: "yarn", programs: &["yarn", "yarnpkg"], reads, mend };

fn reads(name: &str) -> bool {
    name.starts_with("YARN_NPM_")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let reference = |name: &str| format!("${{{name}}}");
    if prints_into(command, simple, &[".yarnrc.yml"]).is_some() {
        return scene.keeping(&simple.words, &reference);
    }
    let words = after(simple, &["yarn|yarnpkg", "config", "set"])?;
    // The first version fills nothing in: its settings have no such names.
    let berry = words.iter().any(|word| word.prefix().starts_with("npm"));
    if berry { scene.keeping(words, &reference) } else { None }
}
