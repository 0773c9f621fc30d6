//! The names of tables and of their columns.

use crate::decode::seam::{Budget, Limit};

use super::{Pages, Tables, Value, rows, values};

/// As much of a name or definition as is understood.
const LONGEST: usize = 64 << 10;

/// A table, or what a schema knows of it.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// Of an index: the table whose values stand in it again.
    pub(crate) repeats: Option<String>,
}

impl Table {
    /// The table of all definitions.
    pub(crate) fn schema() -> Self {
        Self { name: "schema".to_owned(), columns: Vec::new(), repeats: None }
    }
}

/// Tables and indexes by their root page, as far as the schema can be read.
///
/// Rows may share overflow pages, so reading them is work that the file's size does not bound.
pub(super) fn tables(pages: &dyn Pages, budget: &Budget) -> Result<Tables, Limit> {
    let mut used = vec![false; pages.total() / 512 + 2];
    let (numbers, _) = rows::pages(pages, 1, &mut used);
    let mut tables = Tables::new();
    for (_, record) in rows::all(pages, &numbers) {
        budget.take(record.len() as u64)?;
        tables.extend(definition(&record));
    }
    Ok(tables)
}

/// The root page and the table that a row of the schema defines.
pub(crate) fn definition(record: &[u8]) -> Option<(u32, Table)> {
    let row: Vec<Value<'_>> = values(record).collect();
    let text = |place: usize| match row.get(place) {
        Some(Value::Text(text)) => {
            String::from_utf8_lossy(text.get(..LONGEST).unwrap_or(text)).replace('\0', "")
        }
        _ => String::new(),
    };
    let sql = text(4);
    // What an index computes stands in no table.
    let repeats = (text(0) == "index" && sql.matches('(').count() < 2).then(|| text(2));
    Some((root(record)?, Table { name: text(1), columns: columns(&sql), repeats }))
}

/// The fourth value, a number: the page where the tree begins. Views and triggers have none.
fn root(record: &[u8]) -> Option<u32> {
    let bytes = crate::decode::seam::Bytes(record);
    let (end, mut kinds) = super::cell::varint(bytes, 0)?;
    let mut at = usize::try_from(end).ok()?;
    for place in 0..4 {
        let (kind, next) = super::cell::varint(bytes, kinds)?;
        kinds = next;
        let length = usize::try_from(super::cell::length(kind)).ok()?;
        if place == 3 && (1..=4).contains(&kind) {
            let number =
                bytes.slice(at, length)?.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
            return (number > 0).then_some(number);
        }
        if place == 3 && kind == 9 {
            return Some(1);
        }
        at = at.checked_add(length)?;
    }
    None
}

/// The names of columns in `CREATE TABLE x (…)`.
pub(super) fn columns(sql: &str) -> Vec<String> {
    let Some((_, inside)) = sql.split_once('(') else { return Vec::new() };
    let mut depth = 0_i32;
    let mut parts = vec![String::new()];
    for character in inside.chars() {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth < 0 {
            break;
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    let quotes = ['"', '`', '[', ']', '\''];
    let word =
        |part: &String| part.split_whitespace().next().unwrap_or_default().trim_matches(quotes).to_owned();
    let constraint = |word: &String| {
        ["primary", "unique", "check", "foreign", "constraint"].contains(&word.to_ascii_lowercase().as_str())
    };
    parts.iter().map(word).take_while(|word| !constraint(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_they_were_created() {
        let sql = "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY, \"pass word\" TEXT DEFAULT (x, y), [c] BLOB, UNIQUE (id, c))";
        assert_eq!(columns(sql), ["id", "pass", "c"]);
        assert!(columns("CREATE VIEW v AS SELECT 1").is_empty());
    }
}
