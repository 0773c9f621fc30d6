//! Looks for values from the moment on that they are found: what a small layer gives away is looked for in the large ones
//! as they are read, so that nobody has to read them once more for it.
//!
//! What was read before a value was known has to be read again; [`Sought`] tells who that is.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_detect::{Known, NeedlesError, Scanner};
use tightlip_report::Level;
use zeroize::Zeroizing;

use crate::blob::BlobScan;
use crate::sighting::Sighting;
use crate::vault::Vault;

/// Values that are pursued while blobs are read.
pub(crate) struct Pursuit {
    /// Sightings from this level upwards are worth it.
    least: Level,
    /// Whether a value is looked for everywhere.
    worth: fn(&[u8]) -> bool,
    now: Mutex<Arc<Chase>>,
}

/// The search as it is at one moment.
#[derive(Default)]
pub(crate) struct Chase {
    values: BTreeMap<String, Zeroizing<Vec<u8>>>,
    identities: Arc<HashSet<String>>,
    scanner: Option<Scanner>,
}

/// Where pursued values stand in a blob.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sought {
    /// The values that were looked for in all of it. Others may stand there too.
    pub(crate) identities: Arc<HashSet<String>>,
    pub(crate) seen: Vec<Sighting>,
}

impl Pursuit {
    /// Of nothing yet.
    pub(crate) fn new(least: Level, worth: fn(&[u8]) -> bool) -> Self {
        Self { least, worth, now: Mutex::default() }
    }

    /// What is looked for in a blob that is read now.
    pub(crate) fn now(&self) -> Arc<Chase> {
        Arc::clone(&self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Pursues what was seen, too. What is too much for one search is left to a second reading.
    pub(crate) fn take(&self, seen: &[Sighting], (vault, scanner): (&Vault, &Scanner)) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = seen.iter().filter(|sighting| sighting.level >= self.least);
        let new = counts.filter(|sighting| !now.values.contains_key(&sighting.identity));
        let mut values = BTreeMap::new();
        for sighting in new {
            let value = vault.value(&sighting.identity).filter(|value| (self.worth)(value));
            values.extend(value.map(|value| (sighting.identity.clone(), value)));
        }
        if !values.is_empty() {
            values.extend(now.values.clone());
            *now = Chase::of(values, scanner).map_or_else(|_| Arc::clone(&now), Arc::new);
        }
    }

    /// Pursues these values and no others.
    ///
    /// # Errors
    /// When they are too much for one search.
    pub(crate) fn settle<'v>(
        &self,
        values: impl Iterator<Item = (&'v str, &'v [u8])>,
        scanner: &Scanner,
    ) -> Result<(), NeedlesError> {
        let values = values.map(|(identity, value)| (identity.to_owned(), Zeroizing::new(value.to_vec())));
        let chase = Chase::of(values.collect(), scanner)?;
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(chase);
        Ok(())
    }
}

impl Chase {
    fn of(values: BTreeMap<String, Zeroizing<Vec<u8>>>, scanner: &Scanner) -> Result<Self, NeedlesError> {
        let sought =
            Known::sought(values.iter().map(|(identity, value)| (identity.as_str(), value.as_slice())))?;
        let identities = Arc::new(values.keys().cloned().collect());
        let scanner = (!values.is_empty()).then(|| scanner.seeking(sought));
        Ok(Self { values, identities, scanner })
    }

    /// The scanner that looks for all of it, if there is anything.
    pub(crate) fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// Notes what was looked for in a blob, unless not every place was listed.
    pub(crate) fn note(&self, scan: &mut BlobScan) {
        if !scan.sought_too_much {
            scan.sought.identities = Arc::clone(&self.identities);
        }
    }
}

impl BlobScan {
    /// What a search for these values alone would have said of the blob; none if they were not all looked for.
    pub(crate) fn exactly(&self, values: &HashSet<&str>) -> Option<Self> {
        let looked = |value: &&str| self.sought.identities.contains(*value);
        let goes = |sighting: &&Sighting| values.contains(sighting.identity.as_str());
        let seen = || self.sought.seen.iter().filter(goes).cloned().collect();
        values.iter().all(looked).then(|| self.bare(seen()))
    }

    /// The same with nothing of the layer but these sightings: no names, not even as hashes.
    pub(crate) fn bare(&self, seen: Vec<Sighting>) -> Self {
        Self {
            facts: self.facts.clone(),
            seen,
            blind: self.blind.clone(),
            problems: self.problems.clone(),
            names: Arc::default(),
            shipped: Arc::default(),
            decoded: self.decoded,
            paper: self.paper,
            reused: false,
            sought: Sought::default(),
            sought_too_much: false,
        }
    }
}
