//! Names of algorithms, which stand where keys do: `RSASSA-PKCS1-V1_5`, `aes-256-gcm`, `AES/CBC/PKCS5Padding`, `SHA256withRSA`.

use std::borrow::Cow;

use memchr::memmem;

/// What such names are made of, digits apart.
const PARTS: &[&str] = &[
    "a",
    "aes",
    "and",
    "argon",
    "argonid",
    "aria",
    "b",
    "base",
    "bcrypt",
    "blake",
    "camellia",
    "cast",
    "cbc",
    "ccm",
    "cfb",
    "chacha",
    "cmac",
    "ctr",
    "curve",
    "des",
    "desede",
    "dh",
    "dsa",
    "ecb",
    "ecdh",
    "ecdhe",
    "ecdsa",
    "ed",
    "eddsa",
    "ede",
    "es",
    "esp",
    "gcm",
    "hkdf",
    "hmac",
    "hs",
    "kdf",
    "ke",
    "kw",
    "md",
    "mgf",
    "none",
    "nopadding",
    "oaep",
    "ofb",
    "p",
    "padding",
    "pbe",
    "pbes",
    "pbkdf",
    "pkcs",
    "pkcspadding",
    "poly",
    "ps",
    "pss",
    "rc",
    "ripemd",
    "rs",
    "rsa",
    "rsaes",
    "rsassa",
    "s",
    "salsa",
    "scrypt",
    "secp",
    "serpent",
    "sha",
    "shake",
    "siv",
    "sm",
    "tls",
    "twofish",
    "v",
    "with",
    "x",
    "xchacha",
    "xts",
];

/// The text in lower case is the name of an algorithm: two parts in letters at least, and all of them known.
pub(super) fn is_algorithm(lower: &[u8]) -> bool {
    let apart = taken_apart(lower);
    let mut parts = apart.split(|b| !b.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    if !parts.next().is_some_and(|first| letters(first).count() > 1 && is_part(first)) {
        return false;
    }
    let mut more = false;
    parts.all(|part| {
        more |= letters(part).next().is_some();
        is_part(part)
    }) && more
}

/// Java writes them as one word: `PBKDF2WithHmacSHA256`.
fn taken_apart(lower: &[u8]) -> Cow<'_, [u8]> {
    let joints: [(&[u8], &[u8]); 3] = [(b"with", b"-with-"), (b"and", b"-and-"), (b"hmac", b"hmac-")];
    let mut apart = Cow::Borrowed(lower);
    for (joint, divided) in joints {
        let mut places = memmem::find_iter(&apart, joint).collect::<Vec<_>>();
        while let Some(place) = places.pop() {
            apart.to_mut().splice(place..place + joint.len(), divided.iter().copied());
        }
    }
    apart
}

fn is_part(part: &[u8]) -> bool {
    letters(part).next().is_none() || PARTS.iter().any(|name| name.bytes().eq(letters(part)))
}

fn letters(part: &[u8]) -> impl Iterator<Item = u8> {
    part.iter().copied().filter(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::is_algorithm;

    #[test]
    fn names_of_algorithms_are_no_keys() {
        let names = [
            "rsassa-pkcs1-v1_5",
            "aes-256-gcm",
            "aes/cbc/pkcs5padding",
            "rsa-oaep-256",
            "pbkdf2-hmac-sha512",
            "sha256withrsa",
            "nonewithecdsa",
            "pbkdf2withhmacsha256",
            "pbewithsha1anddesede",
            "hmacsha512",
        ];
        for name in names {
            assert!(is_algorithm(name.as_bytes()), "{name}");
        }
        for other in [
            "aes",
            "aes-tulip7",
            "a-1-b",
            "des-12345678",
            "hunter2-sha",
            "20240101",
            "sha256 of it",
            "tulipwithrsa",
        ] {
            assert!(!is_algorithm(other.as_bytes()), "{other}");
        }
    }
}
