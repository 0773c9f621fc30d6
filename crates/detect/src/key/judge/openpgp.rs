//! OpenPGP packets (RFC 9580): what secret keys are in them, and how they are protected.

use std::ops::Range;

/// What of a secret key is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Held {
    /// Nothing: GnuPG's stub of a key that is kept elsewhere, on a card or another machine.
    Nothing,
    /// It, under a passphrase.
    Encrypted,
    /// It.
    Open,
}

/// A key with its subkeys, and the names and signatures between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transferable {
    /// From its first packet to its last.
    pub span: Range<usize>,
    /// The most of what its key and subkeys hold.
    pub held: Held,
    /// Whether every key in it is written as keys are: known algorithms and dates, sums that hold, packets that end where they
    /// say. Chance makes no such.
    pub sound: bool,
}

/// The secret key and the secret subkey.
const KEY: u8 = 5;
const SUBKEY: u8 = 7;
/// Packets that stand behind a key: signature, marker, trust, user, user's attribute, padding.
const BEHIND: &[u8] = &[2, 10, 12, 13, 17, 21];

/// The keys at the start of packets, up to what is none of theirs. A key that is cut short is told by what is there.
pub(crate) fn transferable(packets: &[u8]) -> Vec<Transferable> {
    let mut all: Vec<Transferable> = Vec::new();
    let mut at = 0;
    while let Some(packet) = packets.get(at..).and_then(Packet::first) {
        let end = at.saturating_add(packet.length);
        let secret = matches!(packet.tag, KEY | SUBKEY).then(|| Secret::of(packet.body)).flatten();
        match (packet.tag, secret) {
            (KEY, Some(secret)) => {
                all.push(Transferable {
                    span: at..end,
                    held: secret.held,
                    sound: secret.sound && packet.whole,
                });
            }
            (SUBKEY, Some(secret)) => {
                let Some(key) = all.last_mut() else { break };
                key.held = key.held.max(secret.held);
                key.sound &= secret.sound && packet.whole;
                key.span.end = end;
            }
            (tag, _) if BEHIND.contains(&tag) => match all.last_mut() {
                Some(key) => key.span.end = end,
                None => break,
            },
            _ => {
                if let Some(key) = all.last_mut() {
                    key.sound = false;
                }
                break;
            }
        }
        at = end;
    }
    all
}

struct Packet<'b> {
    tag: u8,
    body: &'b [u8],
    /// With its head; never more than there is.
    length: usize,
    whole: bool,
}

impl<'b> Packet<'b> {
    fn first(bytes: &'b [u8]) -> Option<Self> {
        let (&first, rest) = bytes.split_first()?;
        if first & 0x80 == 0 {
            return None;
        }
        let word = |n: usize| {
            let digits = rest.get(..n)?;
            Some((digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit)), n))
        };
        let (tag, (length, head)) = if first & 0x40 == 0 {
            let told = match first & 3 {
                0 => word(1)?,
                1 => word(2)?,
                2 => word(4)?,
                _ => (rest.len(), 0),
            };
            ((first >> 2) & 0x0f, told)
        } else {
            let told = match *rest.first()? {
                one @ 0..=191 => (usize::from(one), 1),
                one @ 192..=223 => ((usize::from(one) - 192) * 256 + usize::from(*rest.get(1)?) + 192, 2),
                255 => {
                    let digits = rest.get(1..5)?;
                    (digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit)), 5)
                }
                _ => return None,
            };
            (first & 0x3f, told)
        };
        let body = rest.get(head..)?;
        let whole = length <= body.len();
        let body = body.get(..length.min(body.len()))?;
        Some(Self { tag, body, length: 1 + head + body.len(), whole })
    }
}

struct Secret {
    held: Held,
    sound: bool,
}

impl Secret {
    /// A secret key's body: version, date, algorithm, its public numbers, how the secret ones are protected, and those.
    fn of(body: &[u8]) -> Option<Self> {
        let version = *body.first().filter(|version| (3..=6).contains(*version))?;
        let made = u32::from_be_bytes(*body.get(1..)?.first_chunk::<4>()?);
        let algorithm = *body.get(if version == 3 { 7 } else { 5 })?;
        let secret = match version {
            // Versions 5 and 6 say how long the public part is.
            5 | 6 => {
                let n = u32::from_be_bytes(*body.get(6..)?.first_chunk::<4>()?);
                body.get(10_usize.checked_add(usize::try_from(n).ok()?)?..)?
            }
            3 => after_public(algorithm, body.get(8..)?)?,
            _ => after_public(algorithm, body.get(6..)?)?,
        };
        let (&usage, rest) = secret.split_first()?;
        // Since OpenPGP is, and before the seconds run out.
        let dated = made == 0 || made > 662_688_000 && made < 4_102_444_800;
        let (held, sound) = match usage {
            0 => (Held::Open, version >= 5 || sum_holds(rest)),
            253..=255 => protected(rest, version),
            // A cipher's number alone: an MD5 of the passphrase.
            1..=13 => (Held::Encrypted, false),
            _ => (Held::Encrypted, false),
        };
        Some(Self { held, sound: sound && dated })
    }
}

/// A cipher and how its key is made of the passphrase.
fn protected(rest: &[u8], version: u8) -> (Held, bool) {
    let rest = if version >= 5 { rest.get(1..).unwrap_or_default() } else { rest };
    // Version 6 says how long the specifier is; with AEAD its algorithm stands before.
    let at = |n: usize| rest.get(n).copied().unwrap_or_default();
    if at(1) == STUB && rest.get(3..6) == Some(b"GNU") {
        return (Held::Nothing, true);
    }
    let sound = version >= 5 || (1..=13).contains(&at(0)) && matches!(at(1), 0 | 1 | 3 | 4);
    (Held::Encrypted, sound)
}

/// GnuPG's specifier for what is kept elsewhere.
const STUB: u8 = 101;

/// Whether the last two bytes are the sum of those before them.
fn sum_holds(secret: &[u8]) -> bool {
    let Some((numbers, sum)) = secret.split_last_chunk::<2>() else { return false };
    let made = numbers.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    numbers.len() >= 16 && made == u16::from_be_bytes(*sum)
}

/// What follows the public numbers of an algorithm (RFC 9580, 5.5.5).
fn after_public(algorithm: u8, material: &[u8]) -> Option<&[u8]> {
    let numbers = match algorithm {
        1..=3 => 2,
        16 | 20 => 3,
        17 => 4,
        18 | 19 | 22 => 1,
        25 | 27 => return material.get(32..),
        26 => return material.get(56..),
        28 => return material.get(57..),
        _ => return None,
    };
    let mut rest = material;
    if matches!(algorithm, 18 | 19 | 22) {
        let n = usize::from(*rest.first()?);
        rest = rest.get(n + 1..)?;
    }
    for _ in 0..numbers {
        rest = number(rest)?;
    }
    if algorithm == 18 {
        let n = usize::from(*rest.first()?);
        rest = rest.get(n + 1..)?;
    }
    Some(rest)
}

/// What follows a number that starts with its length in bits.
fn number(rest: &[u8]) -> Option<&[u8]> {
    let bits = u16::from_be_bytes(*rest.first_chunk::<2>()?);
    rest.get(2 + usize::from(bits).div_ceil(8)..)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A packet of the new form.
    pub(crate) fn packet(tag: u8, body: &[u8]) -> Vec<u8> {
        [&[0xc0 | tag, u8::try_from(body.len()).unwrap()], body].concat()
    }

    /// A version 4 Ed25519 key of made-up numbers, protected as the bytes say; unprotected, with its sum.
    pub(crate) fn secret(protection: &[u8]) -> Vec<u8> {
        let mut body = vec![4, 0x60, 0, 0, 1, 27];
        body.extend((0..32).map(|i: u8| i.wrapping_mul(77)));
        body.extend_from_slice(protection);
        body.extend([8; 32]);
        body.extend([1, 0]);
        body
    }

    fn held(packets: &[u8]) -> Vec<(Held, bool)> {
        transferable(packets).into_iter().map(|key| (key.held, key.sound)).collect()
    }

    #[test]
    fn protection_is_read() {
        assert_eq!(held(&packet(KEY, &secret(&[0]))), [(Held::Open, true)]);
        assert_eq!(held(&packet(KEY, &secret(&[254, 7, 3, 8]))), [(Held::Encrypted, true)]);
        assert_eq!(held(&packet(KEY, &secret(b"\xff\x07\x65\x00GNU\x01"))), [(Held::Nothing, true)]);
        assert_eq!(held(&packet(KEY, &secret(&[254, 99, 3, 8]))), [(Held::Encrypted, false)]);
        assert_eq!(held(&packet(6, &secret(&[0]))), []);
    }

    #[test]
    fn a_stub_with_a_subkey_is_what_the_subkey_is() {
        let stub = packet(KEY, &secret(b"\xff\x07\x65\x00GNU\x01"));
        let both = [stub, packet(13, b"x@y.z"), packet(SUBKEY, &secret(&[0])), packet(2, &[4; 60])].concat();
        let all = transferable(&both);
        assert_eq!((all[0].held, all[0].span.clone()), (Held::Open, 0..both.len()));
    }

    #[test]
    fn a_ring_is_as_many_keys_as_are_in_it() {
        let key = packet(KEY, &secret(&[0]));
        let two = [&key[..], &packet(13, b"x@y.z"), &key].concat();
        assert_eq!(transferable(&two).len(), 2);
    }

    #[test]
    fn a_sum_that_does_not_hold_makes_it_unsound() {
        let mut key = packet(KEY, &secret(&[0]));
        *key.last_mut().unwrap() += 1;
        assert_eq!(held(&key), [(Held::Open, false)]);
        assert_eq!(held(&packet(KEY, &secret(&[0]))[..70]), [(Held::Open, false)], "cut short");
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            let _ = transferable(&bytes);
            let _ = transferable(&[&[0xc5, 0xff], &bytes[..]].concat());
            let _ = transferable(&[&[0x95, 0x00, 0x90, 4, 0x60, 0, 0, 1, 22], &bytes[..]].concat());
        }
    }
}
