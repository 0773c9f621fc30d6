//! `images`: the verdict of every image, with everything that was found in it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Answer, Ask, counted, tags, unpack, verdict};
use crate::error::SweepError;
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns, detail};

/// The answer.
pub(super) static ANSWER: Answer =
    Answer { name: "images", summary: "the verdict of every image", subject: None, answer };

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let tags = tags(results)?;
    let rows = results.rows(
        "SELECT id, reference, digest, state, reason, report FROM image WHERE gone IS NULL
        ORDER BY repository, reference",
        &[],
    )?;
    let mut table = Table { name: "images", title: "Images".to_owned(), ..Table::default() };
    table.columns = columns(["verdict", "image", "leaks", "gaps", "tags"]);
    table.columns.extend(
        ["digest", "findings", "gaps_in_full", "read", "reason", "allowed", "accepted_gaps"].map(detail),
    );
    for row in &rows {
        let [id, reference, digest, state, reason, report] = row.as_slice() else { continue };
        let own = tags.get(&id.number()).cloned().unwrap_or_default();
        let named = [json!(reference.text()), json!(digest.text())];
        table.rows.push(match report {
            Cell::Bytes(_) if state.text() == "done" => told(named, own, (unpack(report)?, ask)),
            _ => {
                let word = if state.text() == "failed" { "failed" } else { "not read yet" };
                let [reference, digest] = named;
                let none = || Value::Array(Vec::new());
                vec![
                    json!(word),
                    reference,
                    json!(0),
                    json!(0),
                    json!(own),
                    digest,
                    none(),
                    none(),
                    Value::Null,
                    json!(reason.text()),
                    none(),
                    none(),
                ]
            }
        });
    }
    let count = table.rows.len();
    let mut lines = vec![counted(count as u64, "image", "images")];
    lines.extend(super::allowances(results)?);
    Ok(Sheet { verdict: Some(verdict(results, ask.counts)?), lines, tables: vec![table], ..Sheet::default() })
}

fn told(
    [reference, digest]: [Value; 2],
    tags: Vec<String>,
    (report, ask): (tightlip_report::Report, &Ask),
) -> Vec<Value> {
    let report = ask.policy.apply(report);
    // One secret at several places is one leak.
    let counted = report.findings.iter().filter(|finding| finding.level >= ask.counts);
    let leaks = counted.map(|finding| finding.identity.as_str()).collect::<BTreeSet<_>>().len();
    let tags = if tags.is_empty() { json!("untagged") } else { json!(tags) };
    vec![
        json!(report.verdict(ask.counts)),
        reference,
        json!(leaks),
        json!(report.gaps.len()),
        tags,
        digest,
        json!(report.findings),
        json!(report.gaps),
        json!(report.read),
        Value::Null,
        json!(report.allowed),
        json!(report.accepted_gaps),
    ]
}
