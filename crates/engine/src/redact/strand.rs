//! One text on its way through: whole lines go out masked, the start of a line waits for its end.

use memchr::{memchr2, memrchr2};

use super::Page;
use super::armor::Armor;
use super::dump::Dump;
use super::fold::Fold;
use super::paint::paint;
use super::search::{CONTEXT, Search, Stretch, context};
use crate::ansi;

/// A longer line goes out in parts, in bytes.
pub(super) const LONGEST_LINE: usize = 1 << 20;

/// What is held of a text.
#[derive(Default)]
pub(super) struct Strand {
    /// The end of what was shown, to see what follows in its company, and what was not shown yet.
    held: Vec<u8>,
    shown: usize,
    armor: Armor,
    dump: Dump,
    fold: Fold,
}

impl Strand {
    /// Whether what comes next starts a line.
    pub(super) fn is_at_line_start(&self) -> bool {
        self.held.len() == self.shown && self.held.last().is_none_or(|byte| *byte == b'\n')
    }

    /// Takes more; gives the lines that are whole now.
    pub(super) fn push(&mut self, bytes: &[u8], search: &Search, page: &mut Page) {
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        // A carriage return ends a line too: progress bars have no other end.
        let end = memrchr2(b'\n', b'\r', bytes).map(|place| before + place + 1);
        match end {
            Some(end) => self.show(end, search, page),
            None if self.held.len() - self.shown > LONGEST_LINE + search.reserve() => self.part(search, page),
            None => {}
        }
    }

    /// Gives all that is left.
    pub(super) fn end(&mut self, search: &Search, page: &mut Page) {
        self.show(self.held.len(), search, page);
    }

    /// Shows the first part of a line that is too long, but nothing that may be the start of a secret.
    fn part(&mut self, search: &Search, page: &mut Page) {
        let stretches = stretches(search, &self.held);
        let wanted = self.held.len().saturating_sub(search.reserve());
        let across = stretches.iter().filter(|s| s.span.start < wanted && s.span.end > wanted);
        let end = across.map(|s| s.span.end).max().unwrap_or(wanted);
        self.emit(end, stretches, page);
    }

    fn show(&mut self, end: usize, search: &Search, page: &mut Page) {
        let text = self.held.get(..end).unwrap_or_default();
        if text.len() > self.shown {
            let mut stretches = stretches(search, text);
            self.armor.lines(text, self.shown, &mut stretches);
            self.fold.lines(text, self.shown, &mut stretches);
            self.dump.lines((text, self.shown), search, &mut stretches);
            self.emit(end, stretches, page);
        }
    }

    fn emit(&mut self, end: usize, mut stretches: Vec<Stretch>, page: &mut Page) {
        stretches.retain(|stretch| stretch.span.end > self.shown);
        stretches.sort_by_key(|stretch| stretch.span.start);
        for stretch in &stretches {
            page.masked.count(stretch.rule);
        }
        let text = self.held.get(..end).unwrap_or_default();
        paint(text, self.shown, &stretches, &mut page.out);
        // A line that went out in parts stands in its own company; it has no line break to start from.
        let kept = context(text).max(if text.ends_with(b"\n") { 0 } else { CONTEXT.min(end) });
        self.held.drain(..end - kept);
        self.shown = kept;
    }
}

/// Every stretch, seen through the control sequences of terminals, which may stand inside words.
fn stretches(search: &Search, text: &[u8]) -> Vec<Stretch> {
    if memchr2(0x1b, 0x08, text).is_none() {
        return search.stretches(text);
    }
    let mut clean = Vec::with_capacity(text.len());
    let mut marks = Vec::new();
    ansi::plain(text, &mut |at, piece| {
        marks.push((clean.len(), at));
        clean.extend_from_slice(piece);
    });
    let place = |at: usize| {
        let index = marks.partition_point(|(start, _)| *start <= at);
        let mark = index.checked_sub(1).and_then(|index| marks.get(index));
        mark.map_or(at, |(start, place)| place + (at - start))
    };
    let seen = search.stretches(&clean).into_iter().filter(|s| !s.span.is_empty());
    let mut found: Vec<Stretch> =
        seen.map(|s| Stretch { span: place(s.span.start)..place(s.span.end - 1) + 1, ..s }).collect();
    if search.wants_raw(text) {
        found.extend(search.stretches(text));
    }
    found
}
