//! The tables of an assembly's metadata (ECMA-335, II.22 and II.24.2.6).

use crate::decode::seam::Bytes;

pub(super) const TYPE_REF: usize = 0x01;
pub(super) const TYPE_DEF: usize = 0x02;
pub(super) const FIELD: usize = 0x04;
pub(super) const METHOD: usize = 0x06;
pub(super) const PARAM: usize = 0x08;
pub(super) const MEMBER_REF: usize = 0x0a;
pub(super) const CONSTANT: usize = 0x0b;
pub(super) const TYPE_SPEC: usize = 0x1b;
pub(super) const METHOD_SPEC: usize = 0x2b;

/// What a column holds, which says how wide it is.
#[derive(Clone, Copy)]
enum Column {
    /// A number of so many bytes.
    Fixed(u8),
    Name,
    Guid,
    Blob,
    /// A row of a table.
    Row(usize),
    /// A row of one of several tables, which the lowest bits tell apart.
    Coded(u32, &'static [usize]),
}

use Column::{Blob, Coded, Fixed, Guid, Name, Row};

const TYPE_DEF_OR_REF: Column = Coded(2, &[0x02, 0x01, 0x1b]);
const HAS_CONSTANT: Column = Coded(2, &[0x04, 0x08, 0x17]);
const HAS_ATTRIBUTE: Column = Coded(
    5,
    &[
        0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26,
        0x27, 0x28, 0x2a, 0x2c, 0x2b,
    ],
);
const METHOD_DEF_OR_REF: Column = Coded(1, &[0x06, 0x0a]);
const IMPLEMENTATION: Column = Coded(2, &[0x26, 0x23, 0x27]);

/// The columns of every table, by its number.
const SCHEMA: [&[Column]; 0x2d] = [
    &[Fixed(2), Name, Guid, Guid, Guid],
    &[Coded(2, &[0x00, 0x1a, 0x23, 0x01]), Name, Name],
    &[Fixed(4), Name, Name, TYPE_DEF_OR_REF, Row(0x04), Row(0x06)],
    &[Row(0x04)],
    &[Fixed(2), Name, Blob],
    &[Row(0x06)],
    &[Fixed(4), Fixed(2), Fixed(2), Name, Blob, Row(0x08)],
    &[Row(0x08)],
    &[Fixed(2), Fixed(2), Name],
    &[Row(0x02), TYPE_DEF_OR_REF],
    &[Coded(3, &[0x02, 0x01, 0x1a, 0x06, 0x1b]), Name, Blob],
    &[Fixed(2), HAS_CONSTANT, Blob],
    &[HAS_ATTRIBUTE, Coded(3, &[0x06, 0x0a]), Blob],
    &[Coded(1, &[0x04, 0x08]), Blob],
    &[Fixed(2), Coded(2, &[0x02, 0x06, 0x20]), Blob],
    &[Fixed(2), Fixed(4), Row(0x02)],
    &[Fixed(4), Row(0x04)],
    &[Blob],
    &[Row(0x02), Row(0x14)],
    &[Row(0x14)],
    &[Fixed(2), Name, TYPE_DEF_OR_REF],
    &[Row(0x02), Row(0x17)],
    &[Row(0x17)],
    &[Fixed(2), Name, Blob],
    &[Fixed(2), Row(0x06), Coded(1, &[0x14, 0x17])],
    &[Row(0x02), METHOD_DEF_OR_REF, METHOD_DEF_OR_REF],
    &[Name],
    &[Blob],
    &[Fixed(2), Coded(1, &[0x04, 0x06]), Name, Row(0x1a)],
    &[Fixed(4), Row(0x04)],
    &[Fixed(4), Fixed(4)],
    &[Fixed(4)],
    &[Fixed(4), Fixed(8), Fixed(4), Blob, Name, Name],
    &[Fixed(4)],
    &[Fixed(4), Fixed(4), Fixed(4)],
    &[Fixed(8), Fixed(4), Blob, Name, Name, Blob],
    &[Fixed(4), Row(0x23)],
    &[Fixed(4), Fixed(4), Fixed(4), Row(0x23)],
    &[Fixed(4), Name, Blob],
    &[Fixed(4), Fixed(4), Name, Name, IMPLEMENTATION],
    &[Fixed(4), Fixed(4), Name, IMPLEMENTATION],
    &[Row(0x02), Row(0x02)],
    &[Fixed(2), Fixed(2), Coded(1, &[0x02, 0x06]), Name],
    &[METHOD_DEF_OR_REF, Blob],
    &[Row(0x2a), TYPE_DEF_OR_REF],
];

/// The tables as they lie in their stream.
pub(super) struct Tables<'f> {
    stream: Bytes<'f>,
    rows: [u32; 64],
    /// The widths of what names a string, an identifier, a blob: 2 or 4.
    heaps: [usize; 3],
    /// Where each table begins.
    starts: [usize; SCHEMA.len()],
}

impl<'f> Tables<'f> {
    pub(super) fn of(stream: Bytes<'f>) -> Option<Self> {
        let sizes = stream.u8(6)?;
        let valid = stream.u64_le(8)?;
        let mut tables = Self {
            stream,
            rows: [0; 64],
            heaps: [1, 2, 4].map(|bit| if sizes & bit == 0 { 2 } else { 4 }),
            starts: [0; SCHEMA.len()],
        };
        let mut at = 24_usize;
        for number in (0..64_usize).filter(|number| valid >> number & 1 == 1) {
            *tables.rows.get_mut(number)? = stream.u32_le(at)?;
            at = at.checked_add(4)?;
        }
        // Compilers that change a program while it runs write four bytes more.
        at = at.checked_add(if sizes & 0x40 == 0 { 0 } else { 4 })?;
        for (number, columns) in SCHEMA.iter().enumerate() {
            *tables.starts.get_mut(number)? = at;
            let length = tables.width_of(columns).checked_mul(usize::try_from(tables.count(number)).ok()?)?;
            at = at.checked_add(length)?;
        }
        Some(tables)
    }

    /// How many rows a table has.
    pub(super) fn count(&self, table: usize) -> u32 {
        self.rows.get(table).copied().unwrap_or_default()
    }

    /// The numbers of the rows that lie in the file.
    pub(super) fn all(&self, table: usize) -> impl Iterator<Item = u32> + use<> {
        let width = SCHEMA.get(table).map_or(1, |columns| self.width_of(columns).max(1));
        let room = self.starts.get(table).map_or(0, |start| self.stream.from(*start).len() / width);
        1..=self.count(table).min(u32::try_from(room).unwrap_or(u32::MAX))
    }

    /// A cell: rows are counted from one.
    pub(super) fn cell(&self, table: usize, row: u32, column: usize) -> Option<u32> {
        let columns = SCHEMA.get(table)?;
        let row = usize::try_from(row.checked_sub(1).filter(|_| row <= self.count(table))?).ok()?;
        let before = columns.get(..column)?;
        let offset = self.width_of(columns).checked_mul(row)?.checked_add(self.width_of(before))?;
        let at = self.starts.get(table)?.checked_add(offset)?;
        match self.width(*columns.get(column)?) {
            2 => self.stream.u16_le(at).map(u32::from),
            _ => self.stream.u32_le(at),
        }
    }

    /// A cell that names a row of one of several tables: which table, which row.
    pub(super) fn coded(&self, table: usize, row: u32, column: usize) -> Option<(usize, u32)> {
        let Coded(bits, tables) = SCHEMA.get(table)?.get(column)? else { return None };
        let cell = self.cell(table, row, column)?;
        let which = usize::try_from(cell & !(u32::MAX << bits)).ok()?;
        Some((*tables.get(which)?, cell >> bits))
    }

    fn width_of(&self, columns: &[Column]) -> usize {
        columns.iter().map(|column| self.width(*column)).sum()
    }

    fn width(&self, column: Column) -> usize {
        let [name, guid, blob] = self.heaps;
        match column {
            Fixed(width) => width.into(),
            Name => name,
            Guid => guid,
            Blob => blob,
            Row(table) => self.width_for(self.count(table), 0),
            Coded(bits, tables) => {
                self.width_for(tables.iter().map(|table| self.count(*table)).max().unwrap_or_default(), bits)
            }
        }
    }

    /// What names so many rows, beside some bits.
    fn width_for(&self, rows: u32, bits: u32) -> usize {
        if rows < 1 << 16_u32.saturating_sub(bits) { 2 } else { 4 }
    }
}
