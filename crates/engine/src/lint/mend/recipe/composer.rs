//! Composer: `COMPOSER_AUTH` holds what `auth.json` would.
//!
//! Source: getcomposer.org, "Command-line interface", `COMPOSER_AUTH`.

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after, plain};

pub(super) static RECIPE: Recipe =
    Recipe { id: "composer", programs: &["composer"], reads: |name| name == "COMPOSER_AUTH", mend };

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = plain(after(simple, &["composer", "config"])?);
    let (key, values) = words.split_first()?;
    let key = key.literal()?;
    let secret = format!("${}", scene.name);
    let (kind, host, value) = match (key.split_once('.')?, values) {
        (("http-basic", host), [user, password]) if scene.is_secret(password) => {
            let user = user.literal().filter(|user| !user.contains(['"', '\\', '\'']))?;
            (
                "http-basic",
                host,
                format!("{{\\\"username\\\":\\\"{user}\\\",\\\"password\\\":\\\"{secret}\\\"}}"),
            )
        }
        ((kind @ ("github-oauth" | "gitlab-token" | "gitlab-oauth" | "bearer"), host), [token])
            if scene.is_secret(token) =>
        {
            (kind, host, format!("\\\"{secret}\\\""))
        }
        _ => return None,
    };
    let json = format!("\"{{\\\"{kind}\\\":{{\\\"{host}\\\":{value}}}}}\"");
    scene.exported(command, &["composer"], &[("COMPOSER_AUTH".to_owned(), json)])
}
