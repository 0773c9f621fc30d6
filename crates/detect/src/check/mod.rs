//! Checksums and structures that tell a real token from a made-up one without asking anybody, one file each.

mod age_bech32;
mod atlassian_crc32;
mod atlassian_dc;
mod aws_key_id;
mod azure_cask;
mod azure_devops_pat;
mod azure_entra;
mod azure_marvin;
mod bip39;
mod bitbucket_crc32;
mod cloudflare_crc32;
mod confluent_crc32;
mod discord_snowflake;
mod flyio_macaroon;
mod github_crc32;
mod github_fine_grained;
mod gitlab_routable;
mod grafana_cloud;
mod grafana_crc32;
mod jfrog_base58;
mod jfrog_reference;
mod jwt;
mod npm_crc32;
mod pypi_macaroon;
mod sentry_json;
mod sum;
mod vercel_crc32;
mod zuplo_crc32;

pub use aws_key_id::account_id as aws_account_id;

/// What a check says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The checksum or structure holds.
    Holds,
    /// It does not: mistyped, truncated or invented. Lowers the confidence, never drops.
    Fails,
    /// The token is of a generation that has none.
    Absent,
}

/// A check, named by rules as `check = "…"`.
pub struct Check {
    /// Kebab-case name.
    pub name: &'static str,
    /// What is said when it holds or fails: `checksum`, `structure`.
    pub noun: &'static str,
    /// Judges a whole token.
    pub verify: fn(&[u8]) -> Outcome,
    /// Makes the token hold by overwriting its check characters; false where it cannot. For tests and canaries.
    pub seal: fn(&mut [u8]) -> bool,
}

/// Every check.
pub static CHECKS: &[&Check] = &[
    &age_bech32::CHECK,
    &atlassian_crc32::CHECK,
    &atlassian_dc::CHECK,
    &aws_key_id::CHECK,
    &azure_cask::CHECK,
    &azure_devops_pat::CHECK,
    &azure_entra::CHECK,
    &azure_marvin::CHECK,
    &bip39::CHECK,
    &bitbucket_crc32::CHECK,
    &cloudflare_crc32::CHECK,
    &confluent_crc32::CHECK,
    &discord_snowflake::CHECK,
    &flyio_macaroon::CHECK,
    &github_crc32::CHECK,
    &github_fine_grained::CHECK,
    &gitlab_routable::CHECK,
    &grafana_cloud::CHECK,
    &grafana_crc32::CHECK,
    &jfrog_base58::CHECK,
    &jfrog_reference::CHECK,
    &jwt::CHECK,
    &npm_crc32::CHECK,
    &pypi_macaroon::CHECK,
    &sentry_json::CHECK,
    &vercel_crc32::CHECK,
    &zuplo_crc32::CHECK,
];
