//! Holds the values that were found for as long as the run lasts, for one purpose: to mask them in everything
//! that leaves the run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tightlip_detect::{Needles, NeedlesError};
use zeroize::Zeroizing;

/// Below this length a value is masked in instructions, but not in names and paths: `root` is a password in some
/// images and a directory in all of them.
const LONG_ENOUGH_FOR_NAMES: usize = 8;

/// Values seen in this run. It can neither be printed nor copied; its bytes are wiped when it goes.
#[derive(Default)]
pub(crate) struct Vault {
    values: Mutex<HashMap<String, Zeroizing<Vec<u8>>>>,
}

impl Vault {
    /// Keeps a value under its identity.
    pub(crate) fn keep(&self, identity: &str, value: &[u8]) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if !values.contains_key(identity) {
            values.insert(identity.to_owned(), Zeroizing::new(value.to_vec()));
        }
    }

    /// What masks the values kept so far.
    ///
    /// # Errors
    /// When they are too many for one search.
    pub(crate) fn mask(&self) -> Result<Mask, NeedlesError> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let all = || values.iter().map(|(name, value)| (name.clone(), value.as_slice()));
        Ok(Mask {
            texts: Needles::new(all())?,
            names: Needles::new(all().filter(|(_, value)| value.len() >= LONG_ENOUGH_FOR_NAMES))?,
        })
    }
}

/// Masks values in texts that leave the run.
pub(crate) struct Mask {
    texts: Needles,
    names: Needles,
}

impl Mask {
    /// Masks every value, in every encoding: for instructions, shapes and reasons.
    pub(crate) fn text(&self, text: &str) -> String {
        self.texts.mask(text)
    }

    /// Masks values that cannot be ordinary words: for paths, pointers and names.
    pub(crate) fn name(&self, text: &str) -> String {
        self.names.mask(text)
    }
}
