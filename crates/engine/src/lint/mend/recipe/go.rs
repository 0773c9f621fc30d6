//! Go: what `go env -w` writes down may come from a variable. Modules are fetched with Git: what Git is given, Go has.
//!
//! Source: go.dev/ref/mod, "Private modules"; `go help environment`.

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe = Recipe { id: "go", programs: PROGRAMS, reads, mend };

const PROGRAMS: &[&str] = &["go"];

/// A proxy may have credentials in its URL.
fn reads(name: &str) -> bool {
    matches!(name, "GOPROXY" | "GOAUTH" | "GOFLAGS")
}

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let [word] = after(simple, &["go", "env", "-w"])? else { return None };
    let (name, _) = word.assignment()?;
    let (_, value) = scene.source(word).split_once('=')?;
    // The quotes may be around all of it: then it is no assignment.
    let value = if value.contains(['"', '\'']) { value.to_owned() } else { format!("\"{value}\"") };
    scene.exported(command, PROGRAMS, &[(name.to_owned(), value)])
}
