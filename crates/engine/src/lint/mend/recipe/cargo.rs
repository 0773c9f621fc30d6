//! Cargo: the token of a registry comes from a variable.
//!
//! Source: doc.rust-lang.org/cargo, "Environment variables".

use tightlip_dockerfile::shell::{Command, Simple, Word};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe = Recipe { id: "cargo", programs: &["cargo"], reads, mend };

fn reads(name: &str) -> bool {
    name == "CARGO_REGISTRY_TOKEN" || name.starts_with("CARGO_REGISTRIES_")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["cargo", "login"])?;
    let (token, name) = match words {
        [token] => (token, "CARGO_REGISTRY_TOKEN".to_owned()),
        [flag, registry, token] if is_registry(flag) => (token, variable(registry)?),
        [token, flag, registry] if is_registry(flag) => (token, variable(registry)?),
        _ => return None,
    };
    scene.exported(command, &["cargo"], &[(name, scene.value(token))])
}

fn is_registry(word: &Word) -> bool {
    word.literal().as_deref() == Some("--registry")
}

fn variable(registry: &Word) -> Option<String> {
    let name = registry.literal()?.to_ascii_uppercase().replace('-', "_");
    Some(format!("CARGO_REGISTRIES_{name}_TOKEN"))
}
