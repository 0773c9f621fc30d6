//! Files with several names: what a hard link calls a file may say more of it than the name that carries the bytes, and
//! which of them does is chance. The link comes behind the file, so small bodies are kept for as long as there is room.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tightlip_detect::{Cause, Hint, Sink as _, Skipped, Telling};
use tightlip_image::{Entry, Trail, normalise};
use tightlip_report::{Surface, readable};

use super::{LayerReader, once_each};
use crate::package::Sums;
use crate::sighting::{Sighting, Spot};

/// A body up to this size is kept, in bytes: files that are told by their names are small.
const SMALL: usize = 256 << 10;
/// A body up to this size is tiny, in bytes: a password, a token. They have a room of their own.
const TINY: usize = 1 << 10;
/// So many bytes are kept in each room; beyond, the first go.
const ROOM: usize = 32 << 20;
/// So many bytes are looked through under other names.
const AGAIN: usize = 64 << 20;
/// What a file costs beside its bytes, and a look at it at least.
const LEAST: usize = 512;

/// Bodies of the layer by hashes of their paths.
pub(super) struct Bodies {
    files: HashMap<u64, Body>,
    tiny: Room,
    small: Room,
    again: usize,
}

/// Bodies that are kept, the first in front.
struct Room {
    kept: VecDeque<(u64, Arc<File>)>,
    left: usize,
}

/// What is known of the bytes at a path.
enum Body {
    Kept(Arc<File>),
    /// It is another name of what lies there.
    Also(u64),
    /// No name tells anything of it: programs, what is too large, what is no file.
    Passed,
    /// It had to make room.
    Gone,
}

struct File {
    entry: Entry,
    bytes: Vec<u8>,
}

impl File {
    fn cost(&self) -> usize {
        self.bytes.len().saturating_add(LEAST)
    }
}

impl Default for Bodies {
    fn default() -> Self {
        let room = || Room { kept: VecDeque::new(), left: ROOM };
        Self { files: HashMap::new(), tiny: room(), small: room(), again: AGAIN }
    }
}

impl Bodies {
    /// Keeps a body until others need the room.
    pub(super) fn keep(&mut self, entry: &Entry, bytes: &[u8]) {
        if bytes.len() > SMALL || bytes.starts_with(b"\x7fELF") {
            return self.pass(&entry.path);
        }
        let key = Trail::of(&entry.path).own();
        let file = Arc::new(File { entry: entry.clone(), bytes: bytes.to_vec() });
        self.make_room(&file);
        self.files.insert(key, Body::Kept(Arc::clone(&file)));
        self.room(&file).kept.push_back((key, file));
    }

    fn room(&mut self, file: &File) -> &mut Room {
        if file.bytes.len() <= TINY { &mut self.tiny } else { &mut self.small }
    }

    /// Says of a file that no name tells anything of it.
    pub(super) fn pass(&mut self, path: &[u8]) {
        self.files.insert(Trail::of(path).own(), Body::Passed);
    }

    fn make_room(&mut self, file: &File) {
        let room = self.room(file);
        let mut gone = Vec::new();
        while room.left < file.cost()
            && let Some(first) = room.kept.pop_front()
        {
            room.left = room.left.saturating_add(first.1.cost());
            gone.push(first);
        }
        room.left = room.left.saturating_sub(file.cost());
        for (key, file) in gone {
            // Another file may lie at the path by now.
            if matches!(self.files.get(&key), Some(Body::Kept(now)) if Arc::ptr_eq(now, &file)) {
                self.files.insert(key, Body::Gone);
            }
        }
    }

    /// What lies at a path, which has another name from now on.
    fn link(&mut self, path: &[u8], target: &[u8]) -> Option<&Body> {
        let (key, mut at) = (Trail::of(path).own(), Trail::of(target).own());
        if let Some(Body::Also(first)) = self.files.get(&at) {
            at = *first;
        }
        if key != at {
            self.files.insert(key, Body::Also(at));
        }
        self.files.get(&at)
    }
}

impl LayerReader<'_, '_> {
    /// Another name of a file: where it says what the first one did not, the file is judged under it too.
    pub(super) fn linked(&mut self, link: &Entry) {
        let target = normalise(link.link.as_deref().unwrap_or_default());
        let scanner = self.with.scanner;
        let file = match self.bodies.link(&link.path, &target) {
            Some(Body::Kept(file)) => Arc::clone(file),
            Some(Body::Gone) if scanner.telling(&link.path, &target) == Telling::Much => {
                return self.unjudged(link, "passed too long ago");
            }
            None if scanner.telling(&link.path, &target) > Telling::Nothing => {
                return self.unjudged(link, "are those of another layer");
            }
            _ => return,
        };
        let carries = &file.entry.path;
        if scanner.telling(&link.path, carries) == Telling::Nothing
            && !scanner.is_named_for(&link.path, carries, file.bytes.len())
        {
            return;
        }
        let Some(again) = self.bodies.again.checked_sub(file.cost()) else {
            return self.unjudged(link, "were looked through too often");
        };
        self.bodies.again = again;
        self.judge(link, &file);
    }

    /// Judges a file under another name. It is told where its bytes stand.
    fn judge(&mut self, link: &Entry, file: &File) {
        let (before, blind) = (self.counts(), self.eye.blind.len());
        self.eye.turn(Spot::entry(Surface::File, &file.entry));
        let hint = Hint::File(&link.path);
        self.decoded +=
            self.with.scanner.deep((hint, file.bytes.as_slice()), self.with.budget, &mut self.eye);
        once_each(&mut self.eye.seen, before.0);
        // They were sought in the same bytes before.
        self.eye.sought.truncate(before.1);
        let new = self.eye.seen.split_off(before.0);
        let unread = self.eye.blind.get_mut(blind..).unwrap_or_default();
        if new.is_empty() && unread.is_empty() {
            return;
        }
        let sums = Some(Sums::of(&file.bytes));
        unread.iter_mut().for_each(|blind| blind.sums = sums);
        let name = readable(&link.path);
        for mut sighting in new {
            sighting.sums = sums;
            sighting.shape.push_str(&format!(", in a file that is also called {name}"));
            add(&mut self.eye.seen, sighting);
        }
    }

    fn unjudged(&mut self, link: &Entry, why: &str) {
        let what = format!("the name may say what the file holds, and is not judged: its bytes {why}");
        self.eye.turn(Spot::entry(Surface::File, link));
        self.eye.gap(Skipped { cause: Cause::Limit, limit: "links", what, bytes: None, member: None });
    }
}

/// Adds what was seen under another name, unless it was seen there before and counted for as much.
fn add(seen: &mut Vec<Sighting>, new: Sighting) {
    let is_same = |old: &&mut Sighting| {
        old.header_offset == new.header_offset
            && (old.surface, old.offset) == (new.surface, new.offset)
            && old.identity == new.identity
            && old.member == new.member
    };
    match seen.iter_mut().find(is_same) {
        Some(old) if old.level >= new.level => {}
        Some(old) => *old = new,
        None => seen.push(new),
    }
}

#[cfg(test)]
mod tests {
    use tightlip_image::EntryKind;

    use super::*;

    fn file(path: &str, header_offset: u64) -> Entry {
        Entry { header_offset, ..Entry::new(path.as_bytes(), EntryKind::File) }
    }

    fn kept<'b>(bodies: &'b mut Bodies, path: &str) -> Option<&'b [u8]> {
        match bodies.link(b"name", path.as_bytes()) {
            Some(Body::Kept(file)) => Some(&file.bytes),
            _ => None,
        }
    }

    #[test]
    fn the_first_bodies_go_when_there_is_no_room() {
        let mut bodies = Bodies::default();
        bodies.tiny.left = 3 * (LEAST + 10);
        for nth in 0..5_u8 {
            bodies.keep(&file(&format!("{nth}"), nth.into()), &[nth; 10]);
        }
        let left: Vec<bool> = (0..5).map(|nth| kept(&mut bodies, &nth.to_string()).is_some()).collect();
        assert_eq!(left, [false, false, true, true, true]);
        assert!(matches!(bodies.link(b"name", b"0"), Some(Body::Gone)));
        assert_eq!(bodies.tiny.left, 0);
    }

    #[test]
    fn a_file_that_took_the_place_of_another_stays_when_that_goes() {
        let mut bodies = Bodies::default();
        bodies.tiny.left = 2 * (LEAST + 1);
        for (path, body) in [("a", b"1"), ("a", b"2"), ("b", b"3")] {
            bodies.keep(&file(path, 0), body);
        }
        assert_eq!(kept(&mut bodies, "a"), Some(&b"2"[..]));
    }

    #[test]
    fn a_link_to_a_link_leads_to_the_file() {
        let mut bodies = Bodies::default();
        bodies.keep(&file("./a/../a/one", 0), b"x");
        assert!(bodies.link(b"two", b"a/one").is_some());
        assert!(matches!(bodies.link(b"three", b"two"), Some(Body::Kept(_))));
        assert!(matches!(bodies.link(b"four", b"three"), Some(Body::Kept(_))));
        assert!(bodies.link(b"self", b"self").is_none());
    }

    #[test]
    fn programs_and_large_files_are_not_kept() {
        let mut bodies = Bodies::default();
        bodies.keep(&file("bin/busybox", 0), b"\x7fELF");
        bodies.keep(&file("large", 1), &vec![0; SMALL + 1]);
        assert_eq!((bodies.tiny.left, bodies.small.left), (ROOM, ROOM));
        for path in [&b"bin/busybox"[..], b"large"] {
            assert!(matches!(bodies.link(b"bin/mkpasswd", path), Some(Body::Passed)));
        }
    }
}
