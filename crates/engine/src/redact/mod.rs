//! Masks secrets in a text while it passes: a build's log, on its way to a terminal or a CI system.
//!
//! Lines come out as soon as they are whole; what is held back is never more than a line. BuildKit's rawjson progress
//! stays rawjson: the output of each step is put together, masked and encoded again.

mod armor;
mod dump;
mod fold;
mod paint;
mod search;
mod status;
mod strand;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tightlip_detect::{PackText, Rule};

use crate::known::KnownValue;
use crate::scan::ScanError;
use search::Search;
use status::Status;
use strand::Strand;

/// What is read at once, in bytes.
const CHUNK: usize = 256 << 10;
/// Chunks that wait while others are looked through.
const WAITING: usize = 16;
/// What is looked through at once, in bytes: what had to wait is taken together.
const BATCH: usize = 4 << 20;

/// A longer line of rawjson is not opened, in bytes. BuildKit cuts what steps write into pieces of some kilobytes.
const LONGEST_STATUS: usize = 16 << 20;

/// Masks what it knows and what it recognises.
pub struct Redactor {
    search: Search,
}

/// What was masked, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masked {
    counts: BTreeMap<&'static str, (&'static str, u64)>,
    unopened: u64,
}

impl Masked {
    /// Each kind with its title and the number of places, by title: known values carry their name in it.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        self.counts.iter().map(|(title, (id, count))| (*id, *title, *count))
    }

    /// How many places were masked.
    #[must_use]
    pub fn places(&self) -> u64 {
        self.counts.values().map(|(_, count)| count).sum()
    }

    /// How many lines of rawjson were too long to be opened, and were masked as they stand: of what is encoded in them only
    /// known values were looked for.
    #[must_use]
    pub fn unopened(&self) -> u64 {
        self.unopened
    }

    pub(crate) fn count(&mut self, rule: &'static Rule) {
        self.counts.entry(rule.title).or_insert((rule.id, 0)).1 += 1;
    }
}

impl Redactor {
    /// Masks these values in every encoding, and whatever the rules recognise.
    ///
    /// # Errors
    /// When a rule pack is wrong, or the values are too many for one search.
    pub fn new(known: &[KnownValue], rules: &[PackText]) -> Result<Self, ScanError> {
        Ok(Self { search: Search::new(known, rules)? })
    }

    /// Masks these values in every encoding, and nothing else.
    ///
    /// # Errors
    /// When the values are too many for one search.
    pub fn of_values(known: &[KnownValue]) -> Result<Self, ScanError> {
        Ok(Self { search: Search::only(known)? })
    }

    /// Passes everything from the input to the output, masked, and says what was masked.
    ///
    /// # Errors
    /// When reading or writing fails. What was written until then is masked.
    pub fn pass(&self, input: impl Read + Send, output: &mut dyn Write) -> io::Result<Masked> {
        let mut filter = Filter::new(&self.search);
        let (give, take) = sync_channel(WAITING);
        std::thread::scope(|scope| {
            scope.spawn(move || read(input, &give));
            // Gone when nothing can be written any more: whoever reads sees it, and does not wait for ever.
            let take = take;
            while let Some(bytes) = batch(&take)? {
                output.write_all(filter.push(&bytes))?;
                output.flush()?;
            }
            output.write_all(filter.end())?;
            output.flush()?;
            Ok(filter.page.masked)
        })
    }

    /// Masks a text that is whole.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut filter = Filter::new(&self.search);
        let mut out = filter.push(text.as_bytes()).to_vec();
        out.extend_from_slice(filter.end());
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Masks a text that comes in pieces.
    #[must_use]
    pub fn filter(&self) -> Filter<'_> {
        Filter::new(&self.search)
    }
}

/// Reads until the end, an error, or until nobody takes any more.
fn read(mut input: impl Read, give: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let more = match input.read(&mut chunk) {
            Ok(0) => return,
            Ok(length) => {
                chunk.truncate(length);
                give.send(Ok(chunk))
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => give.send(Err(error)),
        };
        if more.is_err() {
            return;
        }
    }
}

/// What has arrived, at least something; none at the end.
fn batch(take: &Receiver<io::Result<Vec<u8>>>) -> io::Result<Option<Vec<u8>>> {
    let Ok(first) = take.recv() else { return Ok(None) };
    let mut bytes = first?;
    while bytes.len() < BATCH {
        match take.try_recv() {
            Ok(more) => bytes.extend_from_slice(&more?),
            Err(_) => break,
        }
    }
    Ok(Some(bytes))
}

/// A text that is being masked.
pub struct Filter<'r> {
    search: &'r Search,
    plain: Strand,
    status: Status,
    /// The start of a status line whose end has not come yet.
    line: Vec<u8>,
    page: Page,
}

/// Where masked text goes, and what was masked in it.
#[derive(Default)]
struct Page {
    out: Vec<u8>,
    masked: Masked,
}

impl<'r> Filter<'r> {
    fn new(search: &'r Search) -> Self {
        let (plain, status, page) = (Strand::default(), Status::default(), Page::default());
        Self { search, plain, status, line: Vec::new(), page }
    }

    /// Takes more of the text; gives what can be shown.
    pub fn push(&mut self, bytes: &[u8]) -> &[u8] {
        self.page.out.clear();
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.line.is_empty() && !(self.plain.is_at_line_start() && may_be_status(rest)) {
                true => self.lines(rest),
                false => self.status_line(rest),
            };
        }
        &self.page.out
    }

    /// The text is over; gives what is left.
    pub fn end(&mut self) -> &[u8] {
        self.page.out.clear();
        let line = std::mem::take(&mut self.line);
        self.whole(&line);
        self.plain.end(self.search, &mut self.page);
        self.status.end(self.search, &mut self.page);
        &self.page.out
    }

    /// What was masked so far.
    #[must_use]
    pub fn masked(&self) -> &Masked {
        &self.page.masked
    }

    /// Everything up to the next line that may be a status.
    fn lines<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let next = memchr::memmem::find(bytes, b"\n{").map_or(bytes.len(), |place| place + 1);
        let (text, rest) = bytes.split_at(next);
        self.plain.push(text, self.search, &mut self.page);
        rest
    }

    /// A line that looks like the start of a status: whole lines only.
    fn status_line<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let length = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        let (text, rest) = bytes.split_at(length);
        self.line.extend_from_slice(text);
        if text.ends_with(b"\n") {
            let line = std::mem::take(&mut self.line);
            self.whole(&line);
        } else if self.line.len() > LONGEST_STATUS {
            self.page.masked.unopened += 1;
            let line = std::mem::take(&mut self.line);
            self.plain.push(&line, self.search, &mut self.page);
        }
        rest
    }

    fn whole(&mut self, line: &[u8]) {
        if !line.is_empty() && !self.status.line(line, self.search, &mut self.page) {
            self.plain.push(line, self.search, &mut self.page);
        }
    }
}

fn may_be_status(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'{')
}
