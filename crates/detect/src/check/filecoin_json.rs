//! Private keys of Filecoin as `lotus wallet export` writes them: a JSON in hexadecimal.
//!
//! `{"Type":"secp256k1","PrivateKey":"…"}`, with 32 bytes in base64.
//!
//! Source: <https://lotus.filecoin.io/lotus/manage/manage-fil/>

use super::sum::{base64, put};
use super::{Check, Outcome, nothing};
use crate::read::hex;

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "filecoin-json", noun: "structure", verify, seal, tells: nothing };

const MIDDLE: &[u8] = b"\",\"PrivateKey\":\"";
const KINDS: &[&[u8]] = &[b"{\"Type\":\"secp256k1", b"{\"Type\":\"bls", b"{\"Type\":\"delegated"];
/// Bytes of a key, and digits of it in base64.
const KEY: usize = 32;
const DIGITS: usize = 44;

fn verify(token: &[u8]) -> Outcome {
    if hex::bytes(token).is_some_and(|json| is_key(&json)) { Outcome::Holds } else { Outcome::Fails }
}

fn is_key(json: &[u8]) -> bool {
    let rest = KINDS.iter().find_map(|kind| json.strip_prefix(*kind)?.strip_prefix(MIDDLE));
    let digits = rest.and_then(|rest| rest.strip_suffix(b"\"}"));
    digits.and_then(|digits| base64::decode(&base64::PLAIN, digits)).is_some_and(|key| key.len() == KEY)
}

fn seal(token: &mut [u8]) -> bool {
    sealed(token).is_some_and(|sealed| sealed.len() == token.len() && put(token, 0, &sealed))
}

fn sealed(token: &[u8]) -> Option<Vec<u8>> {
    use ::base64::Engine as _;
    let bytes = hex::bytes(token)?;
    let kind = KINDS.iter().find(|kind| bytes.starts_with(kind))?;
    let key = bytes.get(kind.len() + MIDDLE.len()..)?.get(..KEY)?;
    let digits = base64::PLAIN.encode(key) + "=";
    let json = [*kind, MIDDLE, digits.as_bytes(), b"\"}"].concat();
    (digits.len() == DIGITS).then(|| hex::digits(&json).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    #[test]
    fn the_keys_of_published_tests_hold() {
        // Of the crate hdwallet-filecoin, and of a library's README.
        let head = "7b2254797065223a22736563703235366b31222c22507269766174654b6579223a22";
        let body = "6a7244314c48516258503942453964505635787350454237337a717441442b61644c52747a685a6646556f3d";
        assert_eq!(law::verify(&CHECK, &[head, body, "227d"]), Outcome::Holds);
        assert_eq!(law::verify(&CHECK, &[head, &body[..40], "227d"]), Outcome::Fails);
        let head = "7b2254797065223a22626c73222c22507269766174654b6579223a22";
        let body = "6b434b523969566b73615a6672746b513979356e3269615862317279766d314d37637357456352313142673d";
        assert_eq!(law::verify(&CHECK, &[head, body, "227d"]), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        let head = "7b2254797065223a22736563703235366b31222c22507269766174654b6579223a22";
        law::a_sealed_token_holds(&CHECK, &format!("{head}[0-9a-f]{{92}}"));
        law::any_shape_is_survived(&CHECK, &format!("{head}[0-9a-f]{{80,100}}"));
    }
}
