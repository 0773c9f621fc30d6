//! Scans bytes and everything inside them: encodings in text, containers, containers in containers.

mod relay;

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::ops::ControlFlow;

use self::relay::{Around, Place, Relay};
use crate::decode::text;
use crate::decode::{Budget, Decoder, HEAD, Holds, Members, Siblings, Unread, path_in};
use crate::memo::{Clean, Name};
use crate::scanner::is_binary;
use crate::stream::{Counted, Tee, Window, newlines};
use crate::{Cause, Encoded, Hint, Scanner, Sink, Skipped, Text};

/// Encodings inside encodings are undone so deep.
const TEXT_DEPTH: usize = 8;
/// A body shorter than this, in bytes, is not worth remembering.
const COSTLY: usize = 1 << 10;
/// Fewer bytes, encoded in a text, that begin like a container and give nothing are not told as a damaged one.
const SLIGHT: usize = 512;
/// Fewer bytes are never: with a header, no secret has room in them.
const NOTHING: usize = 32;
/// An encoded stretch that ends so near to the end of a window may go on behind it: a line break and an indentation.
const CUT: usize = 80;

impl Scanner {
    /// Scans bytes in memory and everything inside them. Gives the number of bytes that decoding made.
    pub fn deep(&self, (hint, bytes): (Hint<'_>, &[u8]), budget: &Budget, sink: &mut dyn Sink) -> u64 {
        let shared = Shared {
            scanner: self,
            budget,
            sink: RefCell::new(sink),
            decoded: Cell::new(0),
            told: Cell::new(0),
        };
        Dig::top(&shared).held(hint, bytes);
        shared.decoded.get()
    }

    /// Scans a stream and everything inside it.
    ///
    /// # Errors
    /// When reading fails. What was read before is scanned and told first.
    pub fn deep_stream(
        &self,
        (hint, source): (Hint<'_>, &mut dyn Read),
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> io::Result<Counted> {
        let shared = Shared {
            scanner: self,
            budget,
            sink: RefCell::new(sink),
            decoded: Cell::new(0),
            told: Cell::new(0),
        };
        let bytes = Dig::top(&shared).stream(hint, source)?;
        Ok(Counted { bytes, decoded: shared.decoded.get() })
    }
}

/// What is the same on every level.
struct Shared<'d> {
    scanner: &'d Scanner,
    budget: &'d Budget,
    sink: RefCell<&'d mut dyn Sink>,
    decoded: Cell<u64>,
    /// How many matches and gaps there were.
    told: Cell<u64>,
}

impl Shared<'_> {
    fn tell(&self, tell: impl FnOnce(&mut dyn Sink)) {
        self.told.set(self.told.get().saturating_add(1));
        tell(*self.sink.borrow_mut());
    }

    fn count(&self, bytes: u64) {
        self.decoded.set(self.decoded.get().saturating_add(bytes));
    }
}

/// A member on the way to another one.
#[derive(Clone)]
struct Link {
    name: String,
    /// What opened the container that it is in.
    decoder: &'static str,
}

/// The names from the outermost member to the last, none at the top.
fn joined(chain: &[Link], last: Option<&str>) -> Option<String> {
    let names: Vec<&str> = chain.iter().map(|link| link.name.as_str()).chain(last).collect();
    (!names.is_empty()).then(|| names.join("!/"))
}

/// One level: the bytes of a file, of a member, of a member's member.
struct Dig<'s, 'd> {
    shared: &'s Shared<'d>,
    /// The members above, outermost first.
    chain: Vec<Link>,
    /// How many containers are around.
    depth: u32,
    /// The encoded stretch of text that all of it stands in.
    encoded: Option<&'s Encoded<'s>>,
    /// What the other members of the same container said.
    siblings: Option<&'s Siblings>,
    /// Where so little stands encoded in a text that what begins like a container need not be one: from so many bytes in
    /// its members on it is one.
    shown_by: Option<u64>,
}

impl<'s, 'd> Dig<'s, 'd> {
    /// The input itself.
    fn top(shared: &'s Shared<'d>) -> Self {
        Self { shared, chain: Vec::new(), depth: 0, encoded: None, siblings: None, shown_by: None }
    }

    /// Bytes that are in memory. If they were read before and held nothing, they hold nothing now.
    fn held(&self, hint: Hint<'_>, bytes: &[u8]) {
        let decoder = Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &hint);
        let Some(name) = self.name_of(hint, bytes, decoder) else { return self.look(hint, bytes, decoder) };
        let Shared { budget, told, decoded, .. } = self.shared;
        if let Some(decoded) = budget.memo().recall(name, self.depth) {
            return self.shared.count(decoded);
        }
        let before = (told.get(), decoded.get());
        self.look(hint, bytes, decoder);
        if told.get() == before.0 {
            let clean = Clean { depth: self.depth, decoded: decoded.get().saturating_sub(before.1) };
            budget.memo().keep(name, clean, budget.limits().remembered);
        }
    }

    /// The name under which a body is remembered, if it may be and that pays: a program is looked through about as fast as named.
    fn name_of(&self, hint: Hint<'_>, bytes: &[u8], decoder: Option<&Decoder>) -> Option<Name> {
        // What is beside a file is not in its name.
        if decoder.is_some_and(Decoder::looks_beside) {
            return None;
        }
        let opened = decoder.is_some_and(|decoder| !decoder.only_searches());
        let costly = bytes.len() >= COSTLY && (opened || !is_binary(bytes));
        let remembers = self.shared.budget.limits().remembered > 0;
        (costly && remembers).then(|| self.shared.scanner.namer.name(&hint, bytes))
    }

    fn look(&self, hint: Hint<'_>, bytes: &[u8], decoder: Option<&Decoder>) {
        if let Some(decoder) = decoder.filter(|decoder| decoder.holds == Holds::Stored) {
            // Bytes in memory cannot fail to be read.
            return drop(self.passing(decoder, hint, &mut &*bytes));
        }
        self.shared.scanner.bytes(hint, bytes, &mut self.relay(Around::default()));
        self.encoded(hint, (bytes, &Window::whole()), Around::default());
        if let Some(decoder) = decoder {
            self.open(decoder, (hint, &mut &*bytes), &Cell::default());
        }
    }

    /// A stream: held if it is short, else scanned window by window while it is decoded.
    fn stream(&self, hint: Hint<'_>, source: &mut dyn Read) -> io::Result<u64> {
        self.shared.scanner.with_window(|room| {
            let longest = room.len().saturating_sub(1);
            let start = room.get_mut(..longest).unwrap_or_default();
            let (length, read) = fill(source, start);
            let start = start.get(..length).unwrap_or_default();
            if read.is_err() || length < longest {
                self.held(hint, start);
                return read.map(|()| length as u64);
            }
            self.long(hint, start.get(..HEAD).unwrap_or(start), &mut start.chain(source))
        })
    }

    /// A stream that is longer than a window, with what it begins with.
    fn long(&self, hint: Hint<'_>, head: &[u8], whole: &mut dyn Read) -> io::Result<u64> {
        if let Some(decoder) = Decoder::of(head, &hint) {
            return self.passing(decoder, hint, whole);
        }
        let mut relay = self.relay(Around::default());
        let mut within =
            |bytes: &[u8], window: &Window| self.encoded(hint, (bytes, window), Around::default());
        let counted = self.shared.scanner.stream_with((hint, whole), &mut relay, &mut within);
        counted.map(|counted| counted.bytes)
    }

    /// Scans a container while its decoder reads it; members that stand in it as they are only once, as members.
    fn passing(&self, decoder: &Decoder, hint: Hint<'_>, whole: &mut dyn Read) -> io::Result<u64> {
        let elsewhere = Cell::default();
        let mut relay = self.relay(Around::default());
        let mut within =
            |bytes: &[u8], window: &Window| self.encoded(hint, (bytes, window), Around::default());
        let mut tee = Tee::new(self.shared.scanner, (hint, whole), (&mut relay, &mut within), &elsewhere);
        self.open(decoder, (hint, &mut tee), &elsewhere);
        tee.finish()
    }

    /// What is written in base64, hexadecimal, percent signs or escapes inside the text, or inside a window of it.
    fn encoded(&self, hint: Hint<'_>, (bytes, window): (&[u8], &Window), around: Around<'_>) {
        let deepest = around.undone.len() >= TEXT_DEPTH;
        let mut told = false;
        let mut lines = Lines { bytes, counted: 0, line: window.line() };
        text::undo(bytes, &mut |name, span, decoded| {
            if !window.owns(span.start) || told {
                return;
            }
            if deepest {
                told = true;
                let what = format!("encodings in each other more than {TEXT_DEPTH} deep");
                return self.skip("", Cause::Limit, what);
            }
            if !window.is_last() && span.end.saturating_add(CUT) > bytes.len() {
                self.skip("", Cause::Limit, format!("the end of a long stretch of {name}"));
            }
            let place = around.place.unwrap_or_else(|| Place {
                start: window.offset(span.start),
                end: window.offset(span.end),
                line: lines.of(span.start),
            });
            let undone: Vec<_> = around.undone.iter().copied().chain([name]).collect();
            let text = around.text.unwrap_or((hint, bytes, &span));
            let inside = Around { undone: &undone, place: Some(place), text: Some(text) };
            self.decoded(hint, &decoded, inside);
        });
    }

    /// What an encoding in the text said: text again, or a container. It is judged as the file around it is: escapes in a
    /// manual do not make instructions of its examples.
    fn decoded(&self, hint: Hint<'_>, bytes: &[u8], around: Around<'_>) {
        // What a name says holds for the value as it stands.
        let hint = if matches!(hint, Hint::Named(_)) { Hint::Text } else { hint };
        self.shared.count(bytes.len() as u64);
        let binary = is_binary(bytes) || text::is_binary(bytes, around.undone);
        let text = Text { bytes, hint, binary, at: &[] };
        self.shared.scanner.tell(&text, &Window::whole(), &mut self.relay(around));
        self.encoded(hint, (bytes, &Window::whole()), around);
        if let Some(decoder) = Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &Hint::Text) {
            let encoded = around.encoded(b"", self.chain.len());
            let encoded = self.encoded.or(encoded.as_ref());
            let Self { shared, depth, .. } = *self;
            let shown_by = match bytes.len() {
                length if length < NOTHING => Some(u64::MAX),
                length if length < SLIGHT => Some(1),
                _ => None,
            };
            let inside = Dig { shared, chain: self.chain.clone(), depth, encoded, siblings: None, shown_by };
            inside.open(decoder, (Hint::Text, &mut &*bytes), &Cell::default());
        }
    }

    fn open(&self, decoder: &Decoder, (hint, body): (Hint<'_>, &mut dyn Read), elsewhere: &Cell<bool>) {
        let limit = self.shared.budget.limits().depth;
        if self.depth >= limit {
            let what = format!("containers in each other more than {limit} deep");
            return self.skip("", Cause::Limit, what);
        }
        let outer = String::from_utf8_lossy(hint.path()).into_owned();
        decoder.open(
            body,
            &mut Inside { dig: self, outer, decoder, elsewhere, within: Siblings::default(), gave: 0 },
        );
    }

    fn skip(&self, member: &str, cause: Cause, what: String) {
        let limit = if cause == Cause::Limit { "decoding" } else { "" };
        let member = self.name(member);
        let gap = Skipped { cause, limit, what, bytes: None, member };
        self.shared.tell(|sink| match self.encoded {
            Some(encoded) => sink.gap_within(gap, encoded),
            None => sink.gap(gap),
        });
    }

    /// The chain down to a member, none at the top.
    fn name(&self, member: &str) -> Option<String> {
        joined(&self.chain, Some(member).filter(|name| !name.is_empty()))
    }

    fn relay<'r>(&'r self, around: Around<'r>) -> Relay<'r, 'd> {
        Relay { shared: self.shared, chain: &self.chain, encoded: self.encoded, around }
    }
}

/// The members of a container, one level further down.
struct Inside<'i, 's, 'd> {
    dig: &'i Dig<'s, 'd>,
    /// The path of the file that is being opened.
    outer: String,
    decoder: &'i Decoder,
    /// Set while a member is read.
    elsewhere: &'i Cell<bool>,
    /// What its members say for each other.
    within: Siblings,
    /// How many bytes its members had.
    gave: u64,
}

impl Inside<'_, '_, '_> {
    /// What the member is called: the one thing inside a compressed file has the file's name without its ending.
    fn called(&self, name: &str) -> String {
        if !name.is_empty() {
            return name.to_owned();
        }
        match self.outer.rsplit('/').next().unwrap_or_default().rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => format!("({} content)", self.decoder.name),
        }
    }

    /// Where a member lies: a package says where its files will lie, and there they are judged alike; a part of a file
    /// lies where the file does.
    fn path(&self, name: &str, called: &str) -> String {
        let here = match self.decoder.holds {
            Holds::Shown => {
                let ending = called.rsplit_once('.').map_or("txt", |(_, ending)| ending);
                return format!("{}.{ending}", self.outer);
            }
            Holds::TextsOf(ending) => return format!("{}.{ending}", self.outer),
            Holds::Same => return self.outer.clone(),
            Holds::Objects => return path_in(called).unwrap_or(called).to_owned(),
            Holds::Parts => true,
            Holds::Files | Holds::Stored => name.is_empty(),
        };
        let folder = self.outer.rsplit_once('/').map(|(folder, _)| folder);
        match folder.filter(|_| here) {
            Some(folder) => format!("{folder}/{called}"),
            None => called.strip_prefix("./").unwrap_or(called).to_owned(),
        }
    }
}

impl Members for Inside<'_, '_, '_> {
    fn member(&mut self, name: &str, body: &mut dyn Read) -> ControlFlow<()> {
        let called = self.called(name);
        let mut chain = self.dig.chain.clone();
        chain.push(Link { name: called.clone(), decoder: self.decoder.name });
        let Dig { shared, depth, encoded, .. } = *self.dig;
        let siblings = Some(&self.within);
        let level = Dig { shared, chain, depth: depth.saturating_add(1), encoded, siblings, shown_by: None };
        level.shared.scanner.bytes(Hint::Text, called.as_bytes(), &mut level.relay(Around::default()));
        // A fault of the body is told by the decoder, which knows what it means.
        let path = self.path(name, &called);
        self.elsewhere.set(self.decoder.holds == Holds::Stored);
        let mut body = Tally { body, count: &mut self.gave };
        let read = level.stream(Hint::File(path.as_bytes()), &mut body).unwrap_or_default();
        self.elsewhere.set(false);
        self.dig.shared.count(read);
        ControlFlow::Continue(())
    }

    fn unread(&mut self, name: &str, why: Unread, detail: &str) {
        // Sources of programs that read a format have its first bytes in a list, and damaged examples.
        let is_shown = self.dig.shown_by.is_none_or(|least| self.gave >= least);
        let is_nothing = self.dig.shown_by == Some(u64::MAX) && why == Unread::Unsupported;
        if is_nothing || !is_shown && matches!(why, Unread::Damaged | Unread::Truncated) {
            return;
        }
        let cause = match why {
            Unread::Encrypted => Cause::Encrypted,
            Unread::Unsupported => Cause::Unsupported,
            Unread::Damaged => Cause::Damaged,
            Unread::Truncated => Cause::Truncated,
            Unread::Limit(_) => Cause::Limit,
        };
        self.dig.skip(name, cause, format!("{}: {detail}", self.decoder.name));
    }

    fn budget(&self) -> Budget {
        self.dig.shared.budget.clone()
    }

    fn siblings(&self) -> Option<&Siblings> {
        self.dig.siblings
    }

    fn path(&self) -> String {
        // The last of the names is that of the file itself, with the path that it will have.
        let around = self.dig.chain.split_last().map_or(&[][..], |(_, around)| around);
        joined(around, Some(&self.outer)).unwrap_or_default()
    }
}

/// A body, and how much was read of it, whether or not it breaks off.
struct Tally<'t> {
    body: &'t mut dyn Read,
    count: &'t mut u64,
}

impl Read for Tally<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.body.read(buffer)?;
        *self.count = self.count.saturating_add(count as u64);
        Ok(count)
    }
}

/// Counts lines from one place to the next, of places that are nearly in order.
struct Lines<'t> {
    bytes: &'t [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, place: usize) -> u64 {
        let between = |from: usize, to: usize| newlines(self.bytes.get(from..to).unwrap_or_default());
        self.line = if place >= self.counted {
            self.line.saturating_add(between(self.counted, place))
        } else {
            self.line.saturating_sub(between(place, self.counted))
        };
        self.counted = place;
        self.line
    }
}

/// Reads until the room is full, the stream is over or breaks off; how much was read.
fn fill(source: &mut dyn Read, room: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

#[cfg(test)]
mod tests;
