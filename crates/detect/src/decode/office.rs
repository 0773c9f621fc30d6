//! What people read in documents of office programs (ECMA-376, OpenDocument 1.3): paragraphs as lines, cells divided by tabs. In the
//! file a paragraph is in pieces, wherever its writing changes or a checker of spelling had something to say.

use std::io::Read;

use super::seam::{Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// The parts of `.docx`, `.pptx`, `.xlsx`, `.odt`, `.ods` and `.odp` that hold texts.
pub(crate) static DECODER: Decoder = Decoder { name: "office", claims, open, holds: Holds::TextsOf("txt") };

/// The root of such a part.
const ROOTS: &[&[u8]] = &[
    b"<w:document",
    b"<w:hdr",
    b"<w:ftr",
    b"<w:comments",
    b"<w:footnotes",
    b"<p:sld",
    b"<p:notes",
    b"<sst",
    b"<office:document-content",
];
/// Where it stands at the latest: behind the declaration and a comment.
const FRONT: usize = 512;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let start = head.get(..head.len().min(FRONT)).unwrap_or_default();
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    text.first() == Some(&b'<') && ROOTS.iter().any(|root| memchr::memmem::find(text, root).is_some())
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    give(members, "text", &mut text_of(&file).as_slice()).map(drop)
}

/// The text of a part, as it is shown.
fn text_of(part: &[u8]) -> Vec<u8> {
    let mut shown = Shown::default();
    let mut rest = part;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let (before, tag) = rest.split_at(open);
        shown.text(before);
        let Some(close) = memchr::memchr(b'>', tag) else { return shown.out };
        shown.tag(tag.get(1..close).unwrap_or_default());
        rest = tag.get(close.saturating_add(1)..).unwrap_or_default();
    }
    shown.text(rest);
    shown.out
}

#[derive(Default)]
struct Shown {
    out: Vec<u8>,
    /// How many cells are open: a paragraph in a cell ends no line.
    cells: usize,
}

impl Shown {
    fn text(&mut self, text: &[u8]) {
        // What stands between tags for the eye of whoever reads the file.
        if text.iter().any(|b| !b.is_ascii_whitespace()) || !text.contains(&b'\n') {
            self.out.extend(without_entities(text));
        }
    }

    fn tag(&mut self, tag: &[u8]) {
        let (closing, tag) = tag.strip_prefix(b"/").map_or((false, tag), |tag| (true, tag));
        let alone = tag.ends_with(b"/");
        let name = tag.split(|b| b.is_ascii_whitespace() || *b == b'/').next().unwrap_or_default();
        let name = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        match name {
            b"tc" | b"table-cell" if closing || alone => {
                self.cells = self.cells.saturating_sub(usize::from(closing));
                self.out.push(b'\t');
            }
            b"tc" | b"table-cell" => self.cells = self.cells.saturating_add(1),
            b"tr" | b"table-row" if closing => self.out.push(b'\n'),
            b"p" | b"h" | b"si" if closing => self.end_line(),
            b"br" | b"cr" | b"line-break" => self.end_line(),
            b"tab" => self.out.push(b'\t'),
            // Of several blanks OpenDocument writes the first.
            b"s" if alone => self.out.push(b' '),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.out.push(if self.cells > 0 { b' ' } else { b'\n' });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    #[test]
    fn a_paragraph_in_pieces_is_a_line() {
        let part = "<?xml version=\"1.0\"?>\n<w:document xmlns:w=\"x\"><w:body><w:p><w:r><w:t>pass</w:t></w:r>\
                    <w:proofErr/><w:r><w:t>word: a&amp;b</w:t></w:r></w:p>\n  <w:tbl><w:tr><w:tc><w:p><w:r><w:t>bob</w:t></w:r></w:p>\
                    </w:tc><w:tc><w:p><w:t>x&#x20ac;</w:t></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
        law::holds(&DECODER, part.as_bytes(), &[("text", "password: a&b\nbob \tx\u{20ac} \t\n".as_bytes())]);
        law::changes_are_survived(&DECODER, part.as_bytes());
    }

    #[test]
    fn shared_strings_and_open_documents_are_lines_too() {
        let sheet = b"<sst count=\"2\"><si><t>user</t></si><si><r><t>se</t></r><r><t>cret</t></r></si></sst>";
        law::holds(&DECODER, sheet, &[("text", b"user\nsecret\n")]);
        let open = b"<office:document-content><office:body><text:h>A</text:h><text:p>b<text:s/>c<text:line-break/>d</text:p>\
                     </office:body></office:document-content>";
        law::holds(&DECODER, open, &[("text", b"A\nb c\nd\n")]);
    }

    #[test]
    fn other_documents_are_not_claimed() {
        for other in ["<?xml version=\"1.0\"?><project/>", "text about <w:document", "<html><p>"] {
            assert!(!claims(other.as_bytes(), &Hint::Text), "{other}");
        }
    }
}
