//! Google Cloud: an access token comes from a variable; key files are mounted.
//!
//! Source: cloud.google.com/sdk, "Managing gcloud CLI properties".

use super::{Recipe, as_it_is};

pub(super) static RECIPE: Recipe = Recipe {
    id: "gcloud",
    programs: &["gcloud", "gsutil", "bq"],
    reads: |name| name.starts_with("CLOUDSDK_"),
    mend: as_it_is,
};
