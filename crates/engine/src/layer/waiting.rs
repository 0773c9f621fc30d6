//! Bodies that wait for the end of their layer, where other files have said what they are called: objects of git.

use tightlip_image::Entry;

/// So many bytes wait.
const ROOM: usize = 64 << 20;

/// Bodies with their entries, in their order.
pub(super) struct Waiting {
    bodies: Vec<(Entry, Vec<u8>)>,
    /// None once a body found none.
    room: Option<usize>,
}

/// What becomes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits.
    Waits,
    /// It is the first for which there is no room, nor for any behind it.
    First,
    /// There was no room before.
    Late,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { bodies: Vec::new(), room: Some(ROOM) }
    }
}

impl Waiting {
    /// Keeps a body if there is room.
    pub(super) fn keep(&mut self, entry: &Entry, body: &[u8]) -> Fate {
        let Some(room) = self.room else { return Fate::Late };
        self.room = room.checked_sub(body.len());
        if self.room.is_none() {
            return Fate::First;
        }
        self.bodies.push((entry.clone(), body.to_vec()));
        Fate::Waits
    }

    /// All of them.
    pub(super) fn take(&mut self) -> Vec<(Entry, Vec<u8>)> {
        std::mem::take(&mut self.bodies)
    }
}

#[cfg(test)]
mod tests {
    use tightlip_image::EntryKind;

    use super::*;

    #[test]
    fn what_has_no_room_is_told_once() {
        let mut waiting = Waiting { room: Some(10), ..Waiting::default() };
        let entry = Entry::new(b"a", EntryKind::File);
        let fates = [6, 4, 1, 1].map(|length| waiting.keep(&entry, &vec![0; length]));
        assert_eq!(fates, [Fate::Waits, Fate::Waits, Fate::First, Fate::Late]);
        let mut waiting = Waiting { room: Some(10), ..Waiting::default() };
        let fates = [6, 5, 1].map(|length| waiting.keep(&entry, &vec![0; length]));
        assert_eq!(fates, [Fate::Waits, Fate::First, Fate::Late]);
        assert_eq!(waiting.take().len(), 1);
    }
}
