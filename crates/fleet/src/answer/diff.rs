//! `diff SINCE`: what is new since a time: images, tags, leaks, and what is gone.

use serde_json::{Value, json};
use tightlip_report::Date;

use super::{Answer, Ask, moment, value};
use crate::error::SweepError;
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns};

/// The answer.
pub(super) static ANSWER: Answer = Answer {
    name: "diff",
    summary: "what is new since a time (2026-01-31, 12h, 7d) or a run (#3)",
    subject: Some("SINCE"),
    answer,
};

/// Each kind of news: its word, and the question, with the time and the level that counts.
const NEWS: &[(&str, &str)] = &[
    (
        "new leak",
        "SELECT image.reference, finding.title, image.settled FROM finding JOIN image ON image.id = finding.image
        WHERE image.settled >= $1 AND finding.level >= $2 AND image.gone IS NULL AND NOT EXISTS (
            SELECT 1 FROM finding AS other JOIN image AS before ON before.id = other.image
            WHERE other.identity = finding.identity AND before.settled < $1)
        GROUP BY image.reference, finding.title, image.settled, finding.identity ORDER BY image.settled",
    ),
    (
        "new image",
        "SELECT reference, digest, first_seen FROM image WHERE first_seen >= $1 AND CAST($2 AS BIGINT) >= 0 ORDER BY first_seen",
    ),
    (
        "moved tag",
        "SELECT image.repository, tag.name, tag.moved FROM tag JOIN image ON image.id = tag.image
        WHERE tag.moved >= $1 AND tag.first_seen < $1 AND CAST($2 AS BIGINT) >= 0 ORDER BY tag.moved",
    ),
    (
        "gone image",
        "SELECT reference, digest, gone FROM image WHERE gone >= $1 AND CAST($2 AS BIGINT) >= 0 ORDER BY gone",
    ),
];

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let since = since(results, ask)?;
    let mut table = Table { name: "news", title: format!("New since {}", moment(since)), ..Table::default() };
    table.columns = columns(["what", "image", "detail", "when"]);
    let mut lines = Vec::new();
    for (word, question) in NEWS {
        let rows = results.rows(question, &[Cell::Number(since), Cell::Number(ask.counts as i64)])?;
        lines.push(format!("{word}: {}", rows.len()));
        for row in &rows {
            let [image, detail, when] = row.as_slice() else { continue };
            let when = Value::from(moment(when.number()));
            table.rows.push(vec![json!(word), value(image), value(detail), when]);
        }
    }
    Ok(Sheet { lines, tables: vec![table], ..Sheet::default() })
}

/// The time that is meant.
fn since(results: &dyn Results, ask: &Ask) -> Result<i64, SweepError> {
    let wrong =
        || SweepError::Named(format!("`{}` is no time: write 2026-01-31, 12h, 7d or #3", ask.subject));
    let given = ask.subject.trim();
    if let Some(run) = given.strip_prefix('#') {
        let run: i64 = run.parse().map_err(|_| wrong())?;
        let rows = results.rows("SELECT began FROM run WHERE id = $1", &[run.into()])?;
        let began = rows.first().and_then(|row| row.first()).map(Cell::number);
        return began.ok_or_else(|| SweepError::Named(format!("there is no run {run}")));
    }
    for (unit, seconds) in [('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)] {
        if let Some(count) = given.strip_suffix(unit).and_then(|count| count.parse::<u32>().ok()) {
            return Ok(ask.now - i64::from(count) * seconds);
        }
    }
    given.parse::<Date>().map(Date::seconds).map_err(|_| wrong())
}
