//! Google Cloud: a key file is named by a variable instead of being taken into the store of accounts.
//!
//! Source: cloud.google.com/sdk, "Managing gcloud CLI properties" (`auth/credential_file_override`).

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe =
    Recipe { id: "gcloud", programs: PROGRAMS, reads: |name| name.starts_with("CLOUDSDK_"), mend };

const PROGRAMS: &[&str] = &["gcloud", "gsutil", "bq"];

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let words = after(simple, &["gcloud", "auth", "activate-service-account"])?;
    let file = words.iter().enumerate().find_map(|(index, word)| {
        let source = scene.source(word);
        match source.strip_prefix("--key-file") {
            Some("") => words.get(index + 1).map(|next| scene.source(next)),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        }
    })?;
    let pair = ("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE".to_owned(), file.to_owned());
    scene.exported(command, PROGRAMS, &[pair])
}
