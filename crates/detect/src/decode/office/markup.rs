//! The marks and texts of a part, in order. What is no mark is a text, with its entities as the characters that they are.

/// One piece of a part.
pub(super) enum Piece<'p> {
    /// What stands between two marks.
    Text(Vec<u8>),
    /// A mark.
    Mark(Mark<'p>),
}

/// A mark, opening or closing.
#[derive(Clone, Copy)]
pub(super) struct Mark<'p> {
    /// Its name without the space that it is from: `tc` of `<w:tc>`.
    pub(super) name: &'p [u8],
    all: &'p [u8],
    /// Which end of its element it is.
    pub(super) end: End,
}

/// Which end of its element a mark is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// `<p>`.
    Opens,
    /// `</p>`.
    Closes,
    /// `<p/>`.
    Alone,
}

impl<'p> Mark<'p> {
    fn of(tag: &'p [u8]) -> Self {
        let (all, end) = match (tag.strip_prefix(b"/"), tag.strip_suffix(b"/")) {
            (Some(tag), _) => (tag, End::Closes),
            (None, Some(tag)) => (tag, End::Alone),
            (None, None) => (tag, End::Opens),
        };
        let name = all.split(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
        let name = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        Self { name, all, end }
    }

    /// The value of an attribute, by its name with what stands before it: ` r="`.
    pub(super) fn attribute(&self, name: &str) -> Option<&'p [u8]> {
        let at = memchr::memmem::find(self.all, name.as_bytes())?.checked_add(name.len())?;
        self.all.get(at..)?.split(|b| *b == b'"').next()
    }

    /// The same as a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        number(self.attribute(name)?)
    }
}

pub(super) fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

/// Tells every piece of a part. What is cut ends with its last whole mark.
pub(super) fn pieces<'p>(part: &'p [u8], tell: &mut dyn FnMut(Piece<'p>)) {
    let mut rest = part;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let (before, tag) = rest.split_at(open);
        text(before, tell);
        let Some(close) = memchr::memchr(b'>', tag) else { return };
        tell(Piece::Mark(Mark::of(tag.get(1..close).unwrap_or_default())));
        rest = tag.get(close.saturating_add(1)..).unwrap_or_default();
    }
    text(rest, tell);
}

fn text<'p>(text: &'p [u8], tell: &mut dyn FnMut(Piece<'p>)) {
    // What stands between marks for the eye of whoever reads the file is none.
    let blank = text.iter().all(u8::is_ascii_whitespace) && text.contains(&b'\n');
    if !text.is_empty() && !blank {
        tell(Piece::Text(without_entities(text)));
    }
}

fn without_entities(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        let (before, entity) = rest.split_at(at);
        plain.extend_from_slice(before);
        let end = entity.iter().take(10).position(|b| *b == b';');
        let said = end.and_then(|end| character(entity.get(1..end)?));
        match (said, end) {
            (Some(said), Some(end)) => {
                plain.extend_from_slice(said.encode_utf8(&mut [0; 4]).as_bytes());
                rest = entity.get(end.saturating_add(1)..).unwrap_or_default();
            }
            _ => {
                plain.push(b'&');
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    plain.extend_from_slice(rest);
    plain
}

fn character(entity: &[u8]) -> Option<char> {
    let number = |digits: &[u8], radix| {
        char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?)
    };
    match entity {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    }
}
