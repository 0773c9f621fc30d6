//! What was opened last, up to a size: images that share a base share what is known of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tightlip_image::Digest;

use super::Role;

/// Values by blob. When half of the size is used up, what was not asked for since the last time is forgotten.
pub(crate) struct Recent<V> {
    halves: Mutex<Halves<V>>,
    half: usize,
}

struct Halves<V> {
    young: Half<V>,
    old: Half<V>,
    /// Of the young.
    size: usize,
}

type Half<V> = HashMap<(Digest, Role), (Arc<V>, usize)>;

impl<V> Recent<V> {
    /// Keeps values of about so many bytes together.
    pub(crate) fn new(size: usize) -> Self {
        let halves = Halves { young: HashMap::new(), old: HashMap::new(), size: 0 };
        Self { halves: Mutex::new(halves), half: size / 2 }
    }

    pub(crate) fn get(&self, digest: &Digest, role: Role) -> Option<Arc<V>> {
        let key = (digest.clone(), role);
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, _)) = halves.young.get(&key) {
            return Some(Arc::clone(value));
        }
        let (value, size) = halves.old.remove(&key)?;
        halves.keep(key, (Arc::clone(&value), size), self.half);
        Some(value)
    }

    /// Keeps a value of about so many bytes.
    pub(crate) fn keep(&self, digest: &Digest, role: Role, value: (&Arc<V>, usize)) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.keep((digest.clone(), role), (Arc::clone(value.0), value.1), self.half);
    }
}

impl<V> Halves<V> {
    fn keep(&mut self, key: (Digest, Role), value: (Arc<V>, usize), half: usize) {
        if value.1 > half {
            return;
        }
        if self.size + value.1 > half {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += value.1;
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_all_of_it_has_a_limit() {
        let recent = Recent::new(100);
        let digest = |number: u32| Digest::of(&number.to_le_bytes());
        for number in 0..1000 {
            recent.keep(&digest(number), Role::Piece, (&Arc::new(number), 10));
            assert_eq!(recent.get(&digest(0), Role::Piece).as_deref(), Some(&0), "asked for all the time");
        }
        let kept = (0..1000).filter(|number| recent.get(&digest(*number), Role::Piece).is_some()).count();
        assert!((1..=10).contains(&kept), "{kept}");
        assert!(recent.get(&digest(0), Role::Config).is_none());
        recent.keep(&digest(5000), Role::Piece, (&Arc::new(0), 51));
        assert!(recent.get(&digest(5000), Role::Piece).is_none(), "one thing must not push out all others");
    }
}
