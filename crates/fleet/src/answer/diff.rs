//! `diff SINCE`: what is new since a time: images, tags, leaks, and what is gone.

use serde_json::{Value, json};

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
    let mut parts = given.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day))) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return Err(wrong());
    }
    Ok(days(year, month, day) * 86_400)
}

/// Days since 1970 of a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_days() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(moment(days(2024, 2, 29) * 86_400), "2024-02-29T00:00:00Z");
        assert_eq!(moment(days(2000, 12, 31) * 86_400), "2000-12-31T00:00:00Z");
    }
}
