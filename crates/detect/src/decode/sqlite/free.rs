//! Pages that no tree uses: what was deleted.

use std::io::{self, Read};

use super::{Database, Pages};
use crate::decode::seam::{Bytes, Members, Stop, give};

/// Hands over the unused pages as one member, chains of former overflow joined.
pub(super) fn give_unused(
    database: &Database<'_>,
    used: &[bool],
    members: &mut dyn Members,
) -> Result<(), Stop> {
    let count = database.count();
    let unused = |number: u32| {
        let known = usize::try_from(number).ok().and_then(|number| used.get(number));
        (1..=count).contains(&number) && known == Some(&false)
    };
    let follows = |number: u32| {
        let next = database.page(number).and_then(|page| Bytes(page).u32_be(0));
        next.filter(|next| unused(*next) && *next != number)
    };
    let mut second = vec![false; used.len()];
    for next in (1..=count).filter(|number| unused(*number)).filter_map(follows) {
        if let Some(place) = usize::try_from(next).ok().and_then(|next| second.get_mut(next)) {
            *place = true;
        }
    }
    let mut order = Order { done: vec![false; used.len()], pages: Vec::new() };
    let is_second =
        |number: u32| usize::try_from(number).ok().and_then(|number| second.get(number)) == Some(&true);
    let firsts = (1..=count).filter(|number| unused(*number) && !is_second(*number));
    // Those that are left afterwards go round in circles.
    for first in firsts.chain((1..=count).filter(|number| unused(*number))) {
        order.chain(first, follows);
    }
    if order.pages.is_empty() {
        return Ok(());
    }
    let mut parts = Parts { parts: order.pages.iter().filter_map(|page| page.of(database)).collect(), at: 0 };
    give(members, "unused pages", &mut parts).map(drop)
}

/// The unused pages in the order in which they are read.
struct Order {
    done: Vec<bool>,
    pages: Vec<Unused>,
}

/// An unused page, and what of it is content.
struct Unused {
    number: u32,
    from: usize,
}

impl Unused {
    fn of<'d>(&self, database: &'d Database<'_>) -> Option<&'d [u8]> {
        database.page(self.number)?.get(self.from..)
    }
}

impl Order {
    fn chain(&mut self, first: u32, follows: impl Fn(u32) -> Option<u32>) {
        let mut next = Some(first);
        while let Some(number) = next {
            let place = usize::try_from(number).ok().and_then(|number| self.done.get_mut(number));
            if place.is_none_or(|done| std::mem::replace(done, true)) {
                return;
            }
            next = follows(number);
            let begun = number != first;
            // The number of the next page is no content: without it, a value that goes on there is whole.
            self.pages.push(Unused { number, from: if next.is_some() || begun { 4 } else { 0 } });
        }
    }
}

struct Parts<'d> {
    parts: Vec<&'d [u8]>,
    at: usize,
}

impl Read for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(part) = self.parts.get_mut(self.at) {
            let count = part.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.at = self.at.saturating_add(1);
        }
        Ok(0)
    }
}
