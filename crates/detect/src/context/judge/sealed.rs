//! Is this value what only a key that is elsewhere opens, or what is left of a token that was hashed?

use crate::read::base64;

/// What only one cluster can open, as a SealedSecret holds it: base64 of a key's length and what it is for.
pub(super) fn is_sealed(value: &[u8]) -> bool {
    // `0:3:…`, as Magento keeps what only its own key opens.
    if let [a, b':', b, b':', rest @ ..] = value
        && a.is_ascii_digit()
        && b.is_ascii_digit()
    {
        return rest.len() >= 20 && rest.iter().all(|b| base64::is_digit(*b));
    }
    // `![…]`, as Mule keeps what only its own key opens.
    if let Some(inside) = value.strip_prefix(b"![").and_then(|rest| rest.strip_suffix(b"]")) {
        return inside.len() >= 8 && inside.iter().all(|b| base64::is_digit(*b));
    }
    // Bamboo keeps what only the server opens behind this word, TeamCity behind that one the name of what it keeps.
    if [&b"BAMSCRT@"[..], b"credentialsJSON:"].iter().any(|word| value.starts_with(word)) {
        return true;
    }
    if is_of_ejson(value) || is_fingerprint(value) {
        return true;
    }
    // What Windows seals for one user or machine begins with the name of who seals it; `b:` stands before it in `.rdp`.
    let bytes = value.strip_prefix(b"51:").unwrap_or(value);
    let bytes = bytes.strip_prefix(b"b:").unwrap_or(bytes);
    let head = bytes.get(..24).unwrap_or_default();
    if value.starts_with(b"AQAAANCMnd8BFdERjHoA") || head.eq_ignore_ascii_case(b"01000000d08c9ddf0115d111") {
        return true;
    }
    // `AQIAAA5mAAAA…`, a key of ASP.NET that only the machine's container of keys opens.
    if value.starts_with(b"AQIAAA5mAAAApAAA") || value.starts_with(b"AQIAABBmAAAApAAA") {
        return true;
    }
    if is_of_key_in_file(value) {
        return true;
    }
    value.len() >= 300 && value.starts_with(b"Ag") && value.iter().all(|b| base64::is_digit(*b))
}

/// `JE2fp4.aesgcm256.…`, as JFrog's servers keep what only the key in another file of theirs opens.
fn is_of_key_in_file(value: &[u8]) -> bool {
    let mut parts = value.splitn(3, |b| *b == b'.');
    let (id, cipher, data) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
    let known =
        [&b"aesgcm256"[..], b"aesgcm128", b"desede"].contains(&cipher.to_ascii_lowercase().as_slice());
    let plain = |part: Option<&[u8]>| {
        part.is_some_and(|part| {
            !part.is_empty() && part.iter().all(|b| base64::is_digit(*b) || b"-_".contains(b))
        })
    };
    known && plain(id) && plain(data)
}

/// `EJ[1:…:…:…]`, as ejson writes it for whoever has the private key: the version, the key of this once, the nonce and the box;
/// and `EV[1:…:…]`, which only DigitalOcean can open in the app that it was made for.
/// <https://github.com/Shopify/ejson/blob/main/crypto/boxed_message.go>
/// <https://docs.digitalocean.com/products/app-platform/reference/app-spec/>
fn is_of_ejson(value: &[u8]) -> bool {
    let (parts_of_box, inside) = match value.strip_suffix(b"]").and_then(|rest| rest.split_at_checked(3)) {
        Some((b"EJ[", inside)) => (3, inside),
        Some((b"EV[", inside)) => (2, inside),
        _ => return false,
    };
    let mut parts = inside.split(|b| *b == b':');
    let version = parts.next().is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
    let filled = |part: &[u8]| part.len() >= 16 && part.iter().all(|b| base64::is_digit(*b));
    version && parts.clone().count() == parts_of_box && parts.all(filled)
}

/// The digests that are named before them, and the digits that each has in hexadecimal.
const DIGESTS: &[(&[u8], usize)] =
    &[(b"md5", 32), (b"sha1", 40), (b"sha224", 56), (b"sha256", 64), (b"sha384", 96), (b"sha512", 128)];

/// `hmac-sha256:…`, as Vault writes tokens into its audit log, and `sha512:…`: a digest with the name of its method.
/// <https://developer.hashicorp.com/vault/docs/audit#sensitive-information>
fn is_fingerprint(value: &[u8]) -> bool {
    let method = value.strip_prefix(b"hmac-").unwrap_or(value);
    DIGESTS.iter().any(|(name, digits)| {
        let digest = method.strip_prefix(*name).and_then(|rest| rest.strip_prefix(b":"));
        digest.is_some_and(|digest| digest.len() == *digits && digest.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_or_hashed_opens_nothing() {
        let digits = |count: usize| "a1B2".repeat(count / 4);
        let boxed = format!("EJ[1:{}=:{}:{}==]", digits(40), digits(32), digits(28));
        let of_app = format!("EV[1:{}:{}=]", digits(32), digits(60));
        let hashed = format!("hmac-sha256:{}", "a1b2".repeat(16));
        for value in [&boxed, &of_app, &hashed, &hashed.replace("hmac-", "")] {
            assert!(is_sealed(value.as_bytes()), "{value}");
        }
        for value in ["EJ[1:a:b:c]", "EJ[secret]", "hmac-sha256:a1b2", "sha1:a1b2:c3d4"] {
            assert!(!is_sealed(value.as_bytes()), "{value}");
        }
    }
}
