//! Remembers bodies in which nothing was found, so that the same file in another layer or package is not read again.
//!
//! Nothing can hide behind such a body. Its name is a SipHash-2-4 of 128 bits over the path and all bytes, with a key
//! that every scanner draws for itself: an image is made before the key is drawn and sees nothing of what comes of it,
//! so it cannot aim for two bodies of one name, and chance makes them once in 2¹²⁸ pairs. The path is part of the name
//! because it is a hint: the same bytes elsewhere may mean something else.
//!
//! Only bodies without a finding and without a gap are remembered: no secret is kept, and nothing is told twice.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};

use siphasher::sip128::{Hasher128, SipHasher24};

use crate::Hint;

/// What a scanner calls a body.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name(u128);

/// Gives names, for as long as one scanner lives.
pub(crate) struct Namer(SipHasher24);

impl Namer {
    /// With a key that nobody knows.
    pub(crate) fn new() -> Self {
        // The standard library draws its keys from the system.
        let random = RandomState::new();
        Self(SipHasher24::new_with_keys(random.hash_one(0), random.hash_one(1)))
    }

    pub(crate) fn name(&self, hint: &Hint<'_>, bytes: &[u8]) -> Name {
        let (kind, path) = match hint {
            Hint::File(path) => (0, *path),
            Hint::Named(name) => (1, name.as_bytes()),
            Hint::Text => (2, &b""[..]),
        };
        let mut hasher = self.0;
        hasher.write_u8(kind);
        hasher.write_usize(path.len());
        hasher.write(path);
        hasher.write(bytes);
        Name(hasher.finish128().as_u128())
    }
}

/// What is remembered of a body.
#[derive(Clone, Copy)]
pub(crate) struct Clean {
    /// How many containers were around it: inside fewer, all of it is read as well.
    pub(crate) depth: u32,
    /// How many bytes decoding made of it.
    pub(crate) decoded: u64,
}

/// The bodies that are remembered. When there are too many, all are forgotten.
#[derive(Default)]
pub(crate) struct Memo(Mutex<HashMap<Name, Clean>>);

impl Memo {
    /// How many bytes decoding makes of a body that holds nothing, if that is known.
    pub(crate) fn recall(&self, name: Name, depth: u32) -> Option<u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&name).filter(|clean| depth <= clean.depth).map(|clean| clean.decoded)
    }

    /// Remembers a body, of at most so many.
    pub(crate) fn keep(&self, name: Name, clean: Clean, most: usize) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= most {
            known.clear();
        }
        known.insert(name, clean);
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_path_and_bytes_and_scanner() {
        let namer = Namer::new();
        let name = namer.name(&Hint::File(b"a"), b"bc");
        assert!(name == namer.name(&Hint::File(b"a"), b"bc"));
        for (hint, bytes) in [
            (Hint::File(b"ab"), &b"c"[..]),
            (Hint::Named("a"), b"bc"),
            (Hint::Text, b"abc"),
            (Hint::File(b"a"), b"bd"),
        ] {
            assert!(name != namer.name(&hint, bytes), "{hint:?}");
        }
        assert!(name != Namer::new().name(&Hint::File(b"a"), b"bc"));
    }

    #[test]
    fn what_was_read_deep_down_is_known_further_up_only() {
        let (memo, name) = (Memo::default(), Namer::new().name(&Hint::Text, b"x"));
        memo.keep(name, Clean { depth: 1, decoded: 7 }, 9);
        assert_eq!([0, 1, 2].map(|depth| memo.recall(name, depth)), [Some(7), Some(7), None]);
    }

    #[test]
    fn memory_is_bounded() {
        let (memo, namer) = (Memo::default(), Namer::new());
        for number in 0..100_u8 {
            memo.keep(namer.name(&Hint::Text, &[number]), Clean { depth: 0, decoded: 0 }, 10);
            assert!(memo.0.lock().unwrap().len() <= 10);
        }
    }
}
