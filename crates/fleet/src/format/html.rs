//! One page for a browser: nothing is loaded from elsewhere, nothing runs in it.

use std::io::{self, Write};

use tightlip_report::plain;

use super::{Format, shown};
use crate::sheet::{Sheet, Shown, Table};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "html", summary: "one page that needs nothing else", write };

/// A text is short up to this many bytes.
const SHORT: usize = 12;

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>tightlip sweep</title>
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1c1c1c; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8d8d8; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f3f3f3; white-space: nowrap; } td.short, td.leaking, td.clean, td.unproven, td.failed, td.deny, td.warn { white-space: nowrap; }
p { overflow-wrap: anywhere; }
p.leaking, p.clean, p.unproven { font-size: 1.3rem; } .leaking, .deny { color: #a40000; font-weight: 600; } .clean { color: #1b6e1b; }
.unproven, .failed, .warn { color: #8a5a00; font-weight: 600; }
@media (max-width: 48rem) {
  body { margin: 1rem auto; } thead { display: none; } tr { display: block; border-bottom: 2px solid #d8d8d8; padding: .4rem 0; }
  td { display: grid; grid-template-columns: 7rem 1fr; border: 0; padding: .1rem 0; } td.short { white-space: normal; }
  td::before { content: attr(data-column); color: #666; font-weight: 400; } td:empty { display: none; }
}
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e6e6e6; } th { background: #262626; } td, th, tr { border-color: #3a3a3a; }
  .leaking, .deny { color: #ff7a7a; } .clean { color: #7fce7f; } .unproven, .failed, .warn { color: #e8b84a; } td::before { color: #aaa; }
}
</style></head><body>
";

fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    writeln!(out, "<h1>tightlip sweep: {}</h1>", escaped(sheet.answer))?;
    for line in &sheet.lines {
        writeln!(out, "<p{}>{}</p>", class(line), escaped(line))?;
    }
    for table in &sheet.tables {
        write_table(table, out)?;
    }
    out.write_all(b"</body></html>\n")
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let wanted = |at: usize| table.columns.get(at).is_some_and(|column| column.shown == Shown::Always);
    writeln!(out, "<h2>{}</h2>\n<table><thead><tr>", escaped(&table.title))?;
    for (_, column) in table.columns.iter().enumerate().filter(|(at, _)| wanted(*at)) {
        write!(out, "<th>{}</th>", escaped(column.name))?;
    }
    out.write_all(b"</tr></thead><tbody>\n")?;
    for row in &table.rows {
        out.write_all(b"<tr>")?;
        for (at, value) in row.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            let text = shown(value);
            let column = table.columns.get(at).map(|column| column.name).unwrap_or_default();
            write!(out, "<td{} data-column=\"{}\">{}</td>", class(&text), escaped(column), escaped(&text))?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody></table>\n")
}

/// The class of a word that has a colour, or of a text that is not broken.
fn class(word: &str) -> String {
    let known = ["leaking", "clean", "unproven", "failed", "deny", "warn"];
    match known.contains(&word) {
        true => format!(" class=\"{word}\""),
        false if word.len() <= SHORT => " class=\"short\"".to_owned(),
        false => String::new(),
    }
}

fn escaped(text: &str) -> String {
    let text = plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::columns;

    #[test]
    fn a_hostile_name_stays_text() {
        let table = Table {
            name: "images",
            title: "<script>".to_owned(),
            columns: columns(["image"]),
            rows: vec![vec![serde_json::json!("\"><img src=x onerror=alert(1)>")]],
        };
        let sheet = Sheet { answer: "images", tables: vec![table], ..Sheet::default() };
        let mut out = Vec::new();
        write(&sheet, &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(!page.contains("<img") && !page.contains("<script>"), "{page}");
    }
}
