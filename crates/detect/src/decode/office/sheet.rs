//! Sheets of `.xlsx` (ECMA-376, part 1, section 18.3) and the texts that they share, which stand in a part of their own. The parts come in any order: the first waits for the other.

use super::grid::{Grid, ROWS};
use super::markup::{End, Mark, Piece, number, pieces};

/// What the parts of a workbook said so far.
#[derive(Default)]
pub(crate) struct Book {
    /// Sheets that wait for the texts, by their names.
    waiting: Vec<(String, Sheet)>,
    strings: Option<Vec<Vec<u8>>>,
    weight: usize,
}

impl Book {
    /// The sheet with its texts; none as long as they are not known.
    pub(super) fn sheet(&self, sheet: &Sheet) -> Option<Grid> {
        match &self.strings {
            None if sheet.shares => None,
            strings => Some(sheet.grid(strings.as_deref().unwrap_or_default())),
        }
    }

    /// Keeps a sheet until its texts come, if all of them weigh no more than this.
    pub(super) fn wait(&mut self, name: String, sheet: Sheet, most: u64) -> Option<()> {
        self.carry(sheet.weight(), most)?;
        self.waiting.push((name, sheet));
        Some(())
    }

    /// The sheets that waited for these texts.
    pub(super) fn waited(&mut self, strings: &[Vec<u8>]) -> Vec<(String, Grid)> {
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_iter().map(|(name, sheet)| (name, sheet.grid(strings))).collect()
    }

    /// Keeps the texts for sheets that come later.
    pub(super) fn keep(&mut self, strings: Vec<Vec<u8>>, most: u64) -> Option<()> {
        let weight = strings.iter().map(|text| text.len().saturating_add(size_of::<Vec<u8>>()));
        self.carry(weight.fold(0, usize::saturating_add), most)?;
        self.strings = Some(strings);
        Some(())
    }

    fn carry(&mut self, weight: usize, most: u64) -> Option<()> {
        self.weight = self.weight.saturating_add(weight);
        (self.weight as u64 <= most).then_some(())
    }
}

/// A sheet as it stands in its part.
#[derive(Default)]
pub(super) struct Sheet {
    rows: Vec<Vec<(usize, Cell)>>,
    /// Texts that stand in pieces, as lines.
    pub(super) joined: Vec<u8>,
    /// Whether a text of it stands in another part.
    shares: bool,
}

enum Cell {
    Text(Vec<u8>),
    /// A text by its number.
    Shared(usize),
}

impl Sheet {
    pub(super) fn of(part: &[u8]) -> Self {
        let mut reader = Reader::default();
        pieces(part, &mut |piece| match piece {
            Piece::Text(text) if reader.inside => reader.text.extend(text),
            Piece::Text(_) => {}
            Piece::Mark(mark) => reader.mark(mark),
        });
        reader.sheet
    }

    fn grid(&self, strings: &[Vec<u8>]) -> Grid {
        let mut grid = Grid::default();
        for row in &self.rows {
            grid.begin_row();
            for (column, cell) in row {
                let text = match cell {
                    Cell::Text(text) => Some(text),
                    Cell::Shared(number) => strings.get(*number),
                };
                text.into_iter().for_each(|text| grid.put(*column, text));
            }
        }
        grid
    }

    fn weight(&self) -> usize {
        let of_cell = |(_, cell): &(usize, Cell)| match cell {
            Cell::Text(text) => text.len(),
            Cell::Shared(_) => 0,
        };
        let of_row = |row: &Vec<(usize, Cell)>| {
            row.iter().fold(size_of::<Vec<u8>>(), |sum, cell| {
                sum.saturating_add(size_of::<(usize, Cell)>()).saturating_add(of_cell(cell))
            })
        };
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(of_row(row)))
    }
}

#[derive(Default)]
struct Reader<'p> {
    sheet: Sheet,
    /// The number of the row that is read.
    row: usize,
    /// Where the next cell stands.
    column: usize,
    kind: &'p [u8],
    /// Whether texts belong to the cell: between the marks of its value.
    inside: bool,
    text: Vec<u8>,
    /// In how many pieces it stands.
    pieces: usize,
}

impl<'p> Reader<'p> {
    fn mark(&mut self, mark: Mark<'p>) {
        match (mark.name, mark.end) {
            (b"row", End::Opens) => self.begin_row(mark.number(" r=\"")),
            (b"c", end) => self.cell(mark, end),
            (b"v" | b"t", end) => {
                self.inside = end == End::Opens;
                self.pieces = self.pieces.saturating_add(usize::from(self.inside));
            }
            _ => {}
        }
    }

    /// An empty row may be left out: a number is missing then.
    fn begin_row(&mut self, number: Option<usize>) {
        let next = self.row.saturating_add(1);
        let gap = number.is_some_and(|number| number > next) && !self.sheet.rows.is_empty();
        self.row = number.unwrap_or(next);
        self.column = 0;
        let added = if gap { 2 } else { 1 };
        self.sheet.rows.extend((0..added).map(|_| Vec::new()));
    }

    fn cell(&mut self, mark: Mark<'p>, end: End) {
        if end != End::Closes {
            self.column = mark.attribute(" r=\"").and_then(column).unwrap_or(self.column);
            self.kind = mark.attribute(" t=\"").unwrap_or_default();
        }
        if end == End::Opens {
            return;
        }
        let text = std::mem::take(&mut self.text);
        if std::mem::take(&mut self.pieces) > 1 {
            self.sheet.joined.extend([&text[..], b"\n"].concat());
        }
        let place = self.column;
        self.column = place.saturating_add(1);
        let within = self.sheet.rows.len() <= ROWS;
        let Some(row) = self.sheet.rows.last_mut().filter(|_| within && !text.is_empty()) else { return };
        let cell = if self.kind == b"s" {
            self.sheet.shares = true;
            number(&text).map(Cell::Shared)
        } else {
            Some(Cell::Text(text))
        };
        row.extend(cell.map(|cell| (place, cell)));
    }
}

/// The number of a column, of the name of its cell: 27 of `AB12`.
fn column(name: &[u8]) -> Option<usize> {
    let letters = name.iter().take_while(|b| b.is_ascii_uppercase());
    let number = letters.take(4).fold(0_usize, |sum, letter| {
        sum.saturating_mul(26).saturating_add(usize::from(letter.saturating_sub(b'A')).saturating_add(1))
    });
    number.checked_sub(1)
}

/// The texts that sheets share, by their numbers.
pub(super) fn strings(part: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    // Signs of how a text is read aloud stand in it too.
    let (mut text, mut aloud) = (Vec::new(), false);
    pieces(part, &mut |piece| match piece {
        Piece::Text(said) if !aloud => text.extend(said),
        Piece::Text(_) => {}
        Piece::Mark(mark) => match (mark.name, mark.end) {
            (b"rPh", end) => aloud = end == End::Opens,
            (b"si", End::Opens) => text.clear(),
            (b"si", _) => all.push(std::mem::take(&mut text)),
            _ => {}
        },
    });
    all
}
