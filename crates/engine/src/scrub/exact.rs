//! The values that go, and how they are looked for: everywhere, or only where they were found.
//!
//! A token is searched for in every byte. A password that is a common word (`postgres`) is not: masking it everywhere
//! would destroy the image.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use tightlip_detect::{Needles, Worth, value_worth};
use tightlip_image::store::BlobId;
use zeroize::Zeroizing;

use crate::blob::BlobScan;
use crate::known::KnownValue;
use crate::run::Blobs;
use crate::scan::ScanError;

/// A value shorter than this stands everywhere by chance.
const SHORTEST: usize = 8;

/// The values of a scrub, by identity. They are wiped when this goes.
pub(crate) struct Values {
    strong: Vec<(String, Zeroizing<Vec<u8>>)>,
    needles: Needles,
    /// Each of the others alone, for the places where it was found.
    weak: HashMap<String, Needles>,
}

/// A value in some bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hit {
    pub(crate) identity: String,
    pub(crate) range: Range<u64>,
}

impl Values {
    /// Divides values into those that are looked for everywhere and the others. `named` says which the user named. Encoded
    /// stretches go with the value that they hold.
    pub(crate) fn new(
        values: Vec<(String, Zeroizing<Vec<u8>>)>,
        stretches: &[(String, Zeroizing<Vec<u8>>)],
        named: &dyn Fn(&str) -> bool,
    ) -> Result<Self, ScanError> {
        let (strong, others): (Vec<_>, Vec<_>) =
            values.into_iter().partition(|(identity, value)| named(identity) || is_unmistakable(value));
        let all = strong.iter().chain(stretches);
        let needles = Needles::new(all.map(|(id, value)| (id.clone(), value.as_slice())))?;
        let mut weak = HashMap::new();
        for (identity, value) in others {
            let needles = Needles::new(std::iter::once((identity.clone(), value.as_slice())))?;
            weak.insert(identity, needles);
        }
        Ok(Self { strong, needles, weak })
    }

    /// The values that are looked for everywhere.
    pub(crate) fn strong(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        self.strong.iter().map(|(identity, value)| (identity.as_str(), value.as_slice()))
    }

    /// Whether a value is looked for everywhere.
    pub(crate) fn is_strong(&self, identity: &str) -> bool {
        self.strong.iter().any(|(strong, _)| strong == identity)
    }

    /// Whether it is one of the values that go.
    pub(crate) fn has(&self, identity: &str) -> bool {
        self.weak.contains_key(identity) || self.is_strong(identity)
    }

    /// What was seen of these values in blobs that were read for all of them.
    pub(crate) fn looked_for(&self, blobs: &Blobs) -> Blobs {
        let values = self.strong().map(|(identity, _)| identity).collect();
        let exactly =
            |(blob, scan): (&BlobId, &Arc<BlobScan>)| Some((blob.clone(), Arc::new(scan.exactly(&values)?)));
        blobs.iter().filter_map(exactly).collect()
    }

    /// Bytes that two windows of a search share.
    pub(crate) fn overlap(&self) -> usize {
        // A form that is wrapped over lines is longer than the form.
        let longest = self.weak.values().map(Needles::longest).max().unwrap_or(0).max(self.needles.longest());
        longest.saturating_mul(4).max(4096)
    }

    /// Everything that stands in these bytes; of the weak values those that `wanted` names.
    pub(crate) fn find(
        &self,
        bytes: &[u8],
        wanted: &dyn Fn(&str) -> bool,
        tell: &mut dyn FnMut(&str, Range<usize>),
    ) {
        self.needles.find(bytes, &mut |hit| tell(self.needles.name(hit.name), hit.span));
        for (identity, needles) in self.weak.iter().filter(|(identity, _)| wanted(identity)) {
            needles.find(bytes, &mut |hit| tell(identity, hit.span));
        }
    }
}

/// Whether a value stands nowhere by chance and is no word.
pub(crate) fn is_unmistakable(value: &[u8]) -> bool {
    if value.len() < SHORTEST || KnownValue::new("value", Zeroizing::new(value.to_vec())).is_err() {
        return false;
    }
    match std::str::from_utf8(value) {
        Ok(text) => {
            matches!(value_worth(text), Worth::Strong | Worth::Weak | Worth::Uuid) || value.len() >= 32
        }
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_word_is_looked_for_only_where_it_was_found() {
        for word in ["postgres", "password", "secret", "short", "changeme", "root"] {
            assert!(!is_unmistakable(word.as_bytes()), "{word}");
        }
        for value in ["kD93jfLs02mQpz", "hunter-and-gatherer-9", "Tr0ub4dor&3xyz"] {
            assert!(is_unmistakable(value.as_bytes()), "{value}");
        }
    }
}
