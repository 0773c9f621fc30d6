//! Laws for the tests of decoders.

use std::io::Read;
use std::ops::ControlFlow;

use super::{Budget, Limit, Limits, Members, Siblings, Unread};
use crate::decode::Decoder;

/// A receiver that keeps everything.
#[derive(Default)]
pub(crate) struct Seen {
    /// Names and contents.
    pub(crate) members: Vec<(String, Vec<u8>)>,
    /// Names and reasons.
    pub(crate) unread: Vec<(String, Unread)>,
    budget: Budget,
    siblings: Siblings,
}

impl Members for Seen {
    fn member(&mut self, name: &str, body: &mut dyn Read) -> ControlFlow<()> {
        let mut content = Vec::new();
        // The decoder tells of errors.
        let _ = body.read_to_end(&mut content);
        self.members.push((name.to_owned(), content));
        ControlFlow::Continue(())
    }

    fn unread(&mut self, name: &str, why: Unread, _: &str) {
        self.unread.push((name.to_owned(), why));
    }

    fn budget(&self) -> Budget {
        self.budget.clone()
    }

    fn siblings(&self) -> Option<&Siblings> {
        Some(&self.siblings)
    }
}

impl Seen {
    /// Everything that came out, as text.
    pub(crate) fn all(&self) -> String {
        self.members
            .iter()
            .map(|(name, body)| format!("{name}\n{}\n", String::from_utf8_lossy(body)))
            .collect()
    }

    /// The content of a member.
    pub(crate) fn of(&self, name: &str) -> &[u8] {
        let found = self.members.iter().find(|(other, _)| other == name);
        found.map(|(_, body)| body.as_slice()).unwrap_or_else(|| panic!("no member {name}: {}", self.all()))
    }
}

/// A receiver that reads nothing.
struct Blind(Budget);

impl Members for Blind {
    fn member(&mut self, _: &str, _: &mut dyn Read) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn unread(&mut self, _: &str, _: Unread, _: &str) {}

    fn budget(&self) -> Budget {
        self.0.clone()
    }
}

/// A stream of one byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

/// What comes out of a file.
pub(crate) fn see(decoder: &Decoder, file: &[u8]) -> Seen {
    within(decoder, file, Limits::default())
}

/// What comes out of a file within limits.
pub(crate) fn within(decoder: &Decoder, file: &[u8], limits: Limits) -> Seen {
    let mut seen = Seen { budget: Budget::new(limits), ..Seen::default() };
    decoder.open(&mut &*file, &mut seen);
    seen
}

/// A file is claimed, holds exactly these members, and nothing of it goes unread; however it is streamed or read.
pub(crate) fn holds(decoder: &Decoder, file: &[u8], members: &[(&str, &[u8])]) {
    let head = &file[..file.len().min(crate::decode::HEAD)];
    assert_eq!(Decoder::of(head, &crate::Hint::Text).map(|d| d.name), Some(decoder.name));
    let wanted: Vec<_> = members.iter().map(|(name, body)| ((*name).to_owned(), body.to_vec())).collect();
    let seen = see(decoder, file);
    assert_eq!(seen.members, wanted);
    assert_eq!(seen.unread, []);
    let mut slowly = Seen::default();
    decoder.open(&mut Drip(file), &mut slowly);
    assert_eq!(slowly.members, wanted);
    decoder.open(&mut &*file, &mut Blind(Budget::default()));
}

/// Cut anywhere, a file makes no panic, and the cut does not go unnoticed.
pub(crate) fn cuts_are_told(decoder: &Decoder, file: &[u8]) {
    let whole = see(decoder, file).members;
    for length in 0..file.len() {
        let seen = see(decoder, &file[..length]);
        let noticed = !seen.unread.is_empty() || seen.members == whole || length == 0;
        assert!(
            noticed,
            "{}: cut at {length} of {} goes unnoticed: {}",
            decoder.name,
            file.len(),
            seen.all()
        );
        decoder.open(&mut &file[..length], &mut Blind(Budget::default()));
    }
}

/// Cut or changed anywhere, a file makes no panic.
pub(crate) fn changes_are_survived(decoder: &Decoder, file: &[u8]) {
    let small = Limits { decoded: 1 << 20, members: 1 << 10, ..Limits::default() };
    for place in 0..file.len() {
        within(decoder, &file[..place], small);
        for value in [0, 0xff, file[place].wrapping_add(1), file[place] ^ 0x80] {
            let mut changed = file.to_vec();
            changed[place] = value;
            within(decoder, &changed, small);
        }
    }
}

/// A file that is small packed and large unpacked hits the ratio and the total.
pub(crate) fn bomb_is_stopped(decoder: &Decoder, file: &[u8]) {
    let low = Limits { ratio: 50, grace: 1 << 20, ..Limits::default() };
    let seen = within(decoder, file, low);
    assert_eq!(seen.unread.first().map(|(_, why)| *why), Some(Unread::Limit(Limit::Ratio)));
    let few = Limits { decoded: 100_000, ..Limits::default() };
    let seen = within(decoder, file, few);
    assert_eq!(seen.unread.first().map(|(_, why)| *why), Some(Unread::Limit(Limit::Decoded)));
    assert!(seen.members.iter().map(|(_, body)| body.len()).sum::<usize>() <= 200_000);
}
