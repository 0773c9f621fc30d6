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
mod bitcoin_base58;
mod cardano_bech32;
mod cloudflare_crc32;
mod confluent_crc32;
mod discord_snowflake;
mod filecoin_json;
mod flyio_macaroon;
mod github_crc32;
mod github_fine_grained;
mod gitlab_routable;
mod grafana_cloud;
mod grafana_crc32;
mod jfrog_base58;
mod jfrog_reference;
mod jwt;
mod lnd_macaroon;
mod nats_crc16;
mod nostr_bech32;
mod npm_crc32;
mod pypi_macaroon;
mod sanctum_crc32;
mod sentry_json;
mod stellar_crc16;
mod sui_bech32;
mod sum;

pub(crate) use lnd_macaroon::is_macaroon as is_lnd_macaroon;
pub(crate) use sum::radix;
mod tezos_base58;
mod vercel_crc32;
mod xrp_base58;
mod zuplo_crc32;

pub use aws_key_id::account_id as aws_account_id;

/// What a check says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The checksum or structure holds.
    Holds,
    /// It holds, and the token says that it opens nothing: unsigned, expired for years, made of example values.
    Spent,
    /// It holds, and the token says that everybody may have it.
    Public,
    /// It does not: mistyped, truncated or invented. Lowers the confidence, never drops.
    Fails,
    /// The token is of a generation that has none, or of a shape that the check does not know.
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
    /// What a token that holds says of itself and everybody may read: whose it is, until when. Never enough to use it.
    pub tells: fn(&[u8]) -> Option<String>,
}

impl Check {
    /// Whether what holds cannot hold by chance.
    pub(crate) fn proves(&self) -> bool {
        self.noun == "checksum"
    }
}

/// For tokens that say nothing of themselves.
fn nothing(_: &[u8]) -> Option<String> {
    None
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
    &bitcoin_base58::CHECK,
    &cardano_bech32::CHECK,
    &cloudflare_crc32::CHECK,
    &confluent_crc32::CHECK,
    &discord_snowflake::CHECK,
    &filecoin_json::CHECK,
    &flyio_macaroon::CHECK,
    &github_crc32::CHECK,
    &github_fine_grained::CHECK,
    &gitlab_routable::CHECK,
    &grafana_cloud::CHECK,
    &grafana_crc32::CHECK,
    &jfrog_base58::CHECK,
    &jfrog_reference::CHECK,
    &jwt::CHECK,
    &lnd_macaroon::CHECK,
    &nats_crc16::CHECK,
    &nostr_bech32::CHECK,
    &npm_crc32::CHECK,
    &pypi_macaroon::CHECK,
    &sanctum_crc32::CHECK,
    &sentry_json::CHECK,
    &stellar_crc16::CHECK,
    &sui_bech32::CHECK,
    &tezos_base58::CHECK,
    &vercel_crc32::CHECK,
    &xrp_base58::CHECK,
    &zuplo_crc32::CHECK,
];

#[cfg(test)]
mod tests {
    use super::sum::law;
    use super::*;

    /// How tokens begin, so that the checks look further than at the first bytes.
    const BEGINNINGS: &str = "(gh[opusr]_|github_pat_|npm_|glpat-|glrt-t1_|glsa_|glc_|ATATT3|ATBB|BBDC-|cfut_|vcp_|cflt|\
        zpka_|pypi-AgEI|fm2_|FlyV1 fm2_|sntrys_|cmVm|AKCp|AGE-SECRET-KEY-1|AKIA|nsec1|addr_sk1|SUA|SB|xprv|L1|sEd|edsk3|eyJ|MT|abandon )";

    #[test]
    fn no_input_makes_a_check_panic_and_what_says_sealed_is_sealed() {
        for check in CHECKS {
            law::any_bytes_are_survived(check);
            law::any_shape_is_survived(check, &format!("{BEGINNINGS}[0-9A-Za-z_.=+/-]{{0,100}}"));
            law::any_shape_is_survived(check, "[0-9A-Za-z+/]{30,90}={0,2}");
        }
    }

    #[test]
    fn nothing_at_all_is_no_token() {
        for check in CHECKS {
            assert_ne!((check.verify)(b""), Outcome::Holds, "{}", check.name);
            assert!(!(check.seal)(&mut []), "{}", check.name);
        }
    }

    #[test]
    fn names_are_kebab_case_in_order_and_told_apart() {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        assert!(names.is_sorted());
        for (name, next) in names.iter().zip(names.iter().skip(1)) {
            assert_ne!(name, next);
        }
        let kebab = |name: &&str| {
            name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        assert!(names.iter().all(kebab));
        assert!(CHECKS.iter().all(|check| ["checksum", "structure"].contains(&check.noun)));
    }
}
