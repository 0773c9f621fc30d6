//! npm and pnpm: `.npmrc` may hold `${NPM_TOKEN}`, which is filled in when the file is read.
//!
//! Source: docs.npmjs.com, "Docker and private modules".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, prints_into};

pub(super) static RECIPE: Recipe =
    Recipe { id: "npm", programs: &["npm", "npx", "pnpm", "yarn", "yarnpkg", "bun"], reads, mend };

fn reads(name: &str) -> bool {
    matches!(name, "NPM_TOKEN" | "NODE_AUTH_TOKEN" | "NPM_AUTH_TOKEN" | "NPM_AUTH" | "NPM_REGISTRY_TOKEN")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let reference = |name: &str| format!("${{{name}}}");
    if prints_into(command, simple, &[".npmrc"]).is_some() {
        return scene.keeping(&simple.words, &reference);
    }
    let words =
        after(simple, &["npm|pnpm", "config|c", "set"]).or_else(|| after(simple, &["npm|pnpm", "set"]))?;
    scene.keeping(words, &reference)
}
