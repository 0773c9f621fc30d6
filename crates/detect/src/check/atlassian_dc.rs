//! Data Center access tokens of Jira, Confluence and Bitbucket: base64 of a decimal identifier, a colon and random bytes.
//!
//! 44 characters, after `BBDC-` for Bitbucket.
//!
//! Source: <https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html>

use super::sum::base64;
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "atlassian-dc", noun: "structure", verify, seal, tells: nothing };

/// The identifier that is written when sealing has this many digits, as real ones have.
const DIGITS: usize = 12;
/// Fewer random bytes would be no secret.
const RANDOM: usize = 16;

fn verify(token: &[u8]) -> Outcome {
    if is_token(text(token)) { Outcome::Holds } else { Outcome::Fails }
}

fn is_token(text: &[u8]) -> bool {
    let bytes = base64::decode(&base64::PLAIN, text).unwrap_or_default();
    let Some(colon) = bytes.iter().position(|&byte| byte == b':') else { return false };
    let (id, random) = bytes.split_at(colon);
    (1..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit) && random.len() > RANDOM
}

fn seal(token: &mut [u8]) -> bool {
    let start = token.len() - text(token).len();
    let Some(text) = token.get_mut(start..) else { return false };
    let Some(mut bytes) = base64::decode(&base64::PLAIN, text) else { return false };
    let Some(id) = bytes.get_mut(..=DIGITS) else { return false };
    id.iter_mut().for_each(|byte| *byte = b'0' + *byte % 10);
    id.iter_mut().take(1).for_each(|first| *first = (*first).max(b'1'));
    id.iter_mut().skip(DIGITS).for_each(|colon| *colon = b':');
    base64::overwrite(&base64::PLAIN, text, &bytes) && verify(token) == Outcome::Holds
}

/// The base64 behind the prefix, if there is one.
fn text(token: &[u8]) -> &[u8] {
    token.strip_prefix(b"BBDC-").unwrap_or(token)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn an_identifier_and_random_bytes_hold() {
        // "123456789012:" and twenty letters.
        let parts = ["MTIzNDU2Nzg5MDEyOmFi", "Y2RlZmdoaWprbG1ub3BxcnN0"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        let bitbucket = ["BBDC-", "MTIzNDU2Nzg5MDEyOmFi", "Y2RlZmdoaWprbG1ub3BxcnN0"];
        assert_eq!(law::verify(&CHECK, &bitbucket), Outcome::Holds);
    }

    #[test]
    fn random_base64_fails() {
        assert_eq!(
            law::verify(&CHECK, &["TIghtlip0123456789TI", "Ghtlip0123456789tightlip"]),
            Outcome::Fails
        );
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, "(BBDC-)?[0-9A-Za-z+/]{44}");
    }
}
