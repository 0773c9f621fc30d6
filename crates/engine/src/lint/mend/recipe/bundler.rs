//! Bundler: credentials of a host come from a variable, `BUNDLE_` and the host with its dots as `__`.
//!
//! Source: bundler.io, "bundle config", "Credentials for gem sources".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, plain};

pub(super) static RECIPE: Recipe = Recipe { id: "bundler", programs: PROGRAMS, reads, mend };

const PROGRAMS: &[&str] = &["bundle", "bundler", "rails", "rake"];

fn reads(name: &str) -> bool {
    name.starts_with("BUNDLE_") || name == "GEM_HOST_API_KEY"
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["bundle|bundler", "config", "set"])
        .or_else(|| after(simple, &["bundle|bundler", "config"]))?;
    let words = plain(words);
    let [host, value] = words.as_slice() else { return None };
    let host = host.literal()?;
    let host = host.trim_start_matches("https://").trim_end_matches('/');
    let name = host.to_ascii_uppercase().replace('.', "__").replace('-', "___");
    scene.exported(command, PROGRAMS, &[(format!("BUNDLE_{name}"), scene.value(value))])
}
