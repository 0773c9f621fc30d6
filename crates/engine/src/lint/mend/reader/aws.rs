//! The AWS command line and every SDK of AWS read `~/.aws/credentials`.
//!
//! Source: docs.aws.amazon.com, "Configuration and credential file settings".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "aws",
    files: &["credentials"],
    programs: &["aws", "python", "python3", "node", "dvc", "terraform", "sam", "cdk"],
    hands: Hands::File,
};
