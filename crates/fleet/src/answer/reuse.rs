//! `reuse IDENTITY`: where else the same secret is.

use serde_json::json;

use super::{Answer, Ask, counted, level, value};
use crate::error::SweepError;
use crate::results::Results;
use crate::sheet::{Sheet, Table, columns, detail};

/// The answer.
pub(super) static ANSWER: Answer =
    Answer { name: "reuse", summary: "where else the same secret is", subject: Some("IDENTITY"), answer };

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let question = "SELECT image.reference, finding.level, finding.title, finding.surface, finding.path,
            finding.exposure, finding.blob, finding.fingerprint
        FROM finding JOIN image ON image.id = finding.image
        WHERE finding.identity = $1 AND image.gone IS NULL ORDER BY image.reference, finding.path";
    let rows = results.rows(question, &[ask.subject.as_str().into()])?;
    if rows.is_empty() {
        return Err(SweepError::Named(format!("no secret has the identity {}", ask.subject)));
    }
    let mut table = Table { name: "places", title: "Places of this secret".to_owned(), ..Table::default() };
    table.columns = columns(["level", "image", "where", "path", "exposure", "blob"]);
    table.columns.extend(["title", "fingerprint"].map(detail));
    for row in &rows {
        let [image, worst, title, surface, path, exposure, blob, fingerprint] = row.as_slice() else {
            continue;
        };
        let worst = json!(level(worst.number()));
        let cells = [image, surface, path, exposure, blob, title, fingerprint].map(value);
        table.rows.push([worst].into_iter().chain(cells).collect());
    }
    let images: std::collections::BTreeSet<_> =
        rows.iter().filter_map(|row| row.first()).map(|c| c.text()).collect();
    let images = counted(images.len() as u64, "image", "images");
    let places = counted(rows.len() as u64, "place", "places");
    let lines = vec![format!("the secret is in {images}, at {places}")];
    Ok(Sheet { lines, tables: vec![table], ..Sheet::default() })
}
