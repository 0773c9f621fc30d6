//! Private keys of Sui: bech32 over a byte that says which curve, and 32 bytes.
//!
//! Source: <https://github.com/sui-foundation/sips/blob/main/sips/sip-15.md>

use super::sum::bech32::{self, Kind};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "sui-bech32",
    noun: "checksum",
    verify: |token| bech32::verify(token, KINDS),
    seal: |token| bech32::seal(token, KINDS),
    tells: nothing,
};

const KINDS: &[Kind] = &[("suiprivkey", 33)];

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    #[test]
    fn a_key_computed_independently_holds() {
        let parts = ["suiprivkey1", "qqqqzqsrqszsvpcgpy9qkrqdpc83qy", "gjzv2p29shrqv35xcur50p74yefn7"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["suiprivkey1", parts[2], parts[1]]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "suiprivkey1q[02-9ac-hj-np-z]{58}");
        law::a_flipped_character_fails(&CHECK, "suiprivkey1q[02-9ac-hj-np-z]{58}", 0..70);
    }
}
