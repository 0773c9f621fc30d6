//! Azure's identifiable keys: a mark near the end, then a Marvin32 hash of the bytes before it.
//!
//! Four lengths, each with its marks at one place. The hash takes a seed that tells what the key is for, and its four
//! bytes stand last, the least first. Keys of Redis are letters and digits only: `+` and `/` in the hash are
//! written as `P` and `F`.
//!
//! Source: <https://github.com/microsoft/security-utilities>, `IdentifiableMetadata.cs`, `IdentifiableSecrets.cs`.

use ::base64::Engine;
use ::base64::engine::GeneralPurpose;

use super::sum::{base64, marvin32, put};
use super::{Check, Outcome, nothing};

/// See the module.
pub(super) static CHECK: Check =
    Check { name: "azure-marvin", noun: "checksum", verify, seal, tells: nothing };

/// Keys of one length.
struct Layout {
    /// How many bytes, the hash included.
    bytes: usize,
    /// At which character the mark stands.
    mark_at: usize,
    /// How the bytes are written.
    engine: &'static GeneralPurpose,
    /// The marks, each with its seeds.
    kinds: &'static [(&'static [u8; 4], &'static [u64])],
}

const fn seed(name: &[u8; 8]) -> u64 {
    u64::from_be_bytes(*name)
}

const MESSAGING: &[u64] =
    &[seed(b"Send0000"), seed(b"Listen00"), seed(b"Manage00"), seed(b"System00"), seed(b"Unknown0")];
const COSMOS: &[u64] = &[
    seed(b"MastRW00"),
    seed(b"MastRO00"),
    seed(b"SystRW00"),
    seed(b"SystRO00"),
    seed(b"SysAll00"),
    seed(b"Resour00"),
    seed(b"Encryp00"),
];
const REDIS: &[u8; 4] = b"AzCa";

static LAYOUTS: &[Layout] = &[
    Layout {
        bytes: 64,
        mark_at: 76,
        engine: &base64::PLAIN,
        kinds: &[
            (b"+ASt", &[seed(b"Default0")]),
            (b"+ABa", &[seed(b"AbAcct00")]),
            (b"+AMC", &[seed(b"Classic0")]),
            (b"ACDb", COSMOS),
            (b"APIM", &[seed(b"Tenant00"), seed(b"IoTHub00"), seed(b"Gatewy00"), seed(b"GitKey00")]),
        ],
    },
    Layout {
        bytes: 32,
        mark_at: 33,
        engine: &base64::PLAIN,
        kinds: &[
            (REDIS, &[seed(b"Access00")]),
            (b"+ASb", MESSAGING),
            (b"+AEh", MESSAGING),
            (b"+ARm", MESSAGING),
            (b"AIoT", &[seed(b"IoTHub00"), seed(b"DpsKey00"), seed(b"Device00")]),
            (b"AZEG", &[seed(b"Default0")]),
        ],
    },
    Layout {
        bytes: 39,
        mark_at: 42,
        engine: &base64::PLAIN,
        kinds: &[(b"AzSe", &[seed(b"Query000"), seed(b"PAdmin00")]), (b"+ACR", &[seed(b"ACRDflt0")])],
    },
    Layout {
        bytes: 40,
        mark_at: 44,
        engine: &base64::URL,
        kinds: &[(b"AzFu", &[seed(b"Master00"), seed(b"System00"), seed(b"Functi00")])],
    },
];

fn verify(token: &[u8]) -> Outcome {
    let text = token.strip_suffix(b"==").or(token.strip_suffix(b"=")).unwrap_or(token);
    match texts(text) {
        None => Outcome::Absent,
        Some(right) if right.iter().any(|right| right == text) => Outcome::Holds,
        Some(_) => Outcome::Fails,
    }
}

fn seal(token: &mut [u8]) -> bool {
    let padding = token.iter().rev().take_while(|&&character| character == b'=').count();
    let end = token.len() - padding;
    let Some(text) = token.get_mut(..end) else { return false };
    let Some(right) = texts(text).and_then(|right| right.into_iter().next()) else { return false };
    put(text, 0, &right) && verify(token) == Outcome::Holds
}

/// Every text that a key may be whose beginning is this one's; none where no key has this length and mark.
fn texts(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let layout = LAYOUTS.iter().find(|layout| (layout.bytes * 4).div_ceil(3) == text.len())?;
    let mark = text.get(layout.mark_at..layout.mark_at + 4)?;
    let (mark, seeds) = layout.kinds.iter().find(|(known, _)| *known == mark)?;
    let bytes = base64::decode(layout.engine, text)?;
    let covered = bytes.get(..layout.bytes - 4)?;
    let hashed = seeds.iter().map(|&seed| with_hash(layout, covered, seed));
    Some(hashed.flat_map(|plain| spellings(mark, layout, plain)).collect())
}

/// The bytes and their hash, written down.
fn with_hash(layout: &Layout, covered: &[u8], seed: u64) -> Vec<u8> {
    let hash = marvin32::hash(covered, seed).to_le_bytes();
    layout.engine.encode([covered, &hash].concat()).into_bytes()
}

/// How a key is spelt: as base64 says, and for Redis with letters instead of signs, which is what Azure issues.
fn spellings(mark: &[u8; 4], layout: &Layout, plain: Vec<u8>) -> Vec<Vec<u8>> {
    if mark != REDIS {
        return vec![plain];
    }
    let mut letters = plain.clone();
    for character in letters.iter_mut().skip(layout.mark_at + 4) {
        *character = match *character {
            b'+' => b'P',
            b'/' => b'F',
            other => other,
        };
    }
    vec![letters, plain]
}

#[cfg(test)]
mod tests {
    use super::super::sum::law;
    use super::*;

    const BODY: &str = "tightlip0123456789TIGHTLIP0123456789abcdtightlip0123456789TIGHTLIP0123456789abcd";

    #[test]
    fn keys_computed_independently_hold() {
        for (length, mark, sum) in [
            (76, "+ASt", "qEIKAg=="),
            (76, "ACDb", "EWedow=="),
            (33, "AzCa", "M1q7KE="),
            (33, "+ASb", "OSlPAQ="),
            (42, "+ACR", "DRz/xt"),
            (42, "AzSe", "CPIPxZ"),
            (44, "AzFu", "nmLddA=="),
        ] {
            let parts = [&BODY[..length], mark, sum];
            assert_eq!(law::verify(&CHECK, &parts), Outcome::Holds, "{mark}");
        }
    }

    #[test]
    fn seeds_are_names() {
        assert_eq!(seed(b"Default0"), 0x4465_6661_756c_7430);
        assert_eq!(seed(b"MastRW00"), 0x4d61_7374_5257_3030);
        assert_eq!(seed(b"Functi00"), 0x4675_6e63_7469_3030);
        assert_eq!(seed(b"Gatewy00"), 0x4761_7465_7779_3030);
        let of = |mark: &[u8; 4]| LAYOUTS.iter().flat_map(|layout| layout.kinds).find(|kind| kind.0 == mark);
        let published =
            [0x5465_6e61_6e74_3030, 0x496f_5448_7562_3030, 0x4761_7465_7779_3030, 0x4769_744b_6579_3030];
        assert_eq!(of(b"APIM").map(|kind| kind.1), Some(&published[..]));
    }

    #[test]
    fn a_key_without_a_mark_has_none() {
        assert_eq!(law::verify(&CHECK, &[&BODY[..80], "tightl", "=="]), Outcome::Absent);
    }

    #[test]
    fn a_url_safe_key_may_come_without_padding() {
        assert_eq!(law::verify(&CHECK, &[&BODY[..44], "AzFu", "nmLddA"]), Outcome::Holds);
    }

    #[test]
    fn the_laws_hold() {
        for (shape, length) in [
            ("[0-9A-Za-z+/]{76}(\\+ASt|\\+ABa|\\+AMC|ACDb|APIM)[0-9A-Za-z+/]{5}[AQgw]==", 86),
            ("[0-9A-Za-z+/]{33}(\\+ASb|\\+AEh|\\+ARm|AIoT|AZEG)[A-P][0-9A-Za-z+/]{4}[AEIMQUYcgkosw048]=", 43),
            ("[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{4}[AEIMQUYcgkosw048]=", 43),
            ("[0-9A-Za-z+/]{42}(AzSe|\\+ACR)[A-D][0-9A-Za-z+/]{5}", 52),
            ("[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==", 54),
        ] {
            law::a_sealed_token_holds(&CHECK, shape);
            law::a_flipped_character_fails(&CHECK, shape, 0..length);
        }
    }
}
