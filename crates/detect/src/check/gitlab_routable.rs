//! GitLab routable tokens: the last seven characters are the CRC-32 of everything before them in base36.
//!
//! `<prefix><base64url payload>.<length>` or, since version 1, `<prefix><base64url payload>.01.<length>`, then the
//! sum. The length is that of the payload in two base36 digits. Older tokens have no dot and no sum.
//!
//! Source: GitLab's `lib/authn/token_field/generator/routable_token.rb`, and
//! <https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/>

use std::ops::Range;

use super::sum::{put, radix, tail};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "gitlab-routable",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal,
    tells: nothing,
};

const SUM: usize = 7;
const LENGTH: usize = 2;

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let dot = token.iter().rposition(|&character| character == b'.')?;
    let covered = token.get(..token.len().checked_sub(SUM)?)?;
    (covered.len() == dot + 1 + LENGTH).then(|| radix::padded(crc32fast::hash(covered), radix::BASE36, SUM))
}

/// Writes the length of the payload, then the sum over it.
fn seal(token: &mut [u8]) -> bool {
    let Some(payload) = payload(token) else { return false };
    let length = radix::padded(u32::try_from(payload.len()).unwrap_or(u32::MAX), radix::BASE36, LENGTH);
    let Some(at) = token.len().checked_sub(SUM + LENGTH) else { return false };
    let fits = length.len() == LENGTH && at > payload.end && put(token, at, &length);
    fits && tail::seal(token, ending) && (CHECK.verify)(token) == Outcome::Holds
}

/// Where the payload stands: from behind the prefix (`glpat-`, `glrt-t1_`) to the first dot.
fn payload(token: &[u8]) -> Option<Range<usize>> {
    let dot = token.iter().position(|&character| character == b'.')?;
    let dash = token.iter().position(|&character| character == b'-').filter(|&dash| dash < dot)?;
    let kind = match token.get(dash + 1..dash + 4) {
        Some([b't', digit, b'_']) if digit.is_ascii_digit() => 3,
        _ => 0,
    };
    Some(dash + 1 + kind..dot)
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    /// `o:1`, `u:2`, sixteen bytes and their number.
    const PAYLOAD: &str = "bzoxCnU6MgABAgMEBQYHCAkKCwwNDg8Q";
    const SHAPE: &str = "gl(pat-|rt-t1_|dt-)[0-9A-Za-z]{27,60}(\\.01)?\\.[0-9a-z]{9}";

    #[test]
    fn tokens_computed_independently_hold() {
        for parts in [
            ["glpat-", PAYLOAD, ".0w", "1s8wgmg"],
            ["glpat-", PAYLOAD, ".01.0w", "0f3z10x"],
            ["glrt-t1_", PAYLOAD, ".01.0w", "1gnw3ih"],
        ] {
            assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds);
        }
    }

    #[test]
    fn sealing_writes_the_length_of_the_payload() {
        let mut token = law::token(&["glrt-t1_", PAYLOAD, ".01.zz", "zzzzzzz"]);
        assert!((CHECK.seal)(&mut token));
        assert_eq!(token, law::token(&["glrt-t1_", PAYLOAD, ".01.0w", "1gnw3ih"]));
    }

    #[test]
    fn the_old_form_has_none() {
        let parts = ["glpat-", "01234567890123456789"];
        assert_eq!(law::verify(&CHECK, &parts), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
        law::a_flipped_character_fails(&CHECK, SHAPE, 0..90);
        law::any_shape_is_survived(&CHECK, "[a-z]{0,3}-?[a-z]{0,5}\\.{0,2}[0-9a-z]{5,12}");
    }
}
