//! NATS seeds (nkeys): base32 over two bytes that say whose it is, 32 bytes, and a CRC-16.
//!
//! `S` and the letter of the kind: user, account, operator, server, cluster, curve, module, service.
//!
//! Source: <https://docs.nats.io/reference/reference-protocols/nkeys> and <https://github.com/nats-io/nkeys>, `strkey.go`.

use super::sum::{base32, crc16, put};
use super::{Check, Outcome};

/// See the module.
pub(super) static CHECK: Check = Check { name: "nats-crc16", noun: "checksum", verify, seal, tells };

/// Characters of a seed.
const LENGTH: usize = 58;
/// The letter behind the `S`, and whose seed it is.
const KINDS: &[(u8, &str)] = &[
    (b'A', "an account's"),
    (b'C', "a cluster's"),
    (b'M', "a module's"),
    (b'N', "a server's"),
    (b'O', "an operator's"),
    (b'U', "a user's"),
    (b'V', "a service's"),
    (b'X', "for encryption"),
];

fn verify(token: &[u8]) -> Outcome {
    let right = crc16::resealed(token).filter(|_| is_seed(token));
    if right.is_some_and(|right| right == token) { Outcome::Holds } else { Outcome::Fails }
}

/// Whether it begins and is as long as a seed.
fn is_seed(token: &[u8]) -> bool {
    // The first two bytes are five bits of `S`, five of the kind, and zeros.
    let zeros = base32::decode(token).and_then(|bytes| Some(*bytes.get(1)? & 0x3f)) == Some(0);
    zeros && token.len() == LENGTH && token.first() == Some(&b'S') && kind(token).is_some()
}

fn kind(token: &[u8]) -> Option<&'static str> {
    let letter = token.get(1)?;
    KINDS.iter().find(|(known, _)| known == letter).map(|(_, whose)| *whose)
}

fn seal(token: &mut [u8]) -> bool {
    let right = crc16::resealed(token).filter(|_| is_seed(token));
    right.is_some_and(|right| right.len() == token.len() && put(token, 0, &right))
}

fn tells(token: &[u8]) -> Option<String> {
    kind(token).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "S[ACMNOUVX]A[A-P][A-Z2-7]{54}";

    #[test]
    fn the_seeds_of_the_manual_hold() {
        // The manual of nkeys.net.
        let parts = ["SOAELH6NJCEK4HST5644G4HK7TOAF", "ZGRRJHNM4EUKUY7PPNDLIKO5IH4JM"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        let parts = ["SUAOBFVHF4ZWKTBJ6QP4C362WLBBBFIE7", "ENFTPYKUGZ3M2ESOXY353LXDI"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
    }

    #[test]
    fn seeds_computed_independently_hold() {
        let body = "AAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H";
        for (kind, sum) in [
            ("U", "776Y"),
            ("A", "YMHI"),
            ("O", "2AJA"),
            ("N", "2D5U"),
            ("C", "YO7Q"),
            ("X", "74KM"),
            ("M", "2CRY"),
            ("V", "76SU"),
        ] {
            assert_eq!(law::verify(&CHECK, &["S", kind, "A", body, sum]), Outcome::Holds, "{kind}");
        }
        assert_eq!(law::verify(&CHECK, &["SUA", body, "YMHI"]), Outcome::Fails);
        assert_eq!(law::verify(&CHECK, &["SUA", body, "776Z"]), Outcome::Fails);
    }

    #[test]
    fn a_seed_says_whose_it_is() {
        assert_eq!(tells(b"SUA").as_deref(), Some("a user's"));
        assert_eq!(tells(b"SZA"), None);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..58);
        law::any_shape_is_survived(&CHECK, "S[A-Z]A[0-9A-Z]{50,60}");
    }
}
