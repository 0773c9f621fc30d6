//! Scans bytes and everything inside them: encodings in text, containers, containers in containers.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};

use crate::decode::text::TEXT_DECODERS;
use crate::decode::{Budget, Decoder, HEAD, Members, Unread};
use crate::stream::{Counted, Tee};
use crate::{Cause, Hint, Match, Scanner, Sink, Skipped};

/// Encodings inside encodings are undone so deep.
const TEXT_DEPTH: usize = 3;

impl Scanner {
    /// Scans bytes in memory and everything inside them. Gives the number of bytes that decoding made.
    pub fn deep(&self, (hint, bytes): (Hint<'_>, &[u8]), budget: &Budget, sink: &mut dyn Sink) -> u64 {
        let shared = Shared { scanner: self, budget, sink: RefCell::new(sink), decoded: Cell::new(0) };
        Dig { shared: &shared, chain: Vec::new(), depth: 0 }.held(hint, bytes);
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
        let shared = Shared { scanner: self, budget, sink: RefCell::new(sink), decoded: Cell::new(0) };
        let bytes = Dig { shared: &shared, chain: Vec::new(), depth: 0 }.stream(hint, source)?;
        Ok(Counted { bytes, decoded: shared.decoded.get() })
    }
}

/// What is the same on every level.
struct Shared<'d> {
    scanner: &'d Scanner,
    budget: &'d Budget,
    sink: RefCell<&'d mut dyn Sink>,
    decoded: Cell<u64>,
}

impl Shared<'_> {
    fn count(&self, bytes: u64) {
        self.decoded.set(self.decoded.get().saturating_add(bytes));
    }
}

/// One level: the bytes of a file, of a member, of a member's member.
struct Dig<'s, 'd> {
    shared: &'s Shared<'d>,
    /// The names of the members above, outermost first.
    chain: Vec<String>,
    /// How many containers are around.
    depth: u32,
}

impl<'d> Dig<'_, 'd> {
    /// Bytes that are in memory.
    fn held(&self, hint: Hint<'_>, bytes: &[u8]) {
        self.shared.scanner.bytes(hint, bytes, &mut self.relay(Around::default()));
        self.text(hint, bytes, Around::default());
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        if let Some(decoder) = Decoder::of(head, &hint) {
            self.open(decoder, hint, &mut &*bytes);
        }
    }

    /// A stream: held if it is short, else scanned window by window while it is decoded.
    fn stream(&self, hint: Hint<'_>, source: &mut dyn Read) -> io::Result<u64> {
        let window = self.shared.scanner.window();
        let mut start = Vec::new();
        let read = source.take(window as u64).read_to_end(&mut start);
        if read.is_err() || start.len() < window {
            self.held(hint, &start);
            return read.map(|_| start.len() as u64);
        }
        let head = start.get(..HEAD).unwrap_or_default().to_vec();
        let mut whole = start.as_slice().chain(source);
        let Some(decoder) = Decoder::of(&head, &hint) else {
            let mut relay = self.relay(Around::default());
            return self.shared.scanner.stream(hint, &mut whole, &mut relay).map(|counted| counted.bytes);
        };
        let mut relay = self.relay(Around::default());
        let mut tee = Tee::new(self.shared.scanner, hint, &mut whole, &mut relay);
        self.open(decoder, hint, &mut tee);
        tee.finish()
    }

    /// What is written in base64, hexadecimal, percent signs or escapes inside the text.
    fn text(&self, hint: Hint<'_>, bytes: &[u8], around: Around<'_>) {
        if around.undone.len() >= TEXT_DEPTH {
            return;
        }
        for decoder in TEXT_DECODERS {
            (decoder.find)(bytes, &mut |span, decoded| {
                let place = around.place.unwrap_or_else(|| Place::of(&span, bytes));
                let undone: Vec<_> = around.undone.iter().copied().chain([decoder.name]).collect();
                self.decoded(hint, &decoded, Around { undone: &undone, place: Some(place) });
            });
        }
    }

    /// What an encoding in the text said: text again, or a container. It is judged as the file around it is: escapes in a
    /// manual do not make instructions of its examples.
    fn decoded(&self, hint: Hint<'_>, bytes: &[u8], around: Around<'_>) {
        self.shared.count(bytes.len() as u64);
        self.shared.scanner.bytes(hint, bytes, &mut self.relay(around));
        self.text(hint, bytes, around);
        if let Some(decoder) = Decoder::of(bytes.get(..HEAD).unwrap_or(bytes), &Hint::Text) {
            self.open(decoder, Hint::Text, &mut &*bytes);
        }
    }

    fn open(&self, decoder: &Decoder, hint: Hint<'_>, body: &mut dyn Read) {
        let limit = self.shared.budget.limits().depth;
        if self.depth >= limit {
            let what = format!("containers in each other more than {limit} deep");
            return self.skip("", Cause::Limit, what);
        }
        let outer = String::from_utf8_lossy(hint.file_name()).into_owned();
        decoder.open(body, &mut Inside { dig: self, outer, kind: decoder.name });
    }

    fn skip(&self, member: &str, cause: Cause, what: String) {
        let limit = if cause == Cause::Limit { "decoding" } else { "" };
        let member = self.name(member);
        self.shared.sink.borrow_mut().gap(Skipped { cause, limit, what, bytes: None, member });
    }

    /// The chain down to a member, none at the top.
    fn name(&self, member: &str) -> Option<String> {
        let names = self.chain.iter().map(String::as_str).chain(Some(member).filter(|name| !name.is_empty()));
        let chain = names.collect::<Vec<_>>().join("!/");
        (!chain.is_empty()).then_some(chain)
    }

    fn relay<'r>(&'r self, around: Around<'r>) -> Relay<'r, 'd> {
        Relay { shared: self.shared, chain: &self.chain, around }
    }
}

/// The members of a container, one level further down.
struct Inside<'i, 's, 'd> {
    dig: &'i Dig<'s, 'd>,
    /// The name of the file that is being opened.
    outer: String,
    kind: &'static str,
}

impl Inside<'_, '_, '_> {
    /// What the member is called: the one thing inside a compressed file has the file's name without its ending.
    fn called(&self, name: &str) -> String {
        if !name.is_empty() {
            return name.to_owned();
        }
        match self.outer.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
            _ => format!("({} content)", self.kind),
        }
    }
}

impl Members for Inside<'_, '_, '_> {
    fn member(&mut self, name: &str, body: &mut dyn Read) -> ControlFlow<()> {
        let called = self.called(name);
        let mut chain = self.dig.chain.clone();
        chain.push(called.clone());
        let level = Dig { shared: self.dig.shared, chain, depth: self.dig.depth.saturating_add(1) };
        level.shared.scanner.bytes(Hint::Text, called.as_bytes(), &mut level.relay(Around::default()));
        // A fault of the body is told by the decoder, which knows what it means.
        let read = level.stream(Hint::File(called.as_bytes()), body).unwrap_or_default();
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
        self.dig.skip(name, cause, format!("{}: {detail}", self.kind));
    }

    fn budget(&self) -> Budget {
        self.dig.shared.budget.clone()
    }
}

/// The encodings of text around some bytes.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    /// Outermost first.
    undone: &'a [&'static str],
    /// Where the outermost stands in the text.
    place: Option<Place>,
}

/// Where an encoded stretch stands in the text around it.
#[derive(Clone, Copy)]
struct Place {
    start: u64,
    end: u64,
    line: u64,
}

impl Place {
    fn of(span: &Range<usize>, text: &[u8]) -> Self {
        let before = text.get(..span.start).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() as u64 + 1;
        Self { start: span.start as u64, end: span.end as u64, line }
    }
}

/// Passes matches on with the members and encodings around them.
struct Relay<'r, 'd> {
    shared: &'r Shared<'d>,
    chain: &'r [String],
    around: Around<'r>,
}

impl Sink for Relay<'_, '_> {
    fn hit(&mut self, found: &Match<'_>) {
        // What a file is called is no news about an encoded stretch in it.
        if !self.around.undone.is_empty() && found.span.is_empty() {
            return;
        }
        let mut found = found.clone();
        found.decoded_from.splice(0..0, self.around.undone.iter().copied());
        if let Some(place) = self.around.place {
            (found.span, found.line) = (place.start..place.end, place.line);
        }
        if !self.chain.is_empty() {
            found.member = Some(self.chain.join("!/"));
        }
        self.shared.sink.borrow_mut().hit(&found);
    }

    fn gap(&mut self, mut gap: Skipped) {
        if !self.chain.is_empty() {
            gap.member = Some(self.chain.join("!/"));
        }
        self.shared.sink.borrow_mut().gap(gap);
    }
}
