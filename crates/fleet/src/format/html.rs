//! One page for a browser: nothing is loaded from elsewhere, nothing runs in it.

use std::io::{self, Write};

use tightlip_report::plain;

use super::{Format, shown};
use crate::sheet::{Sheet, Shown, Table};

/// The format.
pub(super) static FORMAT: Format =
    Format { name: "html", summary: "one page that needs nothing else", write };

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>tightlip sweep</title>
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1c1c1c; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8d8d8; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f3f3f3; } .leaking, .deny { color: #a40000; font-weight: 600; } .clean { color: #1b6e1b; }
.unproven, .failed, .warn { color: #8a5a00; font-weight: 600; }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #e6e6e6; } th { background: #262626; } td, th { border-color: #3a3a3a; } }
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
        for (_, value) in row.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            let text = shown(value);
            write!(out, "<td{}>{}</td>", class(&text), escaped(&text))?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody></table>\n")
}

/// The class of a word that has a colour.
fn class(word: &str) -> String {
    let known = ["leaking", "clean", "unproven", "failed", "deny", "warn"];
    if known.contains(&word) { format!(" class=\"{word}\"") } else { String::new() }
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
