//! Keys whose names say less: a program keeps them under the name of a key, and encrypts or signs with them.

use super::super::judge::name::words;
use super::super::judge::reading::reach;
use super::super::judge::site::name_around;
use super::{is_beside_cipher, is_harmless, is_key, is_of_tests, listed, number};
use crate::Text;
use crate::read::Part;

/// How numbers are led to, behind the end of the name, in lower case.
const LEADS: &[&str] =
    &["key: [u8; ", "key: &[u8", "key = {", "key{", "key() -> <<", "key, <<", "key = <<", "key <<"];
/// Calls that make a key of its numbers.
const CALLS: &[&str] = &["fromsecretkey(", "from_secret_key(", "keypair.from_bytes(", "keypair::from_bytes("];
/// What a name says of a key that seals or signs.
const TELLING: &[&str] = &[
    "aes",
    "auth",
    "chacha",
    "chacha20",
    "cipher",
    "crypt",
    "crypto",
    "decrypt",
    "decryption",
    "des",
    "enc",
    "encrypt",
    "encryption",
    "hmac",
    "jwt",
    "master",
    "secret",
    "session",
    "sign",
    "signing",
    "token",
    "xor",
];

pub(super) fn is_kept(text: &[u8], at: usize) -> bool {
    let rest = reach(text, at);
    LEADS.iter().chain(CALLS).any(|lead| rest.strip(lead).is_some())
}

/// `STORE_KEY: [u8; 32] = [ … ]`, `kHmacKey = { … }`, `key() -> <<…>>`, `Keypair.fromSecretKey(Uint8Array.from([ … ]))`.
pub(super) fn kept<'b>(text: &Text<'b>, at: usize) -> Option<(Part<'b>, usize)> {
    if is_of_tests(text) {
        return None;
    }
    let rest = reach(text.bytes, at);
    if let Some(given) = CALLS.iter().find_map(|call| rest.strip(call)) {
        return of_call(given);
    }
    let name = name_around(text.bytes, at);
    let words = words(name.bytes());
    let found = binary(rest).or_else(|| listed(text.bytes, at)).filter(|_| !is_harmless(&words))?;
    let telling = words.iter().any(|word| TELLING.contains(&word.as_str()));
    let returned = name.is("key") && rest.strip("key() -> ").is_some();
    (telling || returned || is_beside_cipher(text.bytes, found.0)).then_some(found)
}

/// `<<50, 64, 16#ff, …>>` of Erlang and Elixir.
fn binary(rest: Part<'_>) -> Option<(Part<'_>, usize)> {
    let (_, inside) = rest.first(20).cut_at(b"<<")?;
    let inside = rest.skip(inside.span().start - rest.span().start);
    numbers(inside.cut_at(b">>")?.0)
}

/// A key pair of Ed25519: the private half, then the public one.
fn of_call(given: Part<'_>) -> Option<(Part<'_>, usize)> {
    let lead = given.first(40).while_(|b| b.is_ascii_alphanumeric() || b".(& \n".contains(&b));
    let list = given.after(&lead).strip("[")?;
    numbers(list.cut(|b| b == b']')?.0).filter(|(_, bytes)| *bytes == 64)
}

fn numbers(list: Part<'_>) -> Option<(Part<'_>, usize)> {
    let list = list.trim_of(|b| b.is_ascii_whitespace() || b == b',');
    let bytes: Option<Vec<u8>> =
        list.bytes().split(|b| *b == b',').map(|part| number(part.trim_ascii())).collect();
    bytes.filter(|bytes| is_key(bytes)).map(|bytes| (list, bytes.len()))
}
