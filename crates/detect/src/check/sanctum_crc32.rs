//! Laravel Sanctum tokens: the last eight hexadecimal digits are the CRC-32 of the 40 characters before them.
//!
//! `12|…`. Tokens of before 2023 have 40 characters and no sum.
//!
//! Source: <https://github.com/laravel/sanctum/blob/4.x/src/HasApiTokens.php> (`generateTokenString`)

use super::sum::{radix, tail};
use super::{Check, nothing};

/// See the module.
pub(super) static CHECK: Check = Check {
    name: "sanctum-crc32",
    noun: "checksum",
    verify: |token| tail::verify(token, ending),
    seal: |token| tail::seal(token, ending),
    tells: nothing,
};

fn ending(token: &[u8]) -> Option<Vec<u8>> {
    let bar = token.iter().position(|byte| *byte == b'|')?;
    let body = token.get(bar.checked_add(1)?..)?;
    let entropy = body.get(..40).filter(|_| body.len() == 48)?;
    Some(radix::hex_as_in(token, crc32fast::hash(entropy)))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::sum::law;
    use super::*;

    const SHAPE: &str = "[1-9]{1,4}\\|[0-9A-Za-z]{40}[0-9a-f]{8}";
    const BODY: &str = "tightlip0123456789TIGHTLIP0123456789abcd";

    #[test]
    fn a_sum_computed_independently_holds() {
        assert_eq!(law::verify(&CHECK, &["7|", BODY, "23519af0"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &["7|", BODY, "23519af1"]), Outcome::Fails);
    }

    #[test]
    fn a_token_without_a_sum_is_not_judged() {
        assert_eq!(law::verify(&CHECK, &["7|", BODY]), Outcome::Absent);
    }

    #[test]
    fn the_laws_hold() {
        law::a_sealed_token_holds(&CHECK, SHAPE);
    }
}
