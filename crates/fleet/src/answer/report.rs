//! `report`: the overview: how many images leak, what to rotate first, and what was not read.

use serde_json::json;

use super::{Answer, Ask, leaks, moment, value, verdict};
use crate::error::SweepError;
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns};

/// The answer.
pub(super) static ANSWER: Answer =
    Answer { name: "report", summary: "the overview over everything", subject: None, answer };

/// As many secrets stand in the overview.
const TOP: usize = 20;

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let mut lines = Vec::new();
    if let Some(run) =
        results.rows("SELECT id, host, began, ended FROM run ORDER BY id DESC LIMIT 1", &[])?.first()
    {
        let [id, host, began, ended] = run.as_slice() else { return Ok(Sheet::default()) };
        let state = match ended {
            Cell::Number(ended) => format!("ended {}", moment(*ended)),
            _ => "is not done yet".to_owned(),
        };
        let began = moment(began.number());
        lines.push(format!("{}: run {} began {began} and {state}", host.text(), id.number()));
    }
    let mut counts = Table { name: "verdicts", title: "Images by verdict".to_owned(), ..Table::default() };
    counts.columns = columns(["verdict", "images"]);
    let question = "SELECT CASE WHEN state = 'done' THEN COALESCE(verdict, 'unproven')
            WHEN state = 'failed' THEN 'failed' ELSE 'not read yet' END AS word, COUNT(*)
        FROM image WHERE gone IS NULL GROUP BY word ORDER BY word";
    counts.rows = results.rows(question, &[])?.iter().map(|row| row.iter().map(value).collect()).collect();
    let mut top = leaks::table(results, ask)?;
    if top.rows.len() > TOP {
        lines.push(format!(
            "{} secrets leak; the {TOP} most urgent are listed, `leaks` lists all",
            top.rows.len()
        ));
        top.rows.truncate(TOP);
    }
    let mut unread = Table { name: "unread", title: "Not listed or not read".to_owned(), ..Table::default() };
    unread.columns = columns(["what", "why"]);
    let question = "SELECT place, reason FROM trouble WHERE run = (SELECT MAX(id) FROM run)
        UNION ALL SELECT reference, COALESCE(reason, '') FROM image WHERE state = 'failed' AND gone IS NULL
        UNION ALL SELECT digest, COALESCE(reason, '') FROM task WHERE state = 'aside'
            AND setting = (SELECT setting FROM run ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT digest, 'the registry does not have it' FROM task WHERE state = 'absent'
            AND setting = (SELECT setting FROM run ORDER BY id DESC LIMIT 1)";
    unread.rows = results.rows(question, &[])?.iter().map(|row| row.iter().map(value).collect()).collect();
    let read = results.rows("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM task WHERE state = 'done'", &[])?;
    if let Some([blobs, bytes]) = read.first().map(Vec::as_slice) {
        lines.push(format!("{} blobs were read, {} bytes", blobs.number(), bytes.number()));
    }
    let tables = vec![counts, top, unread].into_iter().filter(|table| !table.rows.is_empty()).collect();
    let verdict = verdict(results, ask.counts)?;
    lines.insert(0, json!(verdict).as_str().unwrap_or_default().to_owned());
    Ok(Sheet { verdict: Some(verdict), lines, tables, ..Sheet::default() })
}
