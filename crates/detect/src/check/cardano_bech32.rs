//! Private keys of Cardano: bech32 with a beginning that says what the key is for.
//!
//! `_sk` are the 32 bytes of an Ed25519 key, `_xsk` those of an extended one with its chain code. `ed25519e_sk` is an extended
//! one without it, `xprv` is how libraries write a root key; a key for lotteries (VRF) has both halves.
//!
//! Source: <https://cips.cardano.org/cip/CIP-5>, <https://github.com/Emurgo/cardano-serialization-lib>.

use super::sum::bech32::{self, Kind};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "cardano-bech32",
    noun: "checksum",
    verify: |token| bech32::verify(token, KINDS),
    seal: |token| bech32::seal(token, KINDS),
    tells: nothing,
};

const KINDS: &[Kind] = &[
    ("acct_shared_sk", 32),
    ("acct_shared_xsk", 96),
    ("acct_sk", 32),
    ("acct_xsk", 96),
    ("addr_shared_sk", 32),
    ("addr_shared_xsk", 96),
    ("addr_sk", 32),
    ("addr_xsk", 96),
    ("cc_cold_sk", 32),
    ("cc_cold_xsk", 96),
    ("cc_hot_sk", 32),
    ("cc_hot_xsk", 96),
    ("cvote_sk", 32),
    ("drep_sk", 32),
    ("drep_xsk", 96),
    ("ed25519_sk", 32),
    ("ed25519e_sk", 64),
    ("policy_sk", 32),
    ("pool_sk", 32),
    ("root_shared_sk", 32),
    ("root_shared_xsk", 96),
    ("root_sk", 32),
    ("root_xsk", 96),
    ("stake_shared_sk", 32),
    ("stake_shared_xsk", 96),
    ("stake_sk", 32),
    ("stake_xsk", 96),
    ("vrf_sk", 64),
    ("xprv", 96),
];

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "(addr|root|stake)_xsk1[02-9ac-hj-np-z]{160}";

    #[test]
    fn the_key_of_the_manual_of_cardano_addresses_holds() {
        let parts = [
            "root_xsk1",
            "hqzfzrgskgnpwskxxrv5khs7ess82ecy8za9l5ef7e0afd2849p3zryje8chk39nxtva0sww5me3pzkej4rvd5cae3q3",
            "v8eu7556n6pdrp4fdu8nsglynpmcppxxvfdyzdz5gfq3fefjepxhvqspmuyvmvqg8983",
        ];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["acct_xsk1", parts[1], parts[2]]), Outcome::Fails);
    }

    #[test]
    fn keys_computed_independently_hold() {
        let body = ["qqqsyqcyq5rqwzqfpg9scrgwpugp", "zysnzs23v9ccrydpk8qarc0"];
        let [head, tail] = body;
        assert_eq!(law::verify(&CHECK, &["ed25519_sk1", head, tail, "swrjf7t"]), Outcome::Holds);
        let more = "jqgfzyvjz2f389q5j52ev95hz7vp3xgengdfkxuurjw3m8s7nu0c";
        assert_eq!(law::verify(&CHECK, &["vrf_sk1", head, tail, more, "y0lyml"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["vrf_sk1", head, tail, more, "y0lymk"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_sealed_token_holds(&CHECK, "ed25519e_sk1[02-9ac-hj-np-z]{109}");
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..170);
        law::any_shape_is_survived(&CHECK, "(addr|root)_x?sk1[0-9a-z]{50,170}");
    }
}
