//! Credential files by their format, one file each.

mod aws_credentials;
mod docker_config;
mod dotenv;
mod gcloud;
mod git_config;
mod git_credentials;
mod judge;
mod kubeconfig;
mod maven_settings;
mod netrc;
mod npmrc;
mod password_hashes;
mod pgpass;
mod pip_conf;
mod pypirc;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &npmrc::FINDER,
    &netrc::FINDER,
    &docker_config::FINDER,
    &aws_credentials::FINDER,
    &kubeconfig::FINDER,
    &git_credentials::FINDER,
    &git_config::FINDER,
    &pypirc::FINDER,
    &pip_conf::FINDER,
    &maven_settings::FINDER,
    &dotenv::FINDER,
    &password_hashes::FINDER,
    &pgpass::FINDER,
    &gcloud::FINDER,
];
