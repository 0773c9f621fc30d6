//! Does a key store of Bouncy Castle (BKS, as Android uses it) hold a key, or only certificates that one trusts?

/// Whether it is one with a key in it: version, salt and rounds, and then its entries, each under an alias.
pub(crate) fn holds_key(bytes: &[u8]) -> bool {
    let mut rest = Rest(bytes);
    rest.head().is_some_and(|()| std::iter::from_fn(|| rest.entry()).any(|kind| kind != CERTIFICATE))
}

/// The kind of an entry that is a certificate; the others are keys, as they are, secret or sealed.
const CERTIFICATE: u8 = 1;
/// The salt's length in all of them.
const SALT: u32 = 20;

struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn word(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk::<4>().map(|word| u32::from_be_bytes(*word))
    }

    /// Bytes behind their number.
    fn counted(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.word()?).ok()?;
        self.take(length)
    }

    /// Text behind its length in two bytes.
    fn name(&mut self) -> Option<&'b [u8]> {
        let length = self.take(2)?.first_chunk::<2>().map(|word| u16::from_be_bytes(*word))?;
        self.take(usize::from(length))
    }

    fn head(&mut self) -> Option<()> {
        let right = matches!(self.word()?, 1 | 2) && self.word()? == SALT;
        self.take(20)?;
        let rounds = self.word()?;
        (right && (1..=1_000_000).contains(&rounds)).then_some(())
    }

    fn certificate(&mut self) -> Option<()> {
        let kind = self.name()?;
        self.counted()?;
        kind.is_ascii().then_some(())
    }

    /// The kind of the next entry; a zero ends the list.
    fn entry(&mut self) -> Option<u8> {
        let kind = self.byte().filter(|kind| (CERTIFICATE..=4).contains(kind))?;
        std::str::from_utf8(self.name()?).ok()?;
        self.take(8)?;
        for _ in 0..self.word().filter(|chain| *chain <= 16)? {
            self.certificate()?;
        }
        if kind == CERTIFICATE {
            self.certificate()?;
        } else {
            self.counted().filter(|key| key.len() >= 32)?;
        }
        Some(kind)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A store with one certificate and, for a kind above it, one more entry.
    pub(crate) fn store(kind: u8) -> Vec<u8> {
        let certificate = [&[0, 5][..], b"X.509", &[0, 0, 0, 40], &[7; 40]].concat();
        let named = |kind: u8| [&[kind, 0, 2][..], b"id", &[0; 8], &[0, 0, 0, 0]].concat();
        let first = [named(CERTIFICATE), certificate].concat();
        let other = [named(kind), [&[0, 0, 0, 90][..], &[9; 90]].concat()].concat();
        let entries = if kind == CERTIFICATE { first } else { [first, other].concat() };
        [&[0, 0, 0, 2, 0, 0, 0, 20][..], &[3; 20], &[0, 0, 5, 120], &entries, &[0], &[4; 20]].concat()
    }

    #[test]
    fn certificates_alone_are_no_keys() {
        assert!(holds_key(&store(4)) && holds_key(&store(2)));
        assert!(!holds_key(&store(CERTIFICATE)));
        assert!(!holds_key(&store(4)[..150]), "cut before the key's end");
    }

    proptest::proptest! {
        #[test]
        fn no_input_is_too_strange(bytes: Vec<u8>) {
            holds_key(&bytes);
            holds_key(&[&store(1)[..32], &bytes].concat());
        }
    }
}
