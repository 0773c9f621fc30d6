//! The lints, one file each.

use super::Lint;

mod git_directory_copied;
mod ignore_rule_misses;
mod secret_in_arg;
mod secret_in_command;
mod secret_in_comment;
mod secret_in_context;
mod secret_in_env;
mod secret_in_file;
mod secret_in_label;
mod secret_in_run;

/// Every lint, the worst first: on one line, the first of those that say the same of a secret is told.
pub static LINTS: &[&Lint] = &[
    &secret_in_env::LINT,
    &secret_in_arg::LINT,
    &secret_in_label::LINT,
    &secret_in_command::LINT,
    &secret_in_run::LINT,
    &secret_in_file::LINT,
    &secret_in_comment::LINT,
    &secret_in_context::LINT,
    &ignore_rule_misses::LINT,
    &git_directory_copied::LINT,
];
