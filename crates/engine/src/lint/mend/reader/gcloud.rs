//! Keys of service accounts are named to the tools, most often by `GOOGLE_APPLICATION_CREDENTIALS`.
//!
//! Source: cloud.google.com, "How Application Default Credentials works".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "gcloud",
    files: &["application_default_credentials.json"],
    programs: &["gcloud", "gsutil", "bq", "python", "python3"],
    hands: Hands::File,
};
