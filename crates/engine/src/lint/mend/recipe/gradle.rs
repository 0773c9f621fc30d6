//! Gradle: a property may come from a variable, `ORG_GRADLE_PROJECT_` and its name.
//!
//! Source: docs.gradle.org, "Build Environment", "Project properties".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, last, prints_into};

pub(super) static RECIPE: Recipe =
    Recipe { id: "gradle", programs: PROGRAMS, reads: |name| name.starts_with("ORG_GRADLE_PROJECT_"), mend };

const PROGRAMS: &[&str] = &["gradle", "gradlew"];

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    prints_into(command, simple, &["gradle.properties"])?;
    let [program, word] = simple.words.as_slice() else { return None };
    let echo = program.literal().is_some_and(|program| last(&program) == "echo");
    let (property, _) = word.assignment().filter(|(_, value)| echo && scene.is_secret(value))?;
    if scene.used_later(PROGRAMS) {
        return None;
    }
    let export = format!("export ORG_GRADLE_PROJECT_{property}=\"${}\"", scene.name);
    Some(Mending::safe(vec![tightlip_dockerfile::Edit::replace(super::place(command), export)]))
}
