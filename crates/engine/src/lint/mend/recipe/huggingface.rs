//! Hugging Face: the token comes from a variable.
//!
//! Source: huggingface.co/docs/huggingface_hub, "Environment variables".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe = Recipe { id: "huggingface", programs: PROGRAMS, reads, mend };

const PROGRAMS: &[&str] = &["huggingface-cli", "hf", "python", "python3"];

fn reads(name: &str) -> bool {
    matches!(name, "HF_TOKEN" | "HUGGING_FACE_HUB_TOKEN" | "HUGGINGFACE_TOKEN")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words =
        after(simple, &["huggingface-cli", "login"]).or_else(|| after(simple, &["hf", "auth", "login"]))?;
    let at = words.iter().position(|word| word.literal().as_deref() == Some("--token"))?;
    let token = words.get(at + 1)?;
    scene.exported(command, PROGRAMS, &[("HF_TOKEN".to_owned(), scene.value(token))])
}
