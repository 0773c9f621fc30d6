//! What can be asked about a sweep, one file each.

use std::collections::BTreeMap;

use serde_json::Value;
use tightlip_engine::policy::Policy;
use tightlip_report::{Level, Moment, Report, Target, Verdict};

use crate::error::{StateError, SweepError};
use crate::results::{Cell, Results};
use crate::sheet::Sheet;

mod blast;
mod diff;
mod images;
mod leaks;
mod purge_plan;
mod report;
mod reuse;
mod unread;

/// A question about a sweep.
pub struct Answer {
    /// Its word.
    pub name: &'static str,
    /// What it answers.
    pub summary: &'static str,
    /// What has to be named with it, if anything.
    pub subject: Option<&'static str>,
    /// Answers it.
    pub(crate) answer: fn(&dyn Results, &Ask) -> Result<Sheet, SweepError>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// A digest, an identity, a time.
    pub subject: String,
    /// From which level on a finding is a leak.
    pub counts: Level,
    /// The time now, in seconds.
    pub now: i64,
    /// What was decided about findings. The state has to be judged by it.
    pub policy: Policy,
}

/// The level of a finding that the policy allows: below all others.
pub(crate) const ALLOWED: i64 = -1;

/// All of them.
pub static ANSWERS: &[&Answer] = &[
    &report::ANSWER,
    &images::ANSWER,
    &leaks::ANSWER,
    &blast::ANSWER,
    &reuse::ANSWER,
    &diff::ANSWER,
    &purge_plan::ANSWER,
];

impl Answer {
    /// The question of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<&'static Self> {
        ANSWERS.iter().find(|answer| answer.name == word).copied()
    }

    /// Answers it.
    ///
    /// # Errors
    /// When the state cannot be read, or what was named is nothing that can be asked for.
    pub fn of(&self, results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
        let sheet = (self.answer)(results, ask)?;
        Ok(Sheet { answer: self.name, ..sheet })
    }
}

/// The verdict over everything: leaking if anything leaks, clean only if everything was listed, read and is clean.
///
/// # Errors
/// When the state cannot be read.
pub fn verdict(results: &dyn Results, counts: Level) -> Result<Verdict, StateError> {
    let count = |question: &str, values: &[Cell]| -> Result<i64, StateError> {
        Ok(results.rows(question, values)?.first().and_then(|row| row.first()).map_or(0, Cell::number))
    };
    let leaking = "SELECT 1 FROM finding JOIN image ON image.id = finding.image
        WHERE image.gone IS NULL AND finding.level >= $1 LIMIT 1";
    if count(leaking, &[Cell::Number(counts as i64)])? > 0 {
        return Ok(Verdict::Leaking);
    }
    let open = "SELECT COUNT(*) FROM image WHERE gone IS NULL AND (state <> 'done' OR gaps > 0)";
    let trouble = "SELECT COUNT(*) FROM trouble WHERE run = (SELECT MAX(id) FROM run)";
    let unended = "SELECT COUNT(*) FROM run WHERE id = (SELECT MAX(id) FROM run) AND ended IS NULL";
    for question in [open, trouble, unended] {
        if count(question, &[])? > 0 {
            return Ok(Verdict::Unproven);
        }
    }
    Ok(Verdict::Clean)
}

/// All reports as one, for the formats of a scan, as the policy sees them: each place says which image it is in.
///
/// # Errors
/// When the state cannot be read.
pub fn merged(results: &dyn Results, policy: &Policy) -> Result<Report, StateError> {
    let rows = results.rows(
        "SELECT reference, report FROM image WHERE gone IS NULL AND report IS NOT NULL ORDER BY reference",
        &[],
    )?;
    let mut all = Report::default();
    for row in &rows {
        let [reference, report] = row.as_slice() else { continue };
        let mut report = unpack(report)?;
        let places = report.findings.iter_mut().map(|f| &mut f.place);
        let places = places.chain(report.gaps.iter_mut().map(|gap| &mut gap.place));
        places.for_each(|place| place.image = Some(reference.text().to_owned()));
        report.images.iter_mut().for_each(|image| image.name = Some(reference.text().to_owned()));
        all.tool = report.tool;
        all.images.extend(report.images);
        all.findings.extend(report.findings);
        all.gaps.extend(report.gaps);
        all.read.images += report.read.images;
        all.read.bytes += report.read.bytes;
    }
    let host = results.rows("SELECT host FROM run ORDER BY id DESC LIMIT 1", &[])?;
    let host = host.first().and_then(|row| row.first()).map(Cell::text).unwrap_or_default();
    all.target = Target { given: host.to_owned(), ..Target::default() };
    Ok(policy.apply(all))
}

/// A report as it is kept.
pub(crate) fn unpack(cell: &Cell) -> Result<Report, StateError> {
    let damaged = |why: String| StateError::Damaged(format!("a report: {why}"));
    let Cell::Bytes(bytes) = cell else { return Err(damaged("there is none".to_owned())) };
    let text = zstd::decode_all(bytes.as_slice()).map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))
}

/// A cell for a page.
pub(crate) fn value(cell: &Cell) -> Value {
    match cell {
        Cell::None => Value::Null,
        Cell::Number(number) => Value::from(*number),
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Bytes(bytes) => Value::from(bytes.len()),
    }
}

/// A moment as people and machines write it (RFC 3339, UTC).
pub(crate) fn moment(seconds: i64) -> String {
    Moment::of_seconds(seconds).to_string()
}

/// How many findings the policy allows, as a sentence; none if it allows nothing that is there.
pub(crate) fn allowances(results: &dyn Results) -> Result<Option<String>, StateError> {
    let question = "SELECT COUNT(*), COUNT(DISTINCT finding.image) FROM finding
        JOIN image ON image.id = finding.image WHERE finding.level = $1 AND image.gone IS NULL";
    let rows = results.rows(question, &[Cell::Number(ALLOWED)])?;
    let Some([findings, images]) = rows.first().map(Vec::as_slice) else { return Ok(None) };
    let (findings, images) = (findings.number(), images.number());
    let (found, images) = (counted(findings, "finding", "findings"), counted(images, "image", "images"));
    let text = format!("the policy allows {found} in {images}; `images --format json` names them");
    Ok((findings > 0).then_some(text))
}

/// A number of things, in words that fit it.
pub(crate) fn counted(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    match number.try_into().unwrap_or_default() {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// The tags of images, by image.
pub(crate) fn tags(results: &dyn Results) -> Result<BTreeMap<i64, Vec<String>>, StateError> {
    let mut tags: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let question = "SELECT tag.image, tag.name FROM tag JOIN image ON image.id = tag.image
        WHERE tag.last_run >= image.last_run ORDER BY tag.name";
    for row in results.rows(question, &[])? {
        if let [image, name] = row.as_slice() {
            tags.entry(image.number()).or_default().push(name.text().to_owned());
        }
    }
    Ok(tags)
}

/// The tags of one image.
pub(crate) fn tags_of(results: &dyn Results, image: i64) -> Result<Vec<String>, StateError> {
    let question = "SELECT tag.name FROM tag JOIN image ON image.id = tag.image
        WHERE tag.image = $1 AND tag.last_run >= image.last_run ORDER BY tag.name";
    let rows = results.rows(question, &[image.into()])?;
    Ok(rows.iter().filter_map(|row| row.first()).map(|name| name.text().to_owned()).collect())
}

/// The word for a level.
pub(crate) fn level(number: i64) -> &'static str {
    match number {
        2 => Level::Deny.name(),
        1 => Level::Warn.name(),
        ALLOWED => "allowed",
        _ => Level::Note.name(),
    }
}
