//! What people read in documents of office programs (ECMA-376, OpenDocument 1.3): paragraphs as lines, cells divided by tabs, and
//! tables with their heads. In the file a paragraph is in pieces, wherever its writing changes or a checker of spelling had something
//! to say; a cell of a sheet names its text by a number.

pub(super) mod grid;
mod markup;
mod sheet;
mod shown;

use std::io::Read;

use self::grid::Grid;
use self::sheet::Book;
use self::sheet::Sheet;
use super::seam::{Limit, Members, Stop, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// The parts of `.docx`, `.pptx`, `.xlsx`, `.odt`, `.ods` and `.odp` that hold texts.
pub(crate) static DECODER: Decoder =
    Decoder { name: "office", claims, open, tool: None, holds: Holds::Shown };

/// The root of such a part, and what is made of it.
const ROOTS: &[(&[u8], Kind)] = &[
    (b"<w:document", Kind::Document),
    (b"<w:hdr", Kind::Document),
    (b"<w:ftr", Kind::Document),
    (b"<w:comments", Kind::Document),
    (b"<w:footnotes", Kind::Document),
    (b"<p:sld", Kind::Document),
    (b"<p:notes", Kind::Document),
    (b"<office:document-content", Kind::Document),
    (b"<sst", Kind::Strings),
    (b"<x:sst", Kind::Strings),
    (b"<worksheet", Kind::Sheet),
    (b"<x:worksheet", Kind::Sheet),
];
/// Where it stands at the latest: behind the declaration and a comment.
const FRONT: usize = 512;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    /// The texts of all sheets.
    Strings,
    Sheet,
}

impl Kind {
    fn of(head: &[u8]) -> Option<Self> {
        let start = head.get(..head.len().min(FRONT)).unwrap_or_default();
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        if text.first() != Some(&b'<') {
            return None;
        }
        let root = ROOTS.iter().find(|(root, _)| memchr::memmem::find(text, root).is_some());
        root.map(|(_, kind)| *kind)
    }
}

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    Kind::of(head).is_some()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let kind = Kind::of(&file).ok_or_else(|| Stop::damaged("no part of a document"))?;
    if kind == Kind::Sheet {
        return sheet(&file, members);
    }
    give(members, "text", &mut shown::text_of(&file).as_slice())?;
    if kind == Kind::Strings {
        return strings(&file, members);
    }
    for (number, grid) in (1_usize..).zip(shown::grids_of(&file)) {
        shown(&format!("table {number}"), &grid, members)?;
    }
    Ok(())
}

/// A sheet whose texts are known, or that waits for them.
fn sheet(file: &[u8], members: &mut dyn Members) -> Result<(), Stop> {
    let mut sheet = Sheet::of(file);
    let joined = std::mem::take(&mut sheet.joined);
    if !joined.is_empty() {
        give(members, "text", &mut joined.as_slice())?;
    }
    let most = members.budget().limits().held;
    let name = members.path().rsplit('/').next().unwrap_or_default().to_owned();
    let grid = match members.siblings() {
        None => Book::default().sheet(&sheet),
        Some(siblings) => siblings.with(|book: &mut Book| {
            let grid = book.sheet(&sheet);
            if grid.is_some() {
                Ok(grid)
            } else {
                book.wait(name, sheet, most).map(|()| None).ok_or(Limit::Held)
            }
        })?,
    };
    grid.map_or(Ok(()), |grid| shown("sheet", &grid, members))
}

/// The texts of the sheets that came before, kept for those that come.
fn strings(file: &[u8], members: &mut dyn Members) -> Result<(), Stop> {
    let strings = sheet::strings(file);
    let most = members.budget().limits().held;
    let Some(siblings) = members.siblings() else { return Ok(()) };
    let waited = siblings.with(|book: &mut Book| book.waited(&strings));
    let kept = siblings.with(|book: &mut Book| book.keep(strings, most));
    for (name, grid) in waited {
        shown(&name, &grid, members)?;
    }
    kept.ok_or_else(|| Limit::Held.into())
}

/// The tables of a sheet, and its labels with what stands beside them.
fn shown(name: &str, grid: &Grid, members: &mut dyn Members) -> Result<(), Stop> {
    for table in grid.tables() {
        give(members, &format!("{name}.tsv"), &mut table.as_slice())?;
    }
    let pairs = grid.pairs();
    if pairs.is_empty() {
        Ok(())
    } else {
        give(members, &format!("{name}.txt"), &mut pairs.as_slice()).map(drop)
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
        law::holds(
            &DECODER,
            part.as_bytes(),
            &[
                ("text", "password: a&b\nbob \tx\u{20ac} \t\n".as_bytes()),
                ("table 1.txt", "bob: x\u{20ac}\n".as_bytes()),
            ],
        );
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

    const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Logins</t></is></c></row>\
                         <row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>1</v></c></row>\
                         <row r=\"4\"><c r=\"B4\" s=\"1\"/><c r=\"C4\"><v>4711</v></c></row>\
                         <row r=\"5\"><c t=\"str\"><f>A1</f><v>a&lt;</v></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>9</v></c></row></sheetData></worksheet>";
    const STRINGS: &[u8] =
        b"<x:sst><x:si><x:t>user</x:t></x:si><x:si><x:r><x:t>pass</x:t></x:r><x:r><x:t>word</x:t></x:r>\
                             <x:rPh><x:t>aloud</x:t></x:rPh></x:si></x:sst>";

    /// The parts of one workbook, in this order.
    fn book(parts: &[&[u8]]) -> law::Seen {
        let mut seen = law::Seen::default();
        for part in parts {
            DECODER.open(&mut &**part, &mut seen);
        }
        seen
    }

    #[test]
    fn a_sheet_and_its_texts_are_a_table_whichever_comes_first() {
        let table = b"\tuser\tpassword\na<\tuser";
        let after = book(&[SHEET.as_bytes(), STRINGS]);
        let before = book(&[STRINGS, SHEET.as_bytes()]);
        let again = book(&[STRINGS, SHEET.as_bytes(), SHEET.as_bytes()]);
        assert_eq!(after.of(".tsv"), table);
        assert_eq!(before.of("sheet.tsv"), table);
        assert_eq!(before.of("sheet.txt"), b"user: password\na<: user\n");
        assert_eq!((before.members.len(), again.members.len()), (3, 5));
        assert_eq!((after.unread, before.unread), (vec![], vec![]));
        // Without texts there is nothing to say.
        assert_eq!(book(&[SHEET.as_bytes()]).members, []);
        law::changes_are_survived(&DECODER, SHEET.as_bytes());
        law::changes_are_survived(&DECODER, STRINGS);
    }

    #[test]
    fn a_text_in_pieces_in_a_sheet_is_a_line() {
        let part = b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><r><t>pass</t></r><r><t>word: a&amp;b</t></r></is></c>\
                     <c t=\"inlineStr\"><is><t>c</t></is></c></row></sheetData></worksheet>";
        assert_eq!(law::see(&DECODER, part).of("text"), b"password: a&b\n");
    }

    #[test]
    fn a_sheet_too_large_to_wait_is_told() {
        let low = crate::decode::Limits { held: 900, ..Default::default() };
        let seen = law::within(&DECODER, SHEET.as_bytes(), low);
        assert_eq!((seen.members.len(), seen.unread.len()), (0, 0));
        let sheet = SHEET.replace("</sheetData>", &"<row><c t=\"s\"><v>0</v></c></row>".repeat(40));
        let seen = law::within(&DECODER, sheet.as_bytes(), crate::decode::Limits { held: 2_000, ..low });
        assert_eq!(seen.unread, [(String::new(), crate::decode::Unread::Limit(crate::decode::Limit::Held))]);
    }

    #[test]
    fn sheets_of_open_documents_are_tables_with_repeated_cells() {
        let open = b"<office:document-content><table:table><table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>\
                     <table:table-cell><text:p>user</text:p></table:table-cell><table:table-cell><text:p>password</text:p></table:table-cell>\
                     </table:table-row><table:table-row><table:covered-table-cell/><table:table-cell/><table:table-cell table:number-columns-repeated=\"2\">\
                     <text:p>a</text:p><text:p>b</text:p></table:table-cell><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row>\
                     </table:table></office:document-content>";
        let seen = law::see(&DECODER, open);
        assert_eq!(seen.of("table 1.tsv"), b"\t\tuser\tpassword\n\t\ta b\t\tc");
        law::changes_are_survived(&DECODER, open);
    }

    #[test]
    fn other_documents_are_not_claimed() {
        for other in ["<?xml version=\"1.0\"?><project/>", "text about <w:document", "<html><p>"] {
            assert!(!claims(other.as_bytes(), &Hint::Text), "{other}");
        }
    }
}
