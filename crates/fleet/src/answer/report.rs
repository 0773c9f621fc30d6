//! `report`: the overview: how many images leak, what to rotate first, and what was not read.

use serde_json::json;

use super::{Answer, Ask, counted, leaks, moment, value, verdict};
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
    let question = "SELECT CASE WHEN state = 'failed' THEN 'failed' WHEN state <> 'done' THEN 'not read yet'
            WHEN EXISTS (SELECT 1 FROM finding WHERE finding.image = image.id AND finding.level >= $1) THEN 'leaking'
            WHEN gaps > 0 THEN 'unproven' ELSE 'clean' END AS word, COUNT(*)
        FROM image WHERE gone IS NULL GROUP BY word ORDER BY word";
    let level = Cell::Number(ask.counts as i64);
    counts.rows =
        results.rows(question, &[level])?.iter().map(|row| row.iter().map(value).collect()).collect();
    if counts.rows.is_empty() {
        lines.push("no image was found".to_owned());
    }
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
    let (gaps, more) = super::unread::gaps(results, ask)?;
    unread.rows.extend(gaps);
    lines.extend(more);
    let read = results.rows(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM task WHERE state = 'done'",
        &[],
    )?;
    if let Some([blobs, bytes]) = read.first().map(Vec::as_slice) {
        let blobs = counted(blobs.number(), "blob was read", "blobs were read");
        lines.push(format!("{blobs} in this run and those before it, {} bytes", bytes.number()));
    }
    lines.extend(super::allowances(results)?);
    lines.extend(remarks(results, ask)?);
    let tables = vec![counts, top, unread].into_iter().filter(|table| !table.rows.is_empty()).collect();
    let verdict = verdict(results, ask.counts)?;
    lines.insert(0, json!(verdict).as_str().unwrap_or_default().to_owned());
    Ok(Sheet { verdict: Some(verdict), lines, tables, ..Sheet::default() })
}

/// What there is to say about the allowances of the policy.
fn remarks(results: &dyn Results, ask: &Ask) -> Result<Vec<String>, SweepError> {
    if !ask.policy.allows() {
        return Ok(Vec::new());
    }
    let rows = results.rows("SELECT DISTINCT fingerprint FROM finding", &[])?;
    let found = rows.iter().filter_map(|row| row.first()).map(Cell::text).collect();
    Ok(ask
        .policy
        .remarks(&found)
        .into_iter()
        .map(|remark| format!("{}: {}", remark.by, remark.text))
        .collect())
}
