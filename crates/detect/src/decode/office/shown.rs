//! A part as it is shown: its texts in lines, and its tables by themselves.

use super::grid::Grid;
use super::markup::{End, Mark, Piece, pieces};

/// The text of a part: paragraphs as lines, cells divided by tabs.
pub(super) fn text_of(part: &[u8]) -> Vec<u8> {
    let mut shown = Shown::default();
    pieces(part, &mut |piece| match piece {
        Piece::Text(text) => shown.out.extend(text),
        Piece::Mark(mark) => shown.mark(mark),
    });
    shown.out
}

#[derive(Default)]
struct Shown {
    out: Vec<u8>,
    /// How many cells are open: a paragraph in a cell ends no line.
    cells: usize,
}

impl Shown {
    fn mark(&mut self, mark: Mark<'_>) {
        match (mark.name, mark.end) {
            (b"tc" | b"table-cell", End::Opens) => self.cells = self.cells.saturating_add(1),
            (b"tc" | b"table-cell", end) => {
                self.cells = self.cells.saturating_sub(usize::from(end == End::Closes));
                self.out.push(b'\t');
            }
            (b"tr" | b"table-row", End::Closes) => self.out.push(b'\n'),
            (b"p" | b"h" | b"si", End::Closes) | (b"br" | b"cr" | b"line-break", _) => {
                self.out.push(if self.cells > 0 { b' ' } else { b'\n' });
            }
            (b"tab", _) => self.out.push(b'\t'),
            // Of several blanks OpenDocument writes the first.
            (b"s", End::Alone) => self.out.push(b' '),
            _ => {}
        }
    }
}

/// The tables of a document, and the sheets of an `.ods`. What stands in a table inside of a table belongs to the cell around it.
pub(super) fn grids_of(part: &[u8]) -> Vec<Grid> {
    let mut tables = Tables::default();
    pieces(part, &mut |piece| match piece {
        Piece::Text(text) if tables.cells > 0 => tables.text.extend(text),
        Piece::Text(_) => {}
        Piece::Mark(mark) => tables.mark(mark),
    });
    tables.all.extend(tables.open);
    tables.all
}

/// More tables of a document are not looked at.
const MOST: usize = 1_000;

#[derive(Default)]
struct Tables {
    all: Vec<Grid>,
    open: Option<Grid>,
    cells: usize,
    /// Where the cell stands, and how often it is there.
    column: usize,
    repeated: usize,
    text: Vec<u8>,
}

impl Tables {
    fn mark(&mut self, mark: Mark<'_>) {
        match (mark.name, mark.end) {
            (b"tr" | b"table-row", End::Opens) if self.cells == 0 && self.all.len() < MOST => {
                self.open.get_or_insert_default().begin_row();
                self.column = 0;
            }
            (b"tbl" | b"table", End::Closes) if self.cells == 0 => self.all.extend(self.open.take()),
            (b"tc" | b"table-cell", End::Opens) => {
                self.cells = self.cells.saturating_add(1);
                if self.cells == 1 {
                    self.repeated = repeated(mark);
                }
            }
            (b"tc" | b"table-cell", End::Closes) => {
                self.cells = self.cells.saturating_sub(1);
                if self.cells == 0 {
                    self.end_cell();
                }
            }
            (b"tc" | b"table-cell" | b"covered-table-cell", End::Alone) if self.cells == 0 => {
                self.column = self.column.saturating_add(repeated(mark));
            }
            (b"p" | b"h", End::Closes) | (b"br" | b"cr" | b"line-break" | b"tab", _) | (b"s", End::Alone)
                if self.cells > 0 =>
            {
                self.text.push(b' ');
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        let open = self.open.as_mut();
        open.into_iter().for_each(|grid| grid.put(self.column, text.trim_ascii()));
        self.column = self.column.saturating_add(self.repeated);
    }
}

/// How many cells one stands for.
fn repeated(cell: Mark<'_>) -> usize {
    cell.number(":number-columns-repeated=\"").unwrap_or(1)
}
