//! A secret is a type: compared, never formatted, never stored.

use std::fmt;

/// Bytes that must not be printed or kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret<'b>(&'b [u8]);

impl<'b> Secret<'b> {
    /// Marks bytes as a secret.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes themselves. Whoever calls this computes with them (an HMAC, a mask) and lets go of them.
    #[must_use]
    pub fn expose(&self) -> &'b [u8] {
        self.0
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_length_only() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2")), "Secret(7 bytes)");
    }
}
