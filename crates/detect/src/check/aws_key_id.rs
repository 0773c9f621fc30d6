//! AWS access key identifiers: sixteen base32 characters behind the prefix, of which the first hold the account.
//!
//! There is no checksum. Identifiers issued since about 2019 have the highest bit set, and the next forty bits are the
//! number of the account.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>; the account:
//! <https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489>; the generations:
//! <https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers.html>

use super::sum::base32;
use super::{Check, Outcome};

/// See the module.
pub(super) static CHECK: Check = Check { name: "aws-key-id", noun: "structure", verify, seal, tells };

const PREFIX: usize = 4;
const LENGTH: usize = 20;
/// Account numbers have twelve digits.
const ACCOUNTS: u64 = 1_000_000_000_000;

fn tells(token: &[u8]) -> Option<String> {
    account_id(token).map(|account| format!("of account {account:012}"))
}

/// The number of the AWS account that an access key identifier belongs to. None for identifiers of the old
/// generation, which do not tell, and for anything that is no identifier.
#[must_use]
pub fn account_id(token: &[u8]) -> Option<u64> {
    let bytes = base32::decode(token.get(PREFIX..).filter(|_| verify(token) == Outcome::Holds)?)?;
    let first = bytes.get(..6)?.iter().fold(0_u64, |number, &byte| (number << 8) | u64::from(byte));
    let is_new = first >> 47 == 1;
    let account = (first >> 7) & 0xff_ffff_ffff;
    (is_new && account < ACCOUNTS).then_some(account)
}

fn verify(token: &[u8]) -> Outcome {
    let known = token.len() == LENGTH && token.starts_with(b"A");
    let right = token.iter().skip(PREFIX).all(|character| base32::UPPER.contains(character));
    if known && right { Outcome::Holds } else { Outcome::Fails }
}

fn seal(token: &mut [u8]) -> bool {
    for character in token.iter_mut().skip(PREFIX) {
        character.make_ascii_uppercase();
        if matches!(*character, b'0' | b'1' | b'8' | b'9') {
            *character = b'2' + *character % 6;
        }
    }
    verify(token) == Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn published_identifiers_tell_their_account() {
        // https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
        assert_eq!(account_id(&law::token(&["ASIA", "Y34FZKBO", "KMUTVV7A"])), Some(609_629_065_308));
        assert_eq!(account_id(&law::token(&["ASIA", "QNZGKIQY", "56JQ7WML"])), Some(29_608_264_753));
    }

    #[test]
    fn an_account_encoded_independently_is_read_back() {
        assert_eq!(account_id(&law::token(&["AKIA", "RZPUZDIK", "AAAAAAAA"])), Some(123_456_789_012));
    }

    #[test]
    fn the_old_generation_does_not_tell() {
        let documented = law::token(&["AKIA", "IOSFODNN", "7EXAMPLE"]);
        assert_eq!(verify(&documented), Outcome::Holds);
        assert_eq!(account_id(&documented), None);
    }

    #[test]
    fn digits_outside_base32_fail() {
        assert_eq!(law::verify(&CHECK, &["AKIA", "TIGHTLIP", "01890189"]), Outcome::Fails);
        assert_eq!(account_id(&law::token(&["AKIA", "TIGHTLIP", "01890189"])), None);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}");
    }
}
