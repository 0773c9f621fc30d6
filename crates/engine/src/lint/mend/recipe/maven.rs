//! Maven: `settings.xml` may hold `${env.NAME}`, which is filled in when the file is read.
//!
//! Source: maven.apache.org, "Settings Reference".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, prints_into};

pub(super) static RECIPE: Recipe = Recipe { id: "maven", programs: &["mvn", "mvnw"], reads, mend };

fn reads(name: &str) -> bool {
    name.starts_with("MAVEN_") || name.starts_with("MVN_") || name.starts_with("NEXUS_")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    prints_into(command, simple, &["settings.xml"])?;
    scene.keeping(&simple.words, &|name| format!("${{env.{name}}}"))
}
