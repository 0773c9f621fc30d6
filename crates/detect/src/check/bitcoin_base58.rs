//! Keys of Bitcoin wallets: base58 with a checksum of four bytes.
//!
//! A private key (WIF) is 0x80, 32 bytes, and 0x01 where the public half is compressed; an encrypted one (BIP-38) is 39 bytes
//! that begin with 0x0142 or 0x0143; an extended one (BIP-32, SLIP-132) is 78 bytes that begin with what it is for.
//!
//! Source: <https://en.bitcoin.it/wiki/Wallet_import_format>, BIP-32, BIP-38,
//! <https://github.com/satoshilabs/slips/blob/master/slip-0132.md>.

use super::sum::base58::{self, BITCOIN, Layout};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "bitcoin-base58",
    noun: "checksum",
    verify: |token| base58::verify(token, BITCOIN, LAYOUTS),
    seal: |token| base58::seal(token, BITCOIN, LAYOUTS),
    tells: nothing,
};

const LAYOUTS: &[Layout] = &[
    Layout { text: b"", first: &[0x80], body: 32, last: &[1] },
    Layout { text: b"5", first: &[0x80], body: 32, last: &[] },
    Layout { text: b"6P", first: &[1, 0x42], body: 37, last: &[] },
    Layout { text: b"6P", first: &[1, 0x43], body: 37, last: &[] },
    extended(b"xprv", &[0x04, 0x88, 0xad, 0xe4]),
    extended(b"yprv", &[0x04, 0x9d, 0x78, 0x78]),
    extended(b"zprv", &[0x04, 0xb2, 0x43, 0x0c]),
    extended(b"Yprv", &[0x02, 0x95, 0xb0, 0x05]),
    extended(b"Zprv", &[0x02, 0xaa, 0x7a, 0x99]),
];

const fn extended(text: &'static [u8], first: &'static [u8]) -> Layout {
    Layout { text, first, body: 74, last: &[] }
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        // The first master key of BIP-32.
        let parts = [
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3j",
            "PPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        ];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        // The first key of BIP-38.
        let parts = ["6PRVWUbkzzsbcVac2qwfssoUJAN1X", "hrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn keys_computed_independently_hold() {
        let parts = ["KwDidQJHSE67VJ6MWRvbBKAxhD3F", "48DvqRT6JRqrjd7MHLBjGF7V"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[parts[0], "48DvqRT6JRqrjd7MHLBjGF7W"]), Outcome::Fails);
        let parts = ["5HpHgWkLaovGWySEFpng1XQ6pdG", "1TzNWR7SrETvfTRVdKHNXZh8"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        let parts = [
            "ZprvAhb4DoRpb9mDuXZZekLkbcBeAK9fopYnufMcGB27ikWfR9Cic",
            "pLsi8bY5dpmCVFtnNTkwQGq64RS5WLoMJ9goUjszRHhidPwHsbRTiiVGQc",
        ];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        let digits = "[1-9A-HJ-NP-Za-km-z]";
        for shape in ["[KL]D{51}", "5[HJK]D{49}", "[xyzYZ]prvD{107}"] {
            let shape = shape.replace('D', digits);
            law::a_sealed_token_holds(&CHECK, &shape);
            law::a_flipped_character_fails(&CHECK, &shape, 0..111);
        }
        law::any_shape_is_survived(&CHECK, "[5KLxyz6][0-9A-Za-z]{48,112}");
    }
}
