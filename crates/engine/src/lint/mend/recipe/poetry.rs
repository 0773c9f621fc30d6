//! Poetry: credentials of a repository may come from variables.
//!
//! Source: python-poetry.org, "Repositories", "Configuring credentials".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, plain};

pub(super) static RECIPE: Recipe =
    Recipe { id: "poetry", programs: &["poetry"], reads: |name| name.starts_with("POETRY_"), mend };

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = plain(after(simple, &["poetry", "config"])?);
    let (key, values) = words.split_first()?;
    let key = key.literal()?;
    let upper = |name: &str| name.to_ascii_uppercase().replace(['-', '.'], "_");
    let pairs = match (key.split_once('.')?, values) {
        (("http-basic", name), [user, password]) => {
            let start = format!("POETRY_HTTP_BASIC_{}", upper(name));
            vec![
                (format!("{start}_USERNAME"), scene.value(user)),
                (format!("{start}_PASSWORD"), scene.value(password)),
            ]
        }
        (("pypi-token", name), [token]) => {
            vec![(format!("POETRY_PYPI_TOKEN_{}", upper(name)), scene.value(token))]
        }
        _ => return None,
    };
    scene.exported(command, &["poetry"], &pairs)
}
