//! Is a run of characters spelled out of words, as identifiers and paths are, or is it random?
//!
//! Entropy does not tell: `static_move_pointer_container` has as much of it as a key. Letters that follow each other
//! do: two of three pairs of random letters are rare in words.

/// For each letter from `a`, the letters that often follow it in words and identifiers, as bits from `a`: the 230
/// commonest pairs of the words in Python's library, C headers and licence texts, 94 of 100 pairs there. Of random
/// letters they are 34 of 100.
const FOLLOW: [u32; 26] = [
    0x13eb94e, 0x1144b11, 0x01acd91, 0x0144119, 0x1aff87d, 0x01a4931, 0x0066190, 0x00ac111, 0x2aef87f,
    0x0000010, 0x0000010, 0x11c4939, 0x014d113, 0x11c417d, 0x07ef92e, 0x11ac911, 0x0100800, 0x11e715d,
    0x11dc195, 0x15ec191, 0x00eb91e, 0x0000111, 0x0024191, 0x0088005, 0x00a8000, 0x0000010,
];

/// With fewer pairs of letters nothing can be said.
const FEWEST: usize = 12;
/// From so many pairs on chance evens out.
const MANY: usize = 20;

/// Whether the value is spelled out of words, in any case and with any marks between them, and holds few digits.
/// Of random values of 24 characters and more not one in thousands does.
pub(crate) fn is_worded(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits.saturating_mul(8) > value.len() {
        return false;
    }
    let (common, pairs) = pairs(value);
    let enough = if pairs < MANY { 88 } else { 78 };
    pairs >= FEWEST && common.saturating_mul(100) >= pairs.saturating_mul(enough)
}

/// Whether a value of letters alone is spelled out of words: `bedrockagentcore`, `apiKeySecretJson`. Random letters have two in
/// five pairs that words have.
pub(crate) fn is_spelled(value: &[u8]) -> bool {
    let (common, pairs) = pairs(value);
    value.iter().all(u8::is_ascii_alphabetic)
        && pairs >= 7
        && common.saturating_mul(100) >= pairs.saturating_mul(75)
}

/// Whether there are enough letters side by side to tell that no words are spelled out of them: of random ones six of
/// ten pairs are rare in words, of words one in twenty.
pub(crate) fn is_unspelled(value: &[u8]) -> bool {
    let (common, pairs) = pairs(value);
    pairs >= 7 && common.saturating_mul(100) <= pairs.saturating_mul(60)
}

/// How many pairs of letters are common ones, and how many there are.
fn pairs(value: &[u8]) -> (usize, usize) {
    let mut common = 0_usize;
    let mut all = 0_usize;
    for pair in value.windows(2) {
        let [Some(first), Some(second)] = [letter(pair.first()), letter(pair.last())] else { continue };
        all = all.saturating_add(1);
        let follow = FOLLOW.get(first).copied().unwrap_or_default();
        common = common.saturating_add(usize::from(follow >> second & 1 == 1));
    }
    (common, all)
}

fn letter(byte: Option<&u8>) -> Option<usize> {
    let byte = byte?.to_ascii_lowercase();
    byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_out_is_unspelled() {
        for value in ["MKxwO8ZTXjwM", "Qz7fnwqZUCXHt"] {
            assert!(is_unspelled(value.as_bytes()), "{value}");
        }
        for value in
            ["userPassword1Field", "OAuth2ClientSecret", "Base64Encoder", "Utf8JsonWriter2", "a1B2c3"]
        {
            assert!(!is_unspelled(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn identifiers_and_paths_are_worded() {
        for value in [
            "container/detail/static_move_ptr",
            "reactorParametrizationInClient",
            "golang-github-cloudflare-tableflip-dev_1",
            "TestIndexConstructorUnwrapping",
            "Microsoft.Media.ContentKeyPolicyX509CertificateTokenKey",
            "ApiKeyValidityOutOfBoundsException",
            "a correct password is the one that was set",
        ] {
            assert!(is_worded(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_values_are_not() {
        for (template, most) in [("{base62:36}", 2), ("{b64u:40}", 2), ("{base62:24}", 8), ("{B32:16}", 8)] {
            let mut sampler = crate::Sampler::new(5);
            let worded = (0..10_000).filter(|_| is_worded(&sampler.expand(template).unwrap())).count();
            assert!(worded <= most, "{template}: {worded} of 10000");
        }
        assert!(!is_worded(b"") && !is_worded(b"0123456789abcdef0123456789abcdef"));
    }
}
