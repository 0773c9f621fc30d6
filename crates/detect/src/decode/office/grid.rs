//! A sheet as the tables and lists that stand on it.
//!
//! Nobody says where a table begins: there may be a title above it, and a second table below. A table is written from every row
//! that can be a head; what a value is then, is judged by who reads tables.

/// So many columns of a row are looked at.
const COLUMNS: usize = 64;
/// So many rows of a sheet are looked at: of longer tables only the first rows are read by their head anyway.
pub(super) const ROWS: usize = 10_000;
/// So many tables may stand on a sheet.
const TABLES: usize = 64;
/// A label is no longer.
const LABEL: usize = 40;
/// A row of a list has no more cells: a place, a label, its value, a remark.
const LISTED: usize = 4;

/// The cells of a sheet.
#[derive(Default)]
pub(crate) struct Grid {
    rows: Vec<Vec<Vec<u8>>>,
}

impl Grid {
    /// Begins a row.
    pub(crate) fn begin_row(&mut self) {
        if self.rows.len() <= ROWS {
            self.rows.push(Vec::new());
        }
    }

    /// Puts a text into a column of the last row.
    pub(crate) fn put(&mut self, column: usize, text: &[u8]) {
        let Some(row) = self.rows.last_mut().filter(|_| column < COLUMNS && !text.is_empty()) else { return };
        while row.len() <= column {
            row.push(Vec::new());
        }
        let plain = |b: &u8| if b.is_ascii_control() { b' ' } else { *b };
        row.get_mut(column).into_iter().for_each(|cell| *cell = text.iter().map(plain).collect());
    }

    /// Every table with its head: rows as lines, cells divided by tabs. The first goes to the end of the sheet, the others to the next
    /// empty row.
    pub(crate) fn tables(&self) -> Vec<Vec<u8>> {
        let mut tables = Vec::new();
        let mut above = 0;
        for (number, row) in self.rows.iter().enumerate() {
            let filled = filled(row);
            let begins = filled > above.max(1);
            // A row with one cell divides a table, and does not end it.
            above = if filled == 1 { above } else { filled };
            if !begins || tables.len() >= TABLES {
                continue;
            }
            let rest = self.rows.get(number..).unwrap_or_default();
            let first = tables.is_empty();
            let rows = rest.iter().take_while(|row| first || row.iter().any(|cell| !cell.is_empty()));
            let written: Vec<Vec<u8>> =
                rows.filter(|row| self::filled(row) > 1).map(|row| row.join(&b'\t')).collect();
            if written.len() > 1 {
                tables.push(written.join(&b'\n'));
            }
        }
        tables
    }

    /// Labels and what stands beside them: `DB password: …`.
    pub(super) fn pairs(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for row in self.rows.iter().filter(|row| (2..=LISTED).contains(&filled(row))) {
            let cells: Vec<&Vec<u8>> = row.iter().filter(|cell| !cell.is_empty()).collect();
            for pair in cells.windows(2) {
                let [label, value] = pair else { continue };
                let label = label.trim_ascii();
                let label = label.strip_suffix(b":").unwrap_or(label);
                if label.len() <= LABEL && label.iter().any(u8::is_ascii_alphabetic) {
                    lines.extend([label, b": ", value.trim_ascii(), b"\n"].concat());
                }
            }
        }
        lines
    }
}

fn filled(row: &[Vec<u8>]) -> usize {
    row.iter().filter(|cell| !cell.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&str]) -> Grid {
        let mut grid = Grid::default();
        for row in rows {
            grid.begin_row();
            row.split('|').enumerate().for_each(|(column, cell)| grid.put(column, cell.as_bytes()));
        }
        grid
    }

    fn tables(rows: &[&str]) -> Vec<String> {
        grid(rows).tables().into_iter().map(|table| String::from_utf8(table).unwrap()).collect()
    }

    #[test]
    fn a_table_begins_below_its_title_and_goes_on_behind_a_row_with_one_cell() {
        let rows = ["Logins", "", "user|pw", "Staging", "a|b", "c|d"];
        assert_eq!(tables(&rows), ["user\tpw\na\tb\nc\td"]);
        assert_eq!(
            tables(&["for|ACME", "host|user|pw", "a|b|c"]),
            ["for\tACME\nhost\tuser\tpw\na\tb\tc", "host\tuser\tpw\na\tb\tc"]
        );
        assert_eq!(tables(&["a|b", "c|d", "", "user|pw", "e|f"]).last().unwrap(), "user\tpw\ne\tf");
        assert!(tables(&["", "one", "a|b", "two"]).is_empty());
    }

    #[test]
    fn labels_stand_beside_their_values() {
        let pairs = grid(&["DB password:| p ", "x", "12|13", "1|PIN|4711\n", "a|b|c|d|e"]).pairs();
        assert_eq!(String::from_utf8(pairs).unwrap(), "DB password: p\nPIN: 4711\n");
    }
}
