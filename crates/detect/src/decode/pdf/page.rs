//! Contents: pages, and what is drawn in them (ISO 32000-2, 8 and 9). And streams that hold texts of another kind.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::charmap::code;
use super::filter::plain;
use super::font::Font;
use super::layout::{Lines, Matrix};
use super::objects::{Objects, Stream};
use super::value::{Map, Value, Values};
use crate::decode::seam::{Budget, Stop};

/// Reads contents, each of them once.
pub(super) struct Reader<'o> {
    objects: &'o Objects<'o>,
    budget: &'o Budget,
    fonts: HashMap<u32, Rc<Font>>,
    /// Streams that were read, or that say how others are read.
    known: BTreeSet<u32>,
    /// The fonts of contents, for what they were before.
    of_contents: HashMap<u32, Rc<Fonts<'o>>>,
    read: BTreeSet<Vec<u32>>,
    /// What attached files are called.
    attachments: HashMap<u32, String>,
}

/// Fonts by their names in a content.
type Fonts<'o> = HashMap<&'o [u8], Rc<Font>>;

/// Pages have what the groups around them have, so far up.
const ABOVE: usize = 32;

impl<'o> Reader<'o> {
    pub(super) fn new(objects: &'o Objects<'o>, budget: &'o Budget) -> Self {
        Self {
            objects,
            budget,
            fonts: HashMap::new(),
            known: BTreeSet::new(),
            of_contents: HashMap::new(),
            read: BTreeSet::new(),
            attachments: objects.attachments(),
        }
    }

    /// The text of a page.
    pub(super) fn page(&mut self, page: &Map<'o>) -> Result<Vec<u8>, Stop> {
        let contents = page.get("Contents");
        let list = match contents {
            Some(Value::Object(number)) if self.objects.stream(*number).is_none() => {
                self.objects.get(*number)
            }
            other => other.cloned(),
        };
        let parts: Vec<u32> = match &list {
            Some(Value::List(parts)) => parts.iter().filter_map(object).collect(),
            Some(part) => object(part).into_iter().collect(),
            None => Vec::new(),
        };
        if !self.read.insert(parts.clone()) {
            return Ok(Vec::new());
        }
        let mut content = Vec::new();
        let fonts = Rc::new(self.fonts_of(page)?);
        for part in parts {
            self.known.insert(part);
            self.of_contents.insert(part, Rc::clone(&fonts));
            if let Some((map, raw)) = self.objects.stream(part) {
                content.extend(plain(&map, raw, self.budget)?.unwrap_or_default());
                content.push(b'\n');
            }
        }
        Ok(shown(&content, &fonts))
    }

    /// What is drawn into pages or was before, and any other text that was packed; with its name.
    pub(super) fn other(&mut self, stream: Stream) -> Result<Option<(String, Vec<u8>)>, Stop> {
        let number = stream.number;
        if stream.is_last && self.known.contains(&number) {
            return Ok(None);
        }
        let Some((map, raw)) = self.objects.of_stream(stream) else { return Ok(None) };
        let attached = map.is("Type", "EmbeddedFile");
        let skipped =
            ["Image", "Type1C", "CIDFontType0C", "OpenType"].iter().any(|kind| map.is("Subtype", kind))
                || ["XRef", "ObjStm"].iter().any(|kind| map.is("Type", kind))
                || ["Length1", "N", "FunctionType", "ShadingType"].iter().any(|name| map.get(name).is_some());
        if skipped && !attached {
            return Ok(None);
        }
        let Some(content) = plain(&map, raw, self.budget)? else { return Ok(None) };
        if attached {
            let name = self.attachments.get(&number).map(String::as_str).unwrap_or_default();
            return Ok(Some((format!("attachment {number} {name}"), content)));
        }
        let draws = [&b"Tj"[..], b"TJ"].iter().any(|word| memchr::memmem::find(&content, word).is_some());
        let text = std::str::from_utf8(&content).ok();
        if map.is("Subtype", "Form") || (draws && text.is_none_or(|text| !text.trim_start().starts_with('<')))
        {
            let fonts = match self.of_contents.get(&number) {
                Some(fonts) => Rc::clone(fonts),
                None => Rc::new(self.fonts_of(&map)?),
            };
            return Ok(Some((format!("drawing {number}"), shown(&content, &fonts))));
        }
        // Maps of characters and the like are for programs.
        let program = |text: &str| text.starts_with("/CIDInit") || text.starts_with("%!");
        let text = text.filter(|text| map.get("Filter").is_some() && !program(text) && !text.contains('\0'));
        Ok(text.map(|text| (format!("stream {number}"), text.as_bytes().to_vec())))
    }

    /// The fonts of a page, or of the groups that it is in.
    fn fonts_of(&mut self, page: &Map<'o>) -> Result<Fonts<'o>, Stop> {
        let mut fonts = Fonts::new();
        let mut around = Some(page.clone());
        for _ in 0..ABOVE {
            let Some(map) = around else { break };
            let resources = self.objects.map_of(&map, "Resources");
            let named = resources.and_then(|resources| self.objects.map_of(&resources, "Font"));
            for (name, value) in named.unwrap_or_default().0 {
                if !fonts.contains_key(name) {
                    let font = self.font(&value)?;
                    fonts.extend(font.map(|font| (name, font)));
                }
            }
            around = self.objects.map_of(&map, "Parent");
        }
        Ok(fonts)
    }

    fn font(&mut self, value: &Value<'o>) -> Result<Option<Rc<Font>>, Stop> {
        let number = object(value);
        if let Some(font) = number.and_then(|number| self.fonts.get(&number)) {
            return Ok(Some(Rc::clone(font)));
        }
        let value = self.objects.value(value);
        let Some(map) = value.as_ref().and_then(Value::map) else { return Ok(None) };
        self.known.extend(map.get("ToUnicode").and_then(object));
        let font = Rc::new(Font::of(self.objects, map, self.budget)?);
        self.fonts.extend(number.map(|number| (number, Rc::clone(&font))));
        Ok(Some(font))
    }
}

fn object(value: &Value<'_>) -> Option<u32> {
    if let Value::Object(number) = value { Some(*number) } else { None }
}

/// What a content shows.
fn shown(content: &[u8], fonts: &Fonts<'_>) -> Vec<u8> {
    let mut page = Page { fonts, now: State::new(), kept: Vec::new(), lines: Lines::default() };
    let mut values = Values::new(content, 0);
    let mut before = Vec::new();
    while let Some(value) = values.value() {
        let Value::Word(word) = value else {
            if before.len() < MOST {
                before.push(value);
            }
            continue;
        };
        // A picture that stands in the content itself.
        if word == b"ID" {
            let rest = content.get(values.at..).unwrap_or_default();
            let end = memchr::memmem::find(rest, b"EI").unwrap_or(rest.len());
            values.at = values.at.saturating_add(end).saturating_add(2);
        }
        page.draw(word, &before);
        before.clear();
        values.begin_again();
        // What says more than it can is made to.
        if page.lines.text.len() > content.len().saturating_mul(4).saturating_add(LONGER) {
            break;
        }
    }
    page.lines.text.into_bytes()
}

/// A short content may say so much more than it is long.
const LONGER: usize = 64 << 10;
/// An operation has no more arguments.
const MOST: usize = 64;
/// States are kept so deep.
const KEPT: usize = 256;

/// What counts for the next piece of text.
#[derive(Clone)]
struct State {
    page: Matrix,
    text: Matrix,
    line: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    /// Added to each character, to each blank, and what all is stretched by.
    spacing: [f64; 3],
    leading: f64,
}

impl State {
    fn new() -> Self {
        let same = Matrix::SAME;
        Self {
            page: same,
            text: same,
            line: same,
            font: None,
            size: 1.0,
            spacing: [0.0, 0.0, 1.0],
            leading: 0.0,
        }
    }
}

struct Page<'p> {
    fonts: &'p Fonts<'p>,
    now: State,
    kept: Vec<State>,
    lines: Lines,
}

impl Page<'_> {
    fn draw(&mut self, word: &[u8], before: &[Value<'_>]) {
        let number = |place: usize| before.get(place).and_then(Value::number).unwrap_or_default();
        match word {
            b"q" if self.kept.len() < KEPT => self.kept.push(self.now.clone()),
            b"Q" => self.kept.pop().into_iter().for_each(|kept| self.now = kept),
            b"cm" => self.now.page = Matrix([0, 1, 2, 3, 4, 5].map(number)).then(self.now.page),
            b"BT" => (self.now.text, self.now.line) = (Matrix::SAME, Matrix::SAME),
            b"Tf" => {
                let font = before.first().and_then(Value::name).and_then(|name| self.fonts.get(name));
                (self.now.font, self.now.size) = (font.cloned(), number(1));
            }
            b"Tc" | b"Tw" | b"Tz" => {
                let [characters, blanks, stretch] = &mut self.now.spacing;
                match word {
                    b"Tc" => *characters = number(0),
                    b"Tw" => *blanks = number(0),
                    _ => *stretch = number(0) / 100.0,
                }
            }
            b"TL" => self.now.leading = number(0),
            b"Td" => self.go(number(0), number(1)),
            b"TD" => {
                self.now.leading = -number(1);
                self.go(number(0), number(1));
            }
            b"Tm" => {
                self.now.line = Matrix([0, 1, 2, 3, 4, 5].map(number));
                self.now.text = self.now.line;
            }
            b"T*" => self.go(0.0, -self.now.leading),
            b"Tj" | b"TJ" => self.show(before.last()),
            b"'" | b"\"" => {
                self.go(0.0, -self.now.leading);
                self.show(before.last());
            }
            _ => {}
        }
    }

    fn go(&mut self, x: f64, y: f64) {
        self.now.line = self.now.line.moved(x, y);
        self.now.text = self.now.line;
    }

    fn show(&mut self, value: Option<&Value<'_>>) {
        match value {
            Some(Value::Text(text)) => self.piece(text),
            Some(Value::List(list)) => {
                for value in list {
                    match value {
                        Value::Text(text) => self.piece(text),
                        Value::Number(back) => {
                            let [.., stretch] = self.now.spacing;
                            self.now.text =
                                self.now.text.moved(-back / 1000.0 * self.now.size * stretch, 0.0);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn piece(&mut self, text: &[u8]) {
        let size = self.now.size;
        let [spacing, blanks, stretch] = self.now.spacing;
        self.lines.begin(self.now.text.then(self.now.page), size);
        let width = self.now.font.as_ref().map_or(1, |font| font.width);
        let mut along = 0.0;
        for bytes in text.chunks(width) {
            let wide = match &self.now.font {
                Some(font) => font.say(code(bytes), &mut self.lines.text),
                None => {
                    self.lines
                        .text
                        .extend(bytes.iter().filter(|b| matches!(b, b' '..=b'~')).map(|b| char::from(*b)));
                    500.0
                }
            };
            let blank = if width == 1 && bytes == b" " { blanks } else { 0.0 };
            along += (wide / 1000.0 * size + spacing + blank) * stretch;
        }
        self.now.text = self.now.text.moved(along, 0.0);
        self.lines.end(self.now.text.then(self.now.page));
    }
}
