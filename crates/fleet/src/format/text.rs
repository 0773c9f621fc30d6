//! For a person at a terminal.

use std::io::{self, Write};

use tightlip_report::plain;

use super::{Format, shown};
use crate::sheet::{Sheet, Shown, Table};

/// The format.
pub(super) static FORMAT: Format = Format { name: "text", summary: "for people", write };

/// A column is not wider than this, unless it is the last.
const WIDEST: usize = 72;

fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    for line in &sheet.lines {
        writeln!(out, "{}", plain(line))?;
    }
    for table in sheet.tables.iter().filter(|table| !table.rows.is_empty()) {
        writeln!(out)?;
        write_table(table, out)?;
    }
    Ok(())
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let wanted: Vec<usize> = (0..table.columns.len())
        .filter(|at| table.columns.get(*at).is_some_and(|column| column.shown == Shown::Always))
        .collect();
    let head: Vec<String> =
        wanted.iter().filter_map(|at| table.columns.get(*at)).map(|c| c.name.to_owned()).collect();
    let cell =
        |row: &Vec<serde_json::Value>, at: usize| row.get(at).map(|v| plain(&shown(v))).unwrap_or_default();
    let rows: Vec<Vec<String>> =
        table.rows.iter().map(|row| wanted.iter().map(|at| cell(row, *at)).collect()).collect();
    let width = |at: usize| {
        let longest =
            rows.iter().chain([&head]).filter_map(|row| row.get(at)).map(|text| text.chars().count());
        longest.max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    writeln!(out, "{}", plain(&table.title))?;
    for row in [&head].into_iter().chain(&rows) {
        let mut line = String::from(" ");
        for (text, width) in row.iter().zip(&widths) {
            line.push_str(&format!(" {text:<width$} "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
