//! Finds the stretches of a text that must not be shown.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use tightlip_detect::decode::Budget;
use tightlip_detect::{
    Cause, Encoded, Hint, Known, Match, NeedlesError, PackText, Rule, Scanner, ScannerOptions, Sink, Skipped,
};
use tightlip_report::Level;
use zeroize::Zeroizing;

use crate::known::KnownValue;
use crate::request::IN_TEXTS;
use crate::scan::{ScanError, load_rules};

/// A line of a known value that has fewer bytes is not masked where it stands alone.
const LINE: usize = 8;
/// Values of more bytes get wrapped when they are encoded: they are recognised by pieces.
const WRAPPED: usize = 36;
/// Pieces of encoded values: so many characters, one every so many. A wrapped line of 32 characters holds one whole.
const PIECE: usize = 16;
/// A text of this size is looked through by two threads, in bytes.
const WIDE: usize = 512 << 10;
/// What the second of two threads sees of the text of the first, in bytes.
pub(super) const CONTEXT: usize = 4 << 10;

/// Of a line that goes out in parts, at least so much waits, in bytes: what may be the start of a secret.
const RESERVE: usize = 256 << 10;
/// No spelling of a value has more characters for each of its bytes: `\u0000`, and some more for breaks between lines.
const WIDEST: usize = 8;

/// Bytes of a known value, side by side.
pub(super) type Gram = [u8; 4];
/// Of a longer value only so many bytes are recognised in rows.
const ROWS: usize = 512;

/// What stands for an encoded stretch that was not read to its end.
static UNREAD: Rule =
    Rule::new("unread-stretch", "Encoded stretch that is too large to open", "It may hold a secret.");

/// A stretch that must not be shown, and why.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) span: Range<usize>,
    pub(super) rule: &'static Rule,
}

/// The search for known values and for everything that the rules recognise.
pub(super) struct Search {
    scanner: Scanner,
    /// Pieces of what long values look like in encodings that get wrapped.
    pieces: Option<AhoCorasick>,
    /// The rule of each piece.
    owners: Vec<&'static Rule>,
    /// What known values have in them, to recognise them in rows of bytes.
    grams: HashMap<Gram, &'static Rule>,
    /// Whether a value holds what a terminal obeys.
    obeyed: bool,
    reserve: usize,
}

impl Search {
    pub(super) fn new(known: &[KnownValue], rules: &[PackText]) -> Result<Self, ScanError> {
        let rules = load_rules(rules)?.rules;
        let mut scanner = Scanner::new(&rules, ScannerOptions::default())?;
        if !known.is_empty() {
            scanner = scanner.knowing(Known::new(known.iter().flat_map(with_lines))?);
        }
        Self::with(scanner, known)
    }

    /// A search for known values alone.
    pub(super) fn only(known: &[KnownValue]) -> Result<Self, ScanError> {
        Self::with(Scanner::only(Known::new(known.iter().flat_map(with_lines))?)?, known)
    }

    fn with(scanner: Scanner, known: &[KnownValue]) -> Result<Self, ScanError> {
        let (mut texts, mut owners) = (Vec::new(), Vec::new());
        for value in known {
            for piece in pieces(value.expose()) {
                texts.push(piece);
                owners.push(Rule::known(value.name()));
            }
        }
        let built = || AhoCorasick::new(texts.iter().map(|piece| piece.as_slice()));
        let pieces = match texts.is_empty() {
            true => None,
            false => Some(built().map_err(|error| NeedlesError::new(known.len(), &error))?),
        };
        let obeys = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t');
        let obeyed = known.iter().any(|value| value.expose().iter().any(obeys));
        let longest = known.iter().map(|value| value.expose().len()).max().unwrap_or_default();
        let grams = known.iter().flat_map(grams).collect();
        Ok(Self { scanner, pieces, owners, grams, obeyed, reserve: RESERVE.max(WIDEST * longest) })
    }

    /// What known values have in them.
    pub(super) fn grams(&self) -> &HashMap<Gram, &'static Rule> {
        &self.grams
    }

    /// How much of a line that goes out in parts may be the start of something that must not be shown.
    pub(super) fn reserve(&self) -> usize {
        self.reserve
    }

    /// Whether a text has to be looked through as it is too, where it was looked through as a terminal shows it: a
    /// value may hold control characters, and a carriage return may be a part of a line's end.
    pub(super) fn wants_raw(&self, text: &[u8]) -> bool {
        self.obeyed || memchr::memchr(b'\r', text).is_some()
    }

    /// Every stretch of the text that must not be shown, by where it starts. Stretches may overlap.
    pub(super) fn stretches(&self, text: &[u8]) -> Vec<Stretch> {
        let middle = text.len() / 2;
        let cut = memchr::memrchr(b'\n', text.get(..middle).unwrap_or_default()).map(|place| place + 1);
        let mut found = match cut.filter(|_| text.len() >= WIDE) {
            Some(cut) => self.side_by_side(text, cut),
            None => self.in_one(text),
        };
        found.sort_by_key(|stretch| stretch.span.start);
        found
    }

    fn side_by_side(&self, text: &[u8], cut: usize) -> Vec<Stretch> {
        let (first, second) = text.split_at(cut);
        let context = context(first);
        let start = cut - context;
        let second = text.get(start..).unwrap_or(second);
        std::thread::scope(|scope| {
            let first = scope.spawn(|| self.in_one(first));
            let second = self.in_one(second).into_iter();
            let moved = second.map(|s| Stretch { span: s.span.start + start..s.span.end + start, ..s });
            // What stands in the context was seen by the first thread.
            let mut found: Vec<Stretch> = moved.filter(|stretch| stretch.span.end > cut).collect();
            match first.join() {
                Ok(first) => found.extend(first),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            found
        })
    }

    fn in_one(&self, text: &[u8]) -> Vec<Stretch> {
        let mut hits = Hits(Vec::new());
        self.scanner.deep((Hint::Text, text), &Budget::new(IN_TEXTS), &mut hits);
        let mut found = hits.0;
        let mut over = 0;
        for piece in self.pieces.iter().flat_map(|pieces| pieces.find_iter(text)) {
            // A word of many pieces is one stretch.
            if let Some(rule) = self.owners.get(piece.pattern().as_usize()).filter(|_| piece.start() >= over)
            {
                let span = run(text, piece.range());
                over = span.end;
                found.push(Stretch { span, rule });
            }
        }
        found
    }
}

/// How much of the end of a text is worth seeing again before what follows: whole lines.
pub(super) fn context(text: &[u8]) -> usize {
    let from = text.len().saturating_sub(CONTEXT);
    let tail = text.get(from..).unwrap_or_default();
    let line = if from == 0 { 0 } else { memchr::memchr(b'\n', tail).map_or(tail.len(), |end| end + 1) };
    tail.len() - line
}

/// What a value has in it, without what any row of zeros or blanks has.
fn grams(value: &KnownValue) -> impl Iterator<Item = (Gram, &'static Rule)> {
    let (bytes, rule) = (value.expose(), Rule::known(value.name()));
    let grams = bytes.get(..bytes.len().min(ROWS)).unwrap_or_default().windows(4);
    grams
        .filter_map(|gram| gram.try_into().ok())
        .filter(|gram: &Gram| gram.iter().any(|byte| *byte != gram[0]))
        .map(move |gram| (gram, rule))
}

/// A value, and each line of a value of several: a log cuts them apart.
fn with_lines(value: &KnownValue) -> Vec<(&str, &[u8])> {
    let mut all = vec![(value.name(), value.expose())];
    let lines = value.expose().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let armor = |line: &[u8]| line.starts_with(b"-----");
    let lines: Vec<_> = lines.filter(|line| line.len() >= LINE && !armor(line)).collect();
    if value.expose().contains(&b'\n') {
        all.extend(lines.into_iter().map(|line| (value.name(), line)));
    }
    all
}

/// Pieces of a long value as it is, in base64 and in hexadecimal, however the encoding is aligned and wherever it is wrapped.
fn pieces(value: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    if value.len() <= WRAPPED {
        return Vec::new();
    }
    let mut texts = Vec::new();
    for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
        let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_encode_padding(false));
        for shift in 0..3 {
            let value = value.get(shift..).unwrap_or_default();
            let whole = value.get(..value.len() / 3 * 3).unwrap_or_default();
            texts.push(Zeroizing::new(engine.encode(whole).into_bytes()));
        }
    }
    let hex =
        |digit: fn(u8) -> String| value.iter().flat_map(|b| digit(*b).into_bytes()).collect::<Vec<u8>>();
    texts.push(Zeroizing::new(hex(|byte| format!("{byte:02x}"))));
    texts.push(Zeroizing::new(hex(|byte| format!("{byte:02X}"))));
    let mut pieces: Vec<_> = texts
        .iter()
        .flat_map(|text| text.windows(PIECE).step_by(PIECE).map(|piece| Zeroizing::new(piece.to_vec())))
        .filter(|piece| piece.iter().any(|byte| piece.first() != Some(byte)))
        .collect();
    // As it is, too: what looks like words may stand anywhere.
    let itself = value.windows(PIECE).step_by(PIECE).filter(|piece| is_mixed(piece));
    pieces.extend(itself.map(|piece| Zeroizing::new(piece.to_vec())));
    pieces.sort_by(|a, b| a.as_slice().cmp(b.as_slice()));
    pieces.dedup();
    pieces
}

/// Digits and letters of both kinds, and nothing that divides words but hyphens.
fn is_mixed(piece: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| piece.iter().any(class);
    let word = piece.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    word && has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

/// The whole word of an encoding around a piece of it.
fn run(text: &[u8], piece: Range<usize>) -> Range<usize> {
    let fits = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let before = text.get(..piece.start).unwrap_or_default().iter().rev().take_while(fits).count();
    let after = text.get(piece.end..).unwrap_or_default().iter().take_while(fits).count();
    piece.start - before..piece.end + after
}

struct Hits(Vec<Stretch>);

impl Hits {
    fn mask(&mut self, span: &Range<u64>, rule: &'static Rule) {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        self.0.push(Stretch { span: place(span.start)..place(span.end), rule });
    }

    /// Masks what stands for a value in an encoded stretch: what can be told apart of it, or all.
    fn mask_within(&mut self, found: &Match<'_>, encoded: &Encoded<'_>) {
        let (stretch, value) = (encoded.bytes.expose(), found.secret.expose());
        // What stands as it is in a string with escapes is found as it is; the rest of the string stays.
        if memmem::find(stretch, value).is_some() {
            return;
        }
        let places = encoded.places();
        for place in &places {
            self.mask(place, found.rule);
        }
        if places.is_empty() {
            self.mask(&encoded.span, found.rule);
        }
    }
}

impl Sink for Hits {
    fn hit(&mut self, found: &Match<'_>) {
        match &found.encoded {
            _ if found.level <= Level::Note => {}
            Some(encoded) => self.mask_within(found, encoded),
            None => self.mask(&found.span, found.rule),
        }
    }

    fn gap(&mut self, _: Skipped) {}

    /// What is too large to be opened may hold anything.
    fn gap_within(&mut self, gap: Skipped, encoded: &Encoded<'_>) {
        if gap.cause == Cause::Limit {
            self.mask(&encoded.span, &UNREAD);
        }
    }
}
