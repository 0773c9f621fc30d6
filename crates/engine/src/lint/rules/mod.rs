//! The lints, one file each.

use super::Lint;

mod allow_without_effect;
mod argument_not_declared;
mod build_not_clear;
mod build_record_uploaded;
mod cache_publishes_stage;
mod deleted_too_late;
mod git_credentials_persisted;
mod git_directory_copied;
mod git_token_unscoped;
mod ignore_rule_misses;
mod login_persisted;
mod mount_misread;
mod mount_not_required;
mod mount_world_readable;
mod mount_wrong_owner;
mod provenance_publishes_argument;
mod secret_arg_in_run;
mod secret_copied_from_stage;
mod secret_file_copied;
mod secret_in_arg;
mod secret_in_bundle;
mod secret_in_command;
mod secret_in_comment;
mod secret_in_context;
mod secret_in_discarded_stage;
mod secret_in_env;
mod secret_in_file;
mod secret_in_instruction;
mod secret_in_label;
mod secret_in_log;
mod secret_in_run;
mod secret_in_workflow_input;
mod secret_not_provided;
mod secret_passed_as_argument;
mod secret_persisted;
mod secret_written_into_context;
mod unpinned_frontend;

pub(super) use build_not_clear::is_gap;
pub(super) use secret_in_context::pattern;
pub(super) use secret_persisted::links;

/// Every lint, the worst first: on one line, the first of those that say the same of a secret is told.
pub static LINTS: &[&Lint] = &[
    &deleted_too_late::LINT,
    &secret_in_env::LINT,
    &secret_in_arg::LINT,
    &secret_passed_as_argument::LINT,
    &secret_in_workflow_input::LINT,
    &provenance_publishes_argument::LINT,
    &cache_publishes_stage::LINT,
    &secret_in_discarded_stage::LINT,
    &secret_in_label::LINT,
    &secret_in_command::LINT,
    &git_credentials_persisted::LINT,
    &login_persisted::LINT,
    &secret_persisted::LINT,
    &secret_copied_from_stage::LINT,
    &secret_in_log::LINT,
    &secret_in_run::LINT,
    &secret_in_file::LINT,
    &secret_file_copied::LINT,
    &secret_in_instruction::LINT,
    &secret_in_bundle::LINT,
    &secret_arg_in_run::LINT,
    &secret_in_comment::LINT,
    &secret_in_context::LINT,
    &secret_written_into_context::LINT,
    &ignore_rule_misses::LINT,
    &git_directory_copied::LINT,
    &mount_misread::LINT,
    &mount_world_readable::LINT,
    &unpinned_frontend::LINT,
    &argument_not_declared::LINT,
    &build_record_uploaded::LINT,
    &secret_not_provided::LINT,
    &git_token_unscoped::LINT,
    &mount_not_required::LINT,
    &mount_wrong_owner::LINT,
    &build_not_clear::LINT,
    &allow_without_effect::LINT,
];
