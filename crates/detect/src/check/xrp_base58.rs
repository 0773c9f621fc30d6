//! Seeds of the XRP Ledger: base58 in an order of its own, with a checksum of four bytes.
//!
//! 0x21 and 16 bytes, which begins with `s`; for Ed25519 0x01E14B and 16 bytes, which begins with `sEd`.
//!
//! Source: <https://xrpl.org/docs/references/protocol/data-types/base58-encodings>,
//! <https://xrpl.org/docs/concepts/accounts/cryptographic-keys>

use super::sum::base58::{self, Layout, RIPPLE};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "xrp-base58",
    noun: "checksum",
    verify: |token| base58::verify(token, RIPPLE, LAYOUTS),
    seal: |token| base58::seal(token, RIPPLE, LAYOUTS),
    tells: nothing,
};

const LAYOUTS: &[Layout] = &[
    Layout { text: b"sEd", first: &[1, 0xe1, 0x4b], body: 16, last: &[] },
    Layout { text: b"s", first: &[0x21], body: 16, last: &[] },
];

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    #[test]
    fn the_seeds_of_published_tests_hold() {
        for parts in [["snoPBrXtMeMyMHUV", "TgbuqAfg1SUTb"], ["sEdTM1uX8pu2do5X", "vTnutH6HsouMaM2"]] {
            assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        }
    }

    #[test]
    fn seeds_computed_independently_hold() {
        assert_eq!(law::verify(&CHECK, &["sp6JdwovBCsiwnMh", "XuvZGZtPUoGVj"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["sEdSJHdnVumf99Wf", "aHTnU8DaQkx5Q4n"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["sEdSJHdnVumf99Wf", "aHTnU8DaQkx5Q4o"]), Outcome::Fails);
    }

    #[test]
    fn the_laws_hold() {
        for shape in ["s[ahnps]D{27}", "sEd[ST]D{27}"] {
            let shape = shape.replace('D', "[1-9A-HJ-NP-Za-km-z]");
            law::a_sealed_token_holds(&CHECK, &shape);
            law::a_flipped_character_fails(&CHECK, &shape, 0..31);
        }
        law::any_shape_is_survived(&CHECK, "s(Ed)?[0-9A-Za-z]{26,30}");
    }
}
