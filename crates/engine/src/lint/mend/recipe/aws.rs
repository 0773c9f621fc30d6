//! The AWS command line reads its keys from variables.
//!
//! Source: docs.aws.amazon.com/cli, "Environment variables to configure the AWS CLI".

use tightlip_dockerfile::shell::{Command, Simple};

use super::{Mending, Recipe, Scene, after};

pub(super) static RECIPE: Recipe =
    Recipe { id: "aws", programs: &["aws", "sam", "cdk"], reads: |name| name.starts_with("AWS_"), mend };

fn mend(scene: &Scene<'_>, command: &Command, simple: &Simple) -> Option<Mending> {
    let [key, value] = after(simple, &["aws", "configure", "set"])? else { return None };
    let key = key.literal().filter(|key| {
        matches!(key.as_str(), "aws_access_key_id" | "aws_secret_access_key" | "aws_session_token")
    })?;
    scene.exported(command, &["aws"], &[(key.to_ascii_uppercase(), scene.value(value))])
}
