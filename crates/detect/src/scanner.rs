//! Scans bytes for every rule at once: one keyword search, then a closer look around what it finds.

mod asked;
pub(crate) mod telling;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use asked::Asked;
use memchr::memchr;
pub use telling::Telling;

use crate::candidate::{Candidate, Rank, resolve};
use crate::context::judge::once::{Reading, reading};
use crate::memo::Namer;
use crate::pattern::Reach;
use crate::placeholder::is_filled;
use crate::prefilter::PrefilterError;
use crate::search::{Search, Use};
use crate::setting::weigh;
use crate::stream::Window;
use crate::{Finder, Hint, Known, RuleSet, Sink, Text};

/// A file with a NUL byte among its first so many bytes is binary, as git has it.
const BINARY_HEAD: usize = 8000;
/// So many zero bytes at the beginning are no text of a program.
const CUT_BEGINNING: usize = 512;
/// A path tells what a file holds only if the file is about this small; see `Pattern::in_named`.
const NAMED_BY_PATH: usize = 4096;

/// Sizes of the windows in which a long input is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScannerOptions {
    /// Bytes that are scanned at once; an input up to this size is scanned as a whole.
    pub window: usize,
    /// Bytes that two windows share: at least twice the longest secret with its neighbourhood. At most half a window.
    pub overlap: usize,
}

impl Default for ScannerOptions {
    fn default() -> Self {
        // A PEM block of a 16384-bit RSA key has 12.5 KB; half the overlap holds it with room around.
        Self { window: 4 << 20, overlap: 64 << 10 }
    }
}

impl ScannerOptions {
    /// Windows that overlap by enough for these values.
    fn holding(self, known: &Known) -> Self {
        let overlap = known.longest().saturating_mul(2).max(self.overlap);
        Self { window: overlap.saturating_mul(2).max(self.window), overlap }
    }
}

/// Looks for every rule of a set. One scanner serves all threads.
pub struct Scanner {
    search: Arc<Search>,
    known: Option<Arc<Known>>,
    /// Values whose places are told beside everything else.
    sought: Option<Known>,
    pub(crate) namer: Namer,
    pub(crate) options: ScannerOptions,
    /// Memory that scans leave for the next one.
    spare: Mutex<Vec<Scratch>>,
    /// The same for windows, of full length: a member of a container needs one, and those around it keep theirs.
    windows: Mutex<Vec<Vec<u8>>>,
}

/// Memory that is used again.
#[derive(Default)]
pub(crate) struct Scratch {
    asked: Asked,
    /// How many values of the last bytes were too many to judge.
    pub(crate) unjudged: Cell<usize>,
}

impl Scanner {
    /// Prepares the search for all rules of a set. Regular expressions are compiled when they are first needed.
    ///
    /// # Errors
    /// When there are too many keywords for one search.
    pub fn new(rules: &RuleSet, options: ScannerOptions) -> Result<Self, PrefilterError> {
        Ok(Self::of(Search::new(rules)?, options))
    }

    /// Looks for known values and for nothing else.
    ///
    /// # Errors
    /// Never for want of keywords; the type is that of every preparation.
    pub fn only(known: Known) -> Result<Self, PrefilterError> {
        let none = RuleSet { patterns: Arc::from([]), digest: Arc::from("") };
        Ok(Self::with(&none, Vec::new(), ScannerOptions::default())?.knowing(known))
    }

    /// The same with other finders.
    pub(crate) fn with(
        rules: &RuleSet,
        finders: Vec<(&'static Finder, Rank)>,
        options: ScannerOptions,
    ) -> Result<Self, PrefilterError> {
        Ok(Self::of(Arc::new(Search::prepared(Arc::clone(&rules.patterns), finders)?), options))
    }

    fn of(search: Arc<Search>, options: ScannerOptions) -> Self {
        let window = options.window.max(2);
        Self {
            search,
            known: None,
            sought: None,
            namer: Namer::new(),
            options: ScannerOptions { window, overlap: options.overlap.min(window / 2) },
            spare: Mutex::default(),
            windows: Mutex::default(),
        }
    }

    /// The same that looks for known values too.
    #[must_use]
    pub fn knowing(mut self, known: Known) -> Self {
        self.options = self.options.holding(&known);
        self.known = Some(Arc::new(known));
        // What held nothing before may hold one of them.
        self.namer = Namer::new();
        self
    }

    /// The same search that also tells every place of these values, as [`SOUGHT`], beside all that it finds anyway and
    /// without a say in it. What was prepared is shared: this costs no more than preparing the values.
    ///
    /// [`SOUGHT`]: crate::SOUGHT
    #[must_use]
    pub fn seeking(&self, sought: Known) -> Self {
        Self {
            search: Arc::clone(&self.search),
            known: self.known.clone(),
            namer: Namer::new(),
            options: self.options.holding(&sought),
            sought: Some(sought),
            spare: Mutex::default(),
            windows: Mutex::default(),
        }
    }

    /// Scans bytes that are in memory as a whole.
    pub fn bytes(&self, hint: Hint<'_>, bytes: &[u8], sink: &mut dyn Sink) {
        let text = Text { bytes, hint, binary: is_binary(bytes), at: &[] };
        self.tell(&text, &Window::whole(), sink);
    }

    /// The finders that judge a file by its path alone and want this one.
    pub(crate) fn whole_file_finders<'s>(
        &'s self,
        hint: &'s Hint<'_>,
    ) -> impl Iterator<Item = (&'static Finder, Rank)> + 's {
        let finders = self.search.finders.iter().copied();
        // One that wants what has no path either judges by the bytes.
        let by_path = finders.filter(|(one, _)| one.keywords.is_empty() && !(one.wants)(&Hint::Text));
        by_path.filter(|(one, _)| (one.wants)(hint))
    }

    /// Lends memory of an earlier scan.
    pub(crate) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let result = work(&mut scratch);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }

    /// Lends room for a window and one byte more, which tells an input of exactly one window from a longer one.
    pub(crate) fn with_window<T>(&self, work: impl FnOnce(&mut [u8]) -> T) -> T {
        let length = self.options.window.saturating_add(1);
        let spare = self.windows.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut window = spare.filter(|window| window.len() == length).unwrap_or_else(|| vec![0; length]);
        let result = work(&mut window);
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).push(window);
        result
    }

    /// Every match in one stretch of bytes, in order of place, no two over the same bytes.
    pub(crate) fn look<'b>(&self, text: &Text<'b>, scratch: &'b mut Scratch) -> Vec<Candidate<'b>> {
        let reading = reading(text.bytes);
        let mut found = Vec::new();
        scratch.asked.turn(&text.hint, self.search.finders.len());
        let mut throughout = BTreeSet::new();
        self.search.prefilter.find(text.bytes, &mut |keyword, start| {
            let span = start..start.saturating_add(self.search.prefilter.length(keyword));
            for purpose in self.search.uses.get(keyword).into_iter().flatten() {
                match purpose {
                    Use::Finder { finder } => {
                        if let Some((known, _)) = self.search.finders.get(*finder) {
                            scratch.asked.keyword(*finder, start, || (known.wants)(&text.hint));
                        }
                    }
                    Use::Throughout { pattern } => {
                        throughout.insert(*pattern);
                    }
                    _ => {
                        self.confirm(text, (*purpose, span.clone()), &mut |found_here| found.push(found_here))
                    }
                }
            }
        });
        for pattern in throughout {
            self.confirm(text, (Use::Throughout { pattern }, 0..0), &mut |candidate| found.push(candidate));
        }
        self.by_name(text, scratch, &mut |candidate| found.push(candidate));
        let scratch: &'b Scratch =
            self.ask_finders(text, (scratch, &reading), &mut |candidate| found.push(candidate));
        // Where a mask has been there is nothing left to tell.
        found.retain(|candidate| !text.bytes.get(candidate.span.clone()).is_some_and(is_filled));
        let mut found = weigh(text, self.in_company(text.bytes, found));
        // What the user names counts wherever it stands.
        if let Some(known) = &self.known {
            known.find(text.bytes, &mut |candidate| found.push(candidate));
        }
        let mut found = resolve(found);
        // What a file is called competes with nothing that is in it.
        let named =
            self.search.by_path.iter().filter_map(|index| self.search.patterns.get(*index)?.at_path(text));
        found.splice(0..0, named);
        self.seek(text, &mut found);
        scratch.unjudged.set(reading.unjudged());
        found
    }

    /// Adds the places of sought values; everything stays in order of place.
    fn seek(&self, text: &Text<'_>, found: &mut Vec<Candidate<'_>>) {
        let Some(sought) = &self.sought else { return };
        let before = found.len();
        sought.find(text.bytes, &mut |candidate| found.push(candidate));
        if found.len() > before {
            found.sort_by_key(|candidate| candidate.span.start);
        }
    }

    /// Without those that need a match of another rule nearby and have none.
    fn in_company<'b>(&self, bytes: &[u8], mut found: Vec<Candidate<'b>>) -> Vec<Candidate<'b>> {
        if self.search.needy.is_empty() {
            return found;
        }
        let places: Vec<_> = found.iter().map(|other| (other.rule.id, other.span.clone())).collect();
        found.retain(|candidate| {
            let pattern =
                self.search.needy.get(candidate.rule.id).and_then(|index| self.search.patterns.get(*index));
            let needs = pattern.map_or(&[][..], |pattern| &pattern.needs);
            needs.iter().all(|need| need.met(bytes, &candidate.span, &places))
        });
        found
    }

    fn confirm<'b>(
        &self,
        text: &Text<'b>,
        (purpose, keyword): (Use, std::ops::Range<usize>),
        add: &mut dyn FnMut(Candidate<'b>),
    ) {
        let (Use::Token { pattern, .. }
        | Use::Near { pattern }
        | Use::Regex { pattern }
        | Use::Throughout { pattern }) = purpose
        else {
            return;
        };
        let Some(pattern) = self.search.patterns.get(pattern) else { return };
        if text.binary && pattern.reach == Reach::TextOnly {
            return;
        }
        match purpose {
            Use::Token { template, .. } => {
                pattern.at_anchor(text, (template, keyword.start)).into_iter().for_each(add);
            }
            Use::Near { .. } => pattern.around_word(text, keyword, add),
            Use::Regex { .. } => pattern.around_keyword(text, keyword, add),
            Use::Throughout { .. } => pattern.throughout(text, add),
            Use::Finder { .. } => {}
        }
    }

    /// Rules whose word stands in the name of the value or the path of a small file.
    fn by_name<'b>(&self, text: &Text<'b>, scratch: &mut Scratch, add: &mut dyn FnMut(Candidate<'b>)) {
        let name = match text.hint {
            Hint::Named(name) => name.as_bytes(),
            _ if text.bytes.len() <= NAMED_BY_PATH => text.hint.path(),
            _ => return,
        };
        let named = scratch.asked.named(|| self.named_in(name));
        for pattern in named.iter().filter_map(|pattern| self.search.patterns.get(*pattern)) {
            pattern.in_named(text, add);
        }
    }

    /// The rules whose word stands in a name.
    fn named_in(&self, name: &[u8]) -> Vec<usize> {
        let mut named = Vec::new();
        self.search.prefilter.find(name, &mut |keyword, _| {
            for purpose in self.search.uses.get(keyword).into_iter().flatten() {
                if let Use::Near { pattern } = purpose {
                    named.push(*pattern);
                }
            }
        });
        named.sort_unstable();
        named.dedup();
        named
    }

    fn ask_finders<'b>(
        &self,
        text: &Text<'b>,
        (scratch, reading): (&'b mut Scratch, &Reading<'_>),
        add: &mut dyn FnMut(Candidate<'b>),
    ) -> &'b Scratch {
        scratch.asked.close(|| {
            let all = self.search.finders.iter().enumerate();
            let whole =
                all.filter(|(_, (finder, _))| finder.keywords.is_empty() && (finder.wants)(&text.hint));
            whole.map(|(index, _)| index).collect()
        });
        let scratch: &'b Scratch = scratch;
        for (index, at) in scratch.asked.finders() {
            if let Some((finder, rank)) = self.search.finders.get(index) {
                reading.turn();
                (finder.find)(&Text { at, ..*text }, &mut |found| add(Candidate::found(found, *rank)));
            }
        }
        // What is weighed of what they found is not theirs.
        reading.turn();
        scratch
    }
}

/// Many zero bytes at the beginning say nothing: a log that was cut while its writer went on begins with as many as were cut.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..BINARY_HEAD).unwrap_or(bytes);
    if memchr(0, head).is_none() {
        return false;
    }
    let start = bytes.iter().position(|byte| *byte != 0).filter(|start| *start >= CUT_BEGINNING);
    let Some(content) = start.and_then(|start| bytes.get(start..)) else { return true };
    memchr(0, content.get(..BINARY_HEAD).unwrap_or(content)).is_some()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::rules::RULE_FILES;

    /// The scanner of the program, and one that takes every keyword in any case and company.
    static SCANNERS: LazyLock<(Scanner, Scanner)> = LazyLock::new(|| {
        let careful = Scanner::new(&RuleSet::builtin().unwrap(), ScannerOptions::default()).unwrap();
        (careful, Scanner::of(Arc::new(Search::trusting()), ScannerOptions::default()))
    });

    fn found(scanner: &Scanner, text: &[u8]) -> Vec<(&'static str, std::ops::Range<usize>, String)> {
        let text = Text { bytes: text, hint: Hint::File(b"app/run.sh"), binary: is_binary(text), at: &[] };
        let mut scratch = Scratch::default();
        let all = scanner.look(&text, &mut scratch).into_iter();
        all.map(|c| (c.rule.id, c.span, format!("{} {:?} {:?}", c.shape, c.level, c.confidence))).collect()
    }

    /// A token of a rule, or a piece of a rule file: words of its kind.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        let rules = RuleSet::builtin().unwrap();
        let ids: Vec<&str> = rules.patterns.iter().map(|pattern| pattern.rule.id).collect();
        let words: Vec<&str> =
            RULE_FILES.iter().flat_map(|(_, text)| text.split(['"', '\n', '{', '|'])).collect();
        let token = (prop::sample::select(ids), any::<u64>())
            .prop_map(move |(id, seed)| rules.sample(id, seed).unwrap_or_default());
        let beside = prop::sample::select(vec![
            "", " ", "=", "a", "N", "_", "7", "-", "\\n", "%3D", "\"", "\0", "\u{e9}",
        ]);
        prop_oneof![
            4 => token,
            2 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
            6 => beside.prop_map(|word| word.as_bytes().to_vec()),
        ]
    }

    proptest! {
        #[test]
        fn what_stands_beside_a_keyword_only_saves_time(
            pieces in prop::collection::vec(piece(), 0..40),
            change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let mut text = pieces.concat();
            if let Some((place, byte)) = change.filter(|_| !text.is_empty()) {
                let place = place.index(text.len());
                text[place] = byte;
            }
            let (careful, trusting) = &*SCANNERS;
            prop_assert_eq!(found(careful, &text), found(trusting, &text));
        }
    }
}
