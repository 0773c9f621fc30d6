//! Secret keys of Tor: `hs_ed25519_secret_key` of an onion service, `ed25519_master_id_secret_key` of a relay.
//!
//! 32 bytes that say what it is and 64 of an expanded Ed25519 key, under any name, also as the base64 that manifests hold. A
//! program that writes such files holds the words and no key behind them.

use super::judge::known;
use crate::context::judge::value::entropy;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "tor-secret-key",
    "Secret key of a Tor onion service or relay",
    "Whoever holds it can answer at its onion address, or act as the relay.",
)
.of("Tor")
.rotate("https://community.torproject.org/onion-services/setup/")
.source("https://gitlab.torproject.org/tpo/core/tor/-/blob/main/src/lib/crypt_ops/crypto_format.c");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "tor",
    rules: &[&RULE],
    wants: |_| true,
    // The second is the base64 of the first.
    keywords: &["== ed25519v1-secret: type0 ==", "pt0gzwqyntuxoxyxlxnly3jldd"],
    find,
    hits: &[],
    misses: &[
        Example { path: "bin/tor", text: "== ed25519v1-secret: type0 ==\0\0\0ed25519v1-public\0", rule: "" },
        Example {
            path: "a.rs",
            text: "const HEADER: &[u8] = b\"== ed25519v1-secret: type0 ==\\0\\0\\0\";\n",
            rule: "",
        },
        Example {
            path: "a.yml",
            text: "hs_ed25519_secret_key: PT0gZWQyNTUxOXYxLXNlY3JldDogdHlwZTAgPT0AAAA=\n",
            rule: "",
        },
    ],
};

const HEAD: &[u8] = b"== ed25519v1-secret: type0 ==\0\0\0";
/// Bytes of an expanded key: a number, and what its signatures start from.
const KEY: usize = 64;
/// Digits of the whole in base64.
const DIGITS: usize = 128;
/// Random bytes of this number have more bits each.
const RANDOM: f64 = 5.0;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len());
        let found = if rest.bytes().starts_with(b"=") {
            let whole = rest.first(HEAD.len() + KEY);
            key(whole.bytes()).map(|key| (whole.skip(HEAD.len()), key, &[][..]))
        } else {
            let run = rest.first(DIGITS).while_(base64::is_digit);
            key(&base64::decode_prefix(run.bytes())).map(|key| (run, key, &["base64"][..]))
        };
        if let Some((part, key, from)) = found {
            out(known::lowered(
                Found::here(&RULE, part, "expanded Ed25519 secret key of Tor").decoded(key, from),
            ));
        }
    }
}

fn key(bytes: &[u8]) -> Option<Vec<u8>> {
    let key = bytes.strip_prefix(HEAD)?.get(..KEY)?;
    // The number is a multiple of eight, and its highest bit but one is set.
    let number = key.first()? & 7 == 0 && key.get(31)? & 0xc0 == 0x40;
    (number && entropy(key) >= RANDOM).then(|| key.to_vec())
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::finder::tests::found_in;

    fn file(first: u8) -> Vec<u8> {
        let mut key: Vec<u8> = (0..64_u8).map(|n| n.wrapping_mul(91)).collect();
        key[0] = first;
        key[31] = 0x5a;
        [HEAD, &key].concat()
    }

    #[test]
    fn a_key_is_found_as_it_is_and_in_base64() {
        let found = found_in(&FINDER, "var/lib/tor/web/hs_ed25519_secret_key", &file(8)).len();
        assert_eq!(found, 1);
        let text = format!("  hs_ed25519_secret_key: {}\n", STANDARD.encode(file(8)));
        let found = found_in(&FINDER, "secret.yml", text.as_bytes());
        assert_eq!((found.len(), &*found[0].secret), (1, &file(8)[32..]));
    }

    #[test]
    fn bytes_that_are_no_key_are_none() {
        assert!(found_in(&FINDER, "a", &file(9)).is_empty());
        assert!(found_in(&FINDER, "a", &file(8)[..90]).is_empty());
        assert!(found_in(&FINDER, "a", &[HEAD, &[0x40; 64]].concat()).is_empty());
    }
}
