//! Scans bytes and everything inside them: encodings in text, containers, containers in containers.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};

use crate::decode::text::{self, percent};
use crate::decode::{Budget, Decoder, HEAD, Holds, Members, Siblings, Unread};
use crate::memo::{Clean, Name};
use crate::scanner::is_binary;
use crate::setting::weigh_inside;
use crate::stream::{Counted, Tee, Window, newlines};
use crate::{Cause, Encoded, Hint, Match, Scanner, Secret, Sink, Skipped};

/// Encodings inside encodings are undone so deep.
const TEXT_DEPTH: usize = 8;
/// A body shorter than this, in bytes, is not worth remembering.
const COSTLY: usize = 1 << 10;
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
}

impl<'s, 'd> Dig<'s, 'd> {
    /// The input itself.
    fn top(shared: &'s Shared<'d>) -> Self {
        Self { shared, chain: Vec::new(), depth: 0, encoded: None, siblings: None }
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
        let costly = bytes.len() >= COSTLY && (decoder.is_some() || !is_binary(bytes));
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
        self.shared.scanner.bytes(hint, bytes, &mut self.relay(around));
        self.encoded(hint, (bytes, &Window::whole()), around);
        if let Some(decoder) = Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &Hint::Text) {
            let encoded = around.encoded(b"", self.chain.len());
            let encoded = self.encoded.or(encoded.as_ref());
            let Self { shared, depth, .. } = *self;
            let inside = Dig { shared, chain: self.chain.clone(), depth, encoded, siblings: None };
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
        decoder.open(body, &mut Inside { dig: self, outer, decoder, elsewhere, within: Siblings::default() });
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
        let level = Dig { shared, chain, depth: depth.saturating_add(1), encoded, siblings };
        level.shared.scanner.bytes(Hint::Text, called.as_bytes(), &mut level.relay(Around::default()));
        // A fault of the body is told by the decoder, which knows what it means.
        let path = self.path(name, &called);
        self.elsewhere.set(self.decoder.holds == Holds::Stored);
        let read = level.stream(Hint::File(path.as_bytes()), body).unwrap_or_default();
        self.elsewhere.set(false);
        self.dig.shared.count(read);
        ControlFlow::Continue(())
    }

    fn unread(&mut self, name: &str, why: Unread, detail: &str) {
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

/// The encodings of text around some bytes.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    /// Outermost first.
    undone: &'a [&'static str],
    /// Where the outermost stands in the text.
    place: Option<Place>,
    /// That text, and where it stands in it.
    text: Option<(Hint<'a>, &'a [u8], &'a Range<usize>)>,
}

impl<'a> Around<'a> {
    /// The outermost, as it stands in the text.
    fn stretch(&self) -> Option<&'a [u8]> {
        self.text.and_then(|(_, bytes, span)| bytes.get(span.clone()))
    }

    /// The same with its place, and what is found in it as it stands there.
    fn encoded<'b>(&self, said: &'b [u8], members: usize) -> Option<Encoded<'b>>
    where
        'a: 'b,
    {
        let (place, stretch) = self.place.zip(self.stretch())?;
        let (span, bytes) = (place.start..place.end, Secret::new(stretch));
        let (line, said) = (place.line, Secret::new(said));
        Some(Encoded { span, line, bytes, members, undone: self.undone, said })
    }
}

/// Where an encoded stretch stands in the text around it.
#[derive(Clone, Copy)]
struct Place {
    start: u64,
    end: u64,
    line: u64,
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

/// Passes matches on with the members and encodings around them.
struct Relay<'r, 'd> {
    shared: &'r Shared<'d>,
    chain: &'r [Link],
    /// As in [`Dig`].
    encoded: Option<&'r Encoded<'r>>,
    around: Around<'r>,
}

impl Relay<'_, '_> {
    /// Whether it is the password of a URL that was read before its percent signs were undone.
    fn is_told(&self, found: &Match<'_>) -> bool {
        let Some(stretch) = self.around.stretch().filter(|_| self.around.undone == ["percent"]) else {
            return false;
        };
        let place = usize::try_from(found.span.start).unwrap_or(usize::MAX);
        found.rule.id == "url-password" && percent::is_in_login(stretch, place)
    }
}

impl Relay<'_, '_> {
    /// Whether it is told as all of a file, and is what one word of many says in another encoding: lists of passwords that
    /// everybody tries have them by the thousand.
    fn is_a_piece(&self, found: &Match<'_>) -> bool {
        found.rule.id == "secret-file"
            && self.around.text.is_some_and(|(_, bytes, span)| {
                span.len().saturating_mul(4) < bytes.trim_ascii().len().saturating_mul(3)
            })
    }
}

impl Sink for Relay<'_, '_> {
    fn hit(&mut self, found: &Match<'_>) {
        // What a file is called is no news about an encoded stretch in it.
        if !self.around.undone.is_empty() && found.span.is_empty() {
            return;
        }
        if self.is_told(found) || self.is_a_piece(found) {
            return;
        }
        let mut found = found.clone();
        if let Some((hint, bytes, span)) = self.around.text {
            weigh_inside((&hint, bytes), span, &mut found);
        }
        let said = found.span.end.saturating_sub(found.span.start);
        let said = usize::try_from(said).ok().and_then(|said| found.before.checked_add(said));
        let said = said.and_then(|end| found.around.expose().get(found.before..end)).unwrap_or_default();
        found.encoded = self.encoded.cloned().or_else(|| self.around.encoded(said, self.chain.len()));
        found.decoded_from.splice(0..0, self.around.undone.iter().copied());
        if let Some(encoded) = self.encoded {
            found.decoded_from.splice(0..0, encoded.undone.iter().copied());
        }
        if let Some(encoded) = &found.encoded {
            (found.span, found.line) = (encoded.span.clone(), encoded.line);
        }
        found.member = joined(self.chain, None);
        found.opened = self.chain.iter().map(|link| link.decoder).collect();
        self.shared.tell(|sink| sink.hit(&found));
    }

    fn gap(&mut self, mut gap: Skipped) {
        gap.member = joined(self.chain, None).or(gap.member);
        self.shared.tell(|sink| sink.gap(gap));
    }
}

#[cfg(test)]
mod tests;
