//! For machines: `tightlip.sweep/1`.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Format;
use crate::sheet::Sheet;

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "json", summary: "the stable answer for machines, tightlip.sweep/1", write };

fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Map::new();
    document.insert("schema".to_owned(), json!("tightlip.sweep/1"));
    document.insert("answer".to_owned(), json!(sheet.answer));
    if let Some(verdict) = sheet.verdict {
        document.insert("verdict".to_owned(), json!(verdict));
    }
    document.insert("notes".to_owned(), json!(sheet.lines));
    for table in &sheet.tables {
        let row = |row: &Vec<Value>| -> Value {
            let names = table.columns.iter().map(|column| column.name.to_owned());
            Value::Object(names.zip(row.iter().cloned()).collect())
        };
        document.insert(table.name.to_owned(), table.rows.iter().map(row).collect());
    }
    serde_json::to_writer_pretty(&mut *out, &Value::Object(document))?;
    out.write_all(b"\n")
}
