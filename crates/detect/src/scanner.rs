//! Scans bytes for every rule at once: one keyword search, then a closer look around what it finds.

use std::sync::{Arc, Mutex, PoisonError};

use memchr::memchr;

use crate::candidate::{Candidate, Rank, resolve};
use crate::pattern::{Form, Pattern, Reach};
use crate::prefilter::{Keywords, Prefilter, PrefilterError};
use crate::stream::Window;
use crate::{FINDERS, Finder, Hint, Known, RuleSet, Sink, Text};

/// A file with a NUL byte among its first so many bytes is binary, as git has it.
const BINARY_HEAD: usize = 8000;
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

/// Looks for every rule of a set. One scanner serves all threads.
pub struct Scanner {
    patterns: Arc<[Pattern]>,
    finders: Vec<(&'static Finder, Rank)>,
    /// What each keyword is for.
    uses: Vec<Vec<Use>>,
    prefilter: Prefilter,
    known: Option<Known>,
    pub(crate) options: ScannerOptions,
    /// Memory that scans leave for the next one.
    spare: Mutex<Vec<Scratch>>,
}

/// What a keyword leads to. The numbers are indices.
#[derive(Clone, Copy, Debug)]
enum Use {
    Token { pattern: usize, template: usize },
    Near { pattern: usize },
    Regex { pattern: usize },
    Finder { finder: usize },
}

/// Memory that is used again.
#[derive(Default)]
pub(crate) struct Scratch {
    /// Finder and place of each of its keywords.
    hits: Vec<(usize, usize)>,
    /// The places alone.
    at: Vec<usize>,
    /// A window of a stream.
    pub(crate) window: Vec<u8>,
}

impl Scanner {
    /// Prepares the search for all rules of a set. Regular expressions are compiled when they are first needed.
    ///
    /// # Errors
    /// When there are too many keywords for one search.
    pub fn new(rules: &RuleSet, options: ScannerOptions) -> Result<Self, PrefilterError> {
        Self::with(rules, finders(), options)
    }

    /// The same with other finders.
    pub(crate) fn with(
        rules: &RuleSet,
        finders: Vec<(&'static Finder, Rank)>,
        options: ScannerOptions,
    ) -> Result<Self, PrefilterError> {
        let mut keywords = Keywords::default();
        let mut uses = Vec::new();
        for (word, purpose) in purposes(&rules.patterns, &finders) {
            let number = keywords.add(word);
            if uses.len() < keywords.len() {
                uses.resize_with(keywords.len(), Vec::new);
            }
            uses.get_mut(number).into_iter().for_each(|list: &mut Vec<Use>| list.push(purpose));
        }
        let prefilter = Prefilter::new(&keywords)?;
        let window = options.window.max(2);
        let options = ScannerOptions { window, overlap: options.overlap.min(window / 2) };
        Ok(Self {
            patterns: rules.patterns.clone(),
            finders,
            uses,
            prefilter,
            known: None,
            options,
            spare: Mutex::default(),
        })
    }

    /// The same that looks for known values too.
    #[must_use]
    pub fn knowing(mut self, known: Known) -> Self {
        let overlap = known.longest().saturating_mul(2).max(self.options.overlap);
        let window = overlap.saturating_mul(2).max(self.options.window);
        self.options = ScannerOptions { window, overlap };
        self.known = Some(known);
        self
    }

    /// Scans bytes that are in memory as a whole.
    pub fn bytes(&self, hint: Hint<'_>, bytes: &[u8], sink: &mut dyn Sink) {
        self.with_scratch(|scratch| {
            let text = Text { bytes, hint, binary: is_binary(bytes), at: &[] };
            Window::whole().tell(self.look(&text, scratch), bytes, sink);
        });
    }

    /// The finders that judge a file by its path alone and want this one.
    pub(crate) fn whole_file_finders<'s>(
        &'s self,
        hint: &'s Hint<'_>,
    ) -> impl Iterator<Item = &'static Finder> + 's {
        let finders = self.finders.iter().map(|(finder, _)| *finder);
        finders.filter(|finder| finder.keywords.is_empty() && (finder.wants)(hint))
    }

    /// Lends memory of an earlier scan.
    pub(crate) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let result = work(&mut scratch);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }

    /// Every match in one stretch of bytes, in order of place, no two over the same bytes.
    pub(crate) fn look<'b>(&self, text: &Text<'b>, scratch: &'b mut Scratch) -> Vec<Candidate<'b>> {
        let mut found = Vec::new();
        scratch.hits.clear();
        self.prefilter.find(text.bytes, &mut |keyword, end| {
            let start = end.saturating_sub(self.prefilter.length(keyword));
            for purpose in self.uses.get(keyword).into_iter().flatten() {
                match *purpose {
                    Use::Finder { finder } => scratch.hits.push((finder, start)),
                    other => self.confirm(text, (other, start..end), &mut |candidate| found.push(candidate)),
                }
            }
        });
        self.by_name(text, &mut |candidate| found.push(candidate));
        if let Some(known) = &self.known {
            known.find(text.bytes, &mut |candidate| found.push(candidate));
        }
        self.ask_finders(text, scratch, &mut |candidate| found.push(candidate));
        resolve(found)
    }

    fn confirm<'b>(
        &self,
        text: &Text<'b>,
        (purpose, keyword): (Use, std::ops::Range<usize>),
        add: &mut dyn FnMut(Candidate<'b>),
    ) {
        let (Use::Token { pattern, .. } | Use::Near { pattern } | Use::Regex { pattern }) = purpose else {
            return;
        };
        let Some(pattern) = self.patterns.get(pattern) else { return };
        if text.binary && pattern.reach == Reach::TextOnly {
            return;
        }
        match purpose {
            Use::Token { template, .. } => {
                pattern.at_anchor(text, (template, keyword.start)).into_iter().for_each(add);
            }
            Use::Near { .. } => pattern.after_word(text, keyword.end, add),
            Use::Regex { .. } => pattern.around_keyword(text, keyword, add),
            Use::Finder { .. } => {}
        }
    }

    /// Rules whose word stands in the name of the value or the path of a small file.
    fn by_name<'b>(&self, text: &Text<'b>, add: &mut dyn FnMut(Candidate<'b>)) {
        let name = match text.hint {
            Hint::Named(name) => name.as_bytes(),
            _ if text.bytes.len() <= NAMED_BY_PATH => text.hint.path(),
            _ => return,
        };
        self.prefilter.find(name, &mut |keyword, _| {
            for purpose in self.uses.get(keyword).into_iter().flatten() {
                let Use::Near { pattern } = *purpose else { continue };
                if let Some(pattern) = self.patterns.get(pattern) {
                    pattern.in_named(text, add);
                }
            }
        });
    }

    fn ask_finders<'b>(&self, text: &Text<'b>, scratch: &'b mut Scratch, add: &mut dyn FnMut(Candidate<'b>)) {
        scratch.hits.sort_unstable();
        scratch.hits.dedup();
        scratch.at.clear();
        scratch.at.extend(scratch.hits.iter().map(|(_, place)| *place));
        let scratch: &'b Scratch = scratch;
        for (index, (finder, rank)) in self.finders.iter().enumerate() {
            let from = scratch.hits.partition_point(|(other, _)| *other < index);
            let to = scratch.hits.partition_point(|(other, _)| *other <= index);
            let silent = from == to && !finder.keywords.is_empty();
            if silent || !(finder.wants)(&text.hint) {
                continue;
            }
            let at = scratch.at.get(from..to).unwrap_or_default();
            (finder.find)(&Text { at, ..*text }, &mut |found| add(Candidate::found(found, *rank)));
        }
    }
}

/// Every keyword with what it is for.
fn purposes<'r>(patterns: &'r [Pattern], finders: &[(&'static Finder, Rank)]) -> Vec<(&'r [u8], Use)> {
    let mut all: Vec<(&[u8], Use)> = Vec::new();
    for (pattern, rule) in patterns.iter().enumerate() {
        match &rule.form {
            Form::Tokens(matchers) => {
                for (template, matcher) in matchers.iter().enumerate() {
                    let literals = matcher.anchor.iter().flat_map(|anchor| &anchor.literals);
                    all.extend(literals.map(|word| (&word[..], Use::Token { pattern, template })));
                }
            }
            Form::NearTokens(_) => {
                all.extend(rule.near.iter().map(|word| (word.as_bytes(), Use::Near { pattern })));
            }
            Form::Regex(lazy) => {
                all.extend(lazy.keywords.iter().map(|word| (word.as_bytes(), Use::Regex { pattern })));
            }
        }
    }
    for (finder, (found, _)) in finders.iter().enumerate() {
        all.extend(found.keywords.iter().map(|word| (word.as_bytes(), Use::Finder { finder })));
    }
    all
}

/// The finders of the program, ranked by their rooms.
fn finders() -> Vec<(&'static Finder, Rank)> {
    let ranks = [Rank::Key, Rank::File, Rank::Context];
    let rooms = FINDERS.iter().zip(ranks);
    rooms.flat_map(|(room, rank)| room.iter().map(move |finder| (*finder, rank))).collect()
}

pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    memchr(0, bytes.get(..BINARY_HEAD).unwrap_or(bytes)).is_some()
}
