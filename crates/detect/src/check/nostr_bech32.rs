//! Private keys of Nostr: bech32 over the 32 bytes of a key, or over the 91 of one that is encrypted.
//!
//! Source: <https://github.com/nostr-protocol/nips/blob/master/19.md> and `49.md`, BIP-173.

use super::sum::bech32::{self, Kind};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "nostr-bech32",
    noun: "checksum",
    verify: |token| bech32::verify(token, KINDS),
    seal: |token| bech32::seal(token, KINDS),
    tells: nothing,
};

/// A version, the cost, a salt of 16 bytes, a nonce of 24, a mark, and the key with its tag are what is encrypted.
const KINDS: &[Kind] = &[("nsec", 32), ("ncryptsec", 91)];

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "nsec1[02-9ac-hj-np-z]{58}";

    #[test]
    fn the_published_vectors_hold() {
        // NIP-19.
        let parts = ["nsec1", "vl029mgpspedva04g90vltkh6fvh240zqtv9k0", "t9af8935ke9laqsnlfe5"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        // NIP-49.
        let parts = [
            "ncryptsec1",
            "qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8x",
            "n9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p",
        ];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn keys_computed_independently_hold() {
        let body = ["qqqsyqcyq5rqwzqfpg9scrgwpugp", "zysnzs23v9ccrydpk8qarc0s"];
        let [head, tail] = body;
        assert_eq!(law::verify(&CHECK, &["nsec1", head, tail, "8zu3a4"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["nsec1", head, tail, "8zu3a5"]), Outcome::Fails);
        assert_eq!(law::verify(&CHECK, &["npub1", head, tail, "8zu3a4"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_sealed_token_holds(&CHECK, "ncryptsec1[02-9ac-hj-np-z]{152}");
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..63);
        law::any_shape_is_survived(&CHECK, "n(crypt)?sec1[0-9a-z]{50,160}");
    }
}
