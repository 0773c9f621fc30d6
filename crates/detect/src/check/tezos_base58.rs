//! Secret keys of Tezos: base58 with a checksum of four bytes, and first bytes that spell the kind.
//!
//! Source: <https://octez.tezos.com/docs/developer/encodings.html> and `src/lib_crypto/base58.ml` of Octez.

use super::sum::base58::{self, BITCOIN, Layout};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "tezos-base58",
    noun: "checksum",
    verify: |token| base58::verify(token, BITCOIN, LAYOUTS),
    seal: |token| base58::seal(token, BITCOIN, LAYOUTS),
    tells: nothing,
};

const LAYOUTS: &[Layout] = &[
    layout(b"edsk", &[13, 15, 58, 7], 32),
    layout(b"edsk", &[43, 246, 78, 7], 64),
    layout(b"spsk", &[17, 162, 224, 201], 32),
    layout(b"p2sk", &[16, 81, 238, 189], 32),
    layout(b"edesk", &[7, 90, 60, 179, 41], 56),
    layout(b"spesk", &[9, 237, 241, 174, 150], 56),
    layout(b"p2esk", &[9, 48, 57, 115, 171], 56),
    layout(b"BLesk", &[2, 5, 30, 53, 25], 56),
];

const fn layout(text: &'static [u8], first: &'static [u8], body: usize) -> Layout {
    Layout { text, first, body, last: &[] }
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    #[test]
    fn the_keys_of_published_tests_hold() {
        // Of the sandbox of Octez, of the tests of a library, of a wallet's tests.
        for parts in [
            ["edsk3gUfUPyBSfrS9CCgmCiQsTCHG", "kviBDusMxDJstFtojtc1zcpsh"],
            ["spesk26cGSiaSb4Uz7ZVCdLzHvQVDE2w5eZBF2yBZtBf", "Dae9xLD7JAo9DPn9BWBBWLwHtnm6jpJgSwUGqihcfKDv"],
            [
                "edskRyQy6W7Vs3eDVZtqu3bsAEVPuFCWbsPKXpFn5uDmkbwD",
                "fyBA6Qx8tuD516GCCf92W57LeMgU6kdgefRGpE6H3w9VZYRxAG",
            ],
        ] {
            assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        }
    }

    #[test]
    fn keys_computed_independently_hold() {
        let parts = ["spsk1RZnJoLe7iM1TMpxFaF8LsLJFh", "JncKWgAN32VT27yhv6J17c1Z"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        let parts = ["p2sk2LnuYJGEZxTVCp4Ecbtv7kxMU8", "QkwR8dCtZTkvpmhPfQVy9Lqe"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[parts[0], "QkwR8dCtZTkvpmhPfQVy9Lqf"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        let digits = "[1-9A-HJ-NP-Za-km-z]";
        for shape in ["(edsk[34]|spsk2|p2sk3)D{49}", "edskRyD{92}", "(ed|sp|p2|BL)esk1tD{81}"] {
            let shape = shape.replace('D', digits);
            law::a_sealed_token_holds(&CHECK, &shape);
            law::a_flipped_character_fails(&CHECK, &shape, 0..98);
        }
        law::any_shape_is_survived(&CHECK, "(ed|sp|p2)e?sk[0-9A-Za-z]{48,95}");
    }
}
