//! Databases with rows, deleted rows, logs and damage.

use super::*;
use crate::decode::seam::law;

const PAGE: usize = 512;

fn varint(value: usize) -> Vec<u8> {
    match value {
        0..0x80 => vec![u8::try_from(value).unwrap()],
        _ => vec![u8::try_from(value >> 7).unwrap() | 0x80, u8::try_from(value & 0x7f).unwrap()],
    }
}

/// A record of texts; an empty one stands for the number 2.
fn record(texts: &[&str]) -> Vec<u8> {
    let kinds: Vec<u8> = texts
        .iter()
        .flat_map(|text| if text.is_empty() { vec![1] } else { varint(text.len() * 2 + 13) })
        .collect();
    let values: Vec<u8> = texts
        .iter()
        .flat_map(|text| if text.is_empty() { vec![2] } else { text.bytes().collect() })
        .collect();
    [vec![u8::try_from(kinds.len() + 1).unwrap()], kinds, values].concat()
}

/// A leaf of cells, which stand at the end.
fn page(header: usize, cells: &[Vec<u8>]) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    let mut end = PAGE;
    page[header] = 13;
    page[header + 4] = u8::try_from(cells.len()).unwrap();
    for (place, cell) in cells.iter().enumerate() {
        end -= cell.len();
        page[end..end + cell.len()].copy_from_slice(cell);
        let pointer = u16::try_from(end).unwrap().to_be_bytes();
        page[header + 8 + place * 2..header + 10 + place * 2].copy_from_slice(&pointer);
    }
    page
}

fn cell(row: usize, record: &[u8]) -> Vec<u8> {
    [varint(record.len()), varint(row), record.to_vec()].concat()
}

/// A leaf of rows with one text each.
pub(in crate::decode) fn leaf(header: usize, rows: &[&str]) -> Vec<u8> {
    page(
        header,
        &rows.iter().enumerate().map(|(row, text)| cell(row + 1, &record(&[text]))).collect::<Vec<_>>(),
    )
}

/// A leaf of one long row, and the page on which it goes on.
pub(in crate::decode) fn overflow(text: &str, next: u32) -> (Vec<u8>, Vec<u8>) {
    let record = record(&[text]);
    let least = (PAGE - 12) * 32 / 255 - 23;
    let fitting = least + (record.len() - least) % (PAGE - 4);
    let local = if fitting <= PAGE - 35 { fitting } else { least };
    let first =
        [varint(record.len()), varint(1), record[..local].to_vec(), next.to_be_bytes().to_vec()].concat();
    let mut rest = [&[0; 4], &record[local..]].concat();
    rest.resize(PAGE, 0);
    (page(0, &[first]), rest)
}

/// The first page, which defines a table `t` on page 2.
pub(in crate::decode) fn schema(sql: &str) -> Vec<u8> {
    page(100, &[cell(1, &record(&["table", "t", "t", "", sql]))])
}

/// A table `t` on page 2 and what else there is.
pub(in crate::decode) fn database(sql: &str, pages: &[Vec<u8>]) -> Vec<u8> {
    let mut first = schema(sql);
    first[..16].copy_from_slice(b"SQLite format 3\0");
    first[16..18].copy_from_slice(&u16::try_from(PAGE).unwrap().to_be_bytes());
    first[28..32].copy_from_slice(&u32::try_from(pages.len() + 1).unwrap().to_be_bytes());
    [first, pages.concat()].concat()
}

fn sample() -> Vec<u8> {
    database(
        "CREATE TABLE t (name TEXT, value TEXT)",
        &[page(0, &[cell(1, &record(&["TOKEN", "the value"]))])],
    )
}

#[test]
fn rows_are_lines_with_their_columns_and_settings_are_joined() {
    let schema = b"table\nt\nt\nCREATE TABLE t (name TEXT, value TEXT)\n";
    let rows = b"name=TOKEN\nTOKEN=the value\n";
    law::holds(&DECODER, &sample(), &[("table schema", schema), ("table t", rows)]);
}

/// A table on page 2 and an index on page 3.
fn with_index(index: &str, page_of_table: Vec<u8>) -> Vec<u8> {
    let definition = |kind: &str, name: &str, root: u8, sql: &str| {
        let mut record = record(&[kind, name, "t", "?", sql]);
        // The place of the root page is a number of one byte.
        let place = record.iter().position(|byte| *byte == b'?').unwrap();
        record[place] = root;
        record[4] = 1;
        record
    };
    let mut file = database("", &[page_of_table, leaf(0, &["the value"])]);
    let rows = [definition("table", "t", 2, "CREATE TABLE t (c TEXT)"), definition("index", "i", 3, index)];
    let mut first = page(100, &[cell(1, &rows[0]), cell(2, &rows[1])]);
    first[..100].copy_from_slice(&file[..100]);
    file.splice(..PAGE, first);
    file
}

#[test]
fn an_index_says_nothing_again_that_its_table_said() {
    let table = || leaf(0, &["the value"]);
    let members = |file: &[u8]| {
        let seen = law::see(&DECODER, file);
        seen.members.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(members(&with_index("", table())), ["table schema", "table t"]);
    assert_eq!(members(&with_index("CREATE INDEX i ON t (c)", table())), ["table schema", "table t"]);
    let computed = with_index("CREATE INDEX i ON t (lower(c))", table());
    assert_eq!(members(&computed), ["table schema", "table t", "table i"]);
    let damaged = with_index("", vec![0xff; PAGE]);
    assert!(members(&damaged).contains(&"table i".to_owned()), "its table cannot be read");
}

#[test]
fn a_value_over_several_pages_is_whole() {
    let long = "v".repeat(900);
    let (first, rest) = overflow(&long, 3);
    let file = database("CREATE TABLE t (c)", &[first, rest]);
    let seen = law::see(&DECODER, &file);
    assert_eq!(seen.of("table t"), format!("c={long}\n").as_bytes());
    assert_eq!(seen.members.len(), 2, "no page is unused");
}

#[test]
fn deleted_pages_are_read_and_their_chains_joined() {
    let mut lost = vec![0; PAGE];
    lost[..4].copy_from_slice(&4_u32.to_be_bytes());
    lost[500..].copy_from_slice(b"half of what");
    let mut rest = vec![0; PAGE];
    rest[4..17].copy_from_slice(b" was deleted.");
    let file = database("CREATE TABLE t (c)", &[leaf(0, &["x"]), lost, rest]);
    let seen = law::see(&DECODER, &file);
    let unused = String::from_utf8_lossy(seen.of("unused pages")).into_owned();
    assert!(unused.contains("half of what was deleted."), "{unused}");
    assert_eq!(seen.unread, []);
}

#[test]
fn a_container_in_a_row_is_a_member_of_its_own() {
    let text = "!<arch>\nan archive in a row";
    let file = database("CREATE TABLE t (c)", &[leaf(0, &["x", text])]);
    assert_eq!(law::see(&DECODER, &file).of("table t row 2 column 1"), text.as_bytes());
}

#[test]
fn a_missing_page_is_told() {
    let seen = law::see(&DECODER, &sample()[..PAGE]);
    assert!(seen.all().contains("CREATE TABLE t"));
    assert_eq!(seen.unread, [(String::new(), Unread::Truncated)]);
}

#[test]
fn pages_that_go_round_in_circles_end() {
    let mut inner = vec![0; PAGE];
    inner[0] = 5;
    inner[8..12].copy_from_slice(&2_u32.to_be_bytes());
    let mut circle = vec![0; PAGE];
    circle[..4].copy_from_slice(&3_u32.to_be_bytes());
    law::see(&DECODER, &database("CREATE TABLE t (c)", &[inner, circle.clone(), circle]));
}

#[test]
fn the_blobs_of_one_table_are_told() {
    // A row with a text and a blob: kinds are twice the length, and 13 or 12.
    let row = [&[3, 15, 18, b'n'][..], b"one"].concat();
    let file = database("CREATE TABLE t (a TEXT, b BLOB)", &[page(0, &[cell(1, &row)])]);
    let mut seen = Vec::new();
    blobs(&file, "t", &mut |blob| seen.push(blob.to_vec()));
    assert_eq!(seen, [b"one"]);
    blobs(&file, "other", &mut |_| panic!("there is no such table"));
    (0..file.len()).for_each(|cut| blobs(&file[..cut], "t", &mut |_| ()));
}

#[test]
fn any_change_is_survived() {
    law::changes_are_survived(&DECODER, &sample());
}

#[test]
fn a_row_of_settings_says_which_value_its_setting_has() {
    for columns in [["k", "v"], ["setting_name", "setting_value"], ["path", "value"], ["option", "content"]] {
        let mut written = Vec::new();
        let names = columns.map(str::to_owned);
        line(&record(&["mail.password", "x y"]), (&names, Containers::Apart), &mut written);
        let told = format!("{}=mail.password\nmail.password=x y\n", columns[0]);
        assert_eq!(String::from_utf8_lossy(&written), told);
    }
}

/// A page on which the first of these cells was freed.
fn with_freed(cells: &[Vec<u8>]) -> Vec<u8> {
    let mut page = page(0, cells);
    let start = PAGE - cells[0].len();
    page[1..3].copy_from_slice(&u16::try_from(start).unwrap().to_be_bytes());
    page[start..start + 2].fill(0);
    page[start + 2..start + 4].copy_from_slice(&u16::try_from(cells[0].len()).unwrap().to_be_bytes());
    // Its place in the list goes to the next one.
    let rest: Vec<u8> = page[10..8 + cells.len() * 2].to_vec();
    page[8..8 + rest.len()].copy_from_slice(&rest);
    page[4] -= 1;
    page
}

#[test]
fn a_deleted_row_has_the_columns_of_its_table() {
    let long = "v".repeat(90);
    for (gone, told) in [
        (["TOKEN", "the value"], "name=TOKEN\nTOKEN=the value\n".to_owned()),
        (["TOKEN", &long], format!("name=TOKEN\nTOKEN={long}\n")),
    ] {
        let cells = [cell(1, &record(&gone)), cell(2, &record(&["more", "of it"]))];
        let file = database("CREATE TABLE t (name TEXT, value TEXT)", &[with_freed(&cells)]);
        let seen = law::see(&DECODER, &file);
        assert_eq!(String::from_utf8_lossy(seen.of("deleted rows")), told);
        assert_eq!(seen.of("table t"), b"name=more\nmore=of it\n");
        law::changes_are_survived(&DECODER, &file);
    }
}

#[test]
fn rows_of_a_dropped_table_are_apart() {
    let rows = page(0, &[cell(1, &record(&["k7", "what it was"])), cell(2, &record(&["k8", "and more"]))]);
    let file = database("CREATE TABLE t (c)", &[leaf(0, &["x"]), rows]);
    let seen = law::see(&DECODER, &file);
    assert_eq!(String::from_utf8_lossy(seen.of("deleted rows")), "k8\nand more\nk7\nwhat it was\n");
}

#[test]
fn rows_of_a_dropped_table_have_the_columns_of_its_definition() {
    let gone = cell(1, &record(&["table", "old", "old", "", "CREATE TABLE old (login, password)"]));
    let rows = page(0, &[cell(1, &record(&["k7", "what it was"]))]);
    let mut file = database("CREATE TABLE t (c)", &[leaf(0, &["x"]), rows]);
    // Where the cells began: its first bytes say that no block follows, and how long it was.
    let start = PAGE - cell(1, &record(&["table", "t", "t", "", "CREATE TABLE t (c)"])).len() - gone.len();
    file[start..start + gone.len()].copy_from_slice(&gone);
    file[start..start + 4].copy_from_slice(&[0, 0, 0, u8::try_from(gone.len()).unwrap()]);
    let seen = law::see(&DECODER, &file);
    let told = String::from_utf8_lossy(seen.of("deleted rows")).into_owned();
    assert!(told.ends_with("login=k7\npassword=what it was\n"), "{told}");
    law::changes_are_survived(&DECODER, &file);
}
