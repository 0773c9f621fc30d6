//! `leaks`: which secrets leak, and which of them to rotate first: by level, by how visible they are, by how many
//! images have them.

use serde_json::{Value, json};

use super::{Answer, Ask, counted, level, value, verdict};
use crate::error::{StateError, SweepError};
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns, detail};

/// The answer.
pub(super) static ANSWER: Answer = Answer {
    name: "leaks",
    summary: "which secrets leak, what to rotate first on top",
    subject: None,
    answer,
};

/// Secrets, the most urgent first. Something in a running container is seen by most, what a layer deletes by fewer.
const QUESTION: &str = "
SELECT finding.identity, MIN(finding.rule), MIN(finding.title), MAX(finding.level) AS worst,
    MAX(CASE finding.exposure WHEN 'visible' THEN 2 WHEN 'metadata' THEN 1 ELSE 0 END) AS seen,
    COUNT(DISTINCT finding.image) AS reach, COUNT(DISTINCT image.repository),
    COUNT(DISTINCT finding.blob), MIN(image.first_seen), MIN(finding.rotate)
FROM finding JOIN image ON image.id = finding.image
WHERE image.gone IS NULL AND finding.level >= $1
GROUP BY finding.identity ORDER BY worst DESC, seen DESC, reach DESC, finding.identity";

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let table = table(results, ask)?;
    let mut lines = vec![counted(table.rows.len() as u64, "secret leaks", "secrets leak")];
    lines.extend(super::allowances(results)?);
    Ok(Sheet { verdict: Some(verdict(results, ask.counts)?), lines, tables: vec![table], ..Sheet::default() })
}

/// The table of secrets.
pub(super) fn table(results: &dyn Results, ask: &Ask) -> Result<Table, StateError> {
    let mut table =
        Table { name: "leaks", title: "Rotate first what stands on top".to_owned(), ..Table::default() };
    table.columns = columns(["level", "secret", "seen", "images", "repositories", "identity", "rotate"]);
    table.columns.extend(["rule", "blobs", "first_seen"].map(detail));
    for row in results.rows(QUESTION, &[Cell::Number(ask.counts as i64)])? {
        let [identity, rule, title, worst, seen, images, repositories, blobs, first, rotate] = row.as_slice()
        else {
            continue;
        };
        let seen = match seen.number() {
            2 => "in running containers",
            1 => "in what describes the image",
            _ => "in layers below",
        };
        let first = super::moment(first.number());
        table.rows.push(vec![
            json!(level(worst.number())),
            value(title),
            json!(seen),
            value(images),
            value(repositories),
            value(identity),
            value(rotate),
            value(rule),
            value(blobs),
            Value::from(first),
        ]);
    }
    Ok(table)
}
