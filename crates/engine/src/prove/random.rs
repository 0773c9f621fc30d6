//! Randomness of the operating system, as text and bytes.

use zeroize::Zeroizing;

/// The operating system gives no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandomness(String);

/// Draws from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Random;

pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Random {
    /// So many bytes.
    pub(crate) fn bytes(self, count: usize) -> Result<Zeroizing<Vec<u8>>, NoRandomness> {
        let mut bytes = Zeroizing::new(vec![0; count]);
        getrandom::fill(&mut bytes).map_err(|error| NoRandomness(error.to_string()))?;
        Ok(bytes)
    }

    /// So many characters of an alphabet, each as likely as any other.
    pub(crate) fn text(self, alphabet: &[u8], count: usize) -> Result<Zeroizing<String>, NoRandomness> {
        let mut text = Zeroizing::new(String::with_capacity(count));
        // Bytes beyond the last whole multiple would favour the first characters.
        let limit = 256 - 256 % alphabet.len().max(1);
        while text.len() < count {
            for byte in self.bytes(2 * count)?.iter().map(|byte| usize::from(*byte)) {
                let drawn = alphabet.get(byte % alphabet.len().max(1)).filter(|_| byte < limit);
                if let Some(character) = drawn.filter(|_| text.len() < count) {
                    text.push(char::from(*character));
                }
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_its_length_and_alphabet_and_never_comes_again() {
        let one = Random.text(BASE32, 40).unwrap();
        assert_eq!(one.len(), 40);
        assert!(one.bytes().all(|byte| BASE32.contains(&byte)));
        assert_ne!(*one, *Random.text(BASE32, 40).unwrap());
    }
}
