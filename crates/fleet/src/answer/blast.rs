//! `blast DIGEST`: which images have a layer, a configuration or any other blob, under which tags, since when.

use serde_json::json;

use super::{Answer, Ask, counted, moment, tags_of, value};
use crate::error::SweepError;
use crate::results::{Cell, Results};
use crate::sheet::{Sheet, Table, columns};

/// The answer.
pub(super) static ANSWER: Answer = Answer {
    name: "blast",
    summary: "which images have a layer or another blob",
    subject: Some("DIGEST"),
    answer,
};

fn answer(results: &dyn Results, ask: &Ask) -> Result<Sheet, SweepError> {
    let digest = whole(results, &ask.subject)?;
    let question = "SELECT image.id, image.reference, image.digest, holds.platform, image.first_seen
        FROM blob JOIN holds ON holds.blob = blob.id JOIN image ON image.id = holds.image
        WHERE blob.digest = $1 AND image.gone IS NULL ORDER BY image.reference, holds.platform";
    let rows = results.rows(question, &[digest.as_str().into()])?;
    let mut table = Table { name: "images", title: format!("Images that have {digest}"), ..Table::default() };
    table.columns = columns(["image", "platform", "tags", "first_seen", "digest"]);
    for row in &rows {
        let [id, reference, own, platform, first] = row.as_slice() else { continue };
        table.rows.push(vec![
            value(reference),
            value(platform),
            json!(tags_of(results, id.number())?),
            json!(moment(first.number())),
            value(own),
        ]);
    }
    let leaks = "SELECT COUNT(DISTINCT identity) FROM finding WHERE blob = $1 AND level >= $2";
    let leaks = results.rows(leaks, &[digest.as_str().into(), Cell::Number(ask.counts as i64)])?;
    let leaks = leaks.first().and_then(|row| row.first()).map_or(0, Cell::number);
    let images = rows
        .iter()
        .filter_map(|row| row.first())
        .map(Cell::number)
        .collect::<std::collections::BTreeSet<_>>();
    let images = counted(images.len() as u64, "image", "images");
    let leaks = counted(leaks, "secret leaks", "secrets leak");
    let lines = vec![format!("{digest} is in {images}; {leaks} from it")];
    Ok(Sheet { lines, tables: vec![table], ..Sheet::default() })
}

/// The digest that begins like this, as long as only one does.
fn whole(results: &dyn Results, given: &str) -> Result<String, SweepError> {
    let given = if given.contains(':') { given.to_owned() } else { format!("sha256:{given}") };
    let hexadecimal = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if !given.split_once(':').is_some_and(|(_, hex)| !hex.is_empty() && hexadecimal(hex)) {
        return Err(SweepError::Named(format!("`{given}` is no digest, nor the beginning of one")));
    }
    let question = "SELECT digest FROM blob WHERE digest >= $1 AND digest < $2 ORDER BY digest LIMIT 2";
    let rows = results.rows(question, &[given.as_str().into(), format!("{given}g").into()])?;
    match rows.as_slice() {
        [row] => Ok(row.first().map(Cell::text).unwrap_or_default().to_owned()),
        [] => Err(SweepError::Named(format!("no image has a blob {given}"))),
        _ => Err(SweepError::Named(format!("more than one digest begins with {given}"))),
    }
}
