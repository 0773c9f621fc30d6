//! Build records: what a builder keeps about a build, and `docker buildx history export` writes as an OCI archive
//! (`.dockerbuild`): the request, the log as protocol buffers, full provenance, errors, traces.
//!
//! Source: buildx `util/desktop/bundle`; BuildKit `api/services/control/control.proto`, `StatusResponse`.

use tightlip_image::model::{Description, Image};

use crate::loom::{Form, Loom, Origin, Part};
use crate::protobuf::{self, Field, Value};

/// The media type of a record's configuration.
const RECORD: &str = "application/vnd.buildkit.historyrecord.v0";

/// Whether a manifest is that of a build record.
pub(crate) fn is_record(image: &Image, description: &Description) -> bool {
    let config = image.config.and_then(|index| description.documents.get(index));
    config.and_then(|document| document.media_type.as_deref()) == Some(RECORD)
}

/// Takes the log of a record in, or any other message of it.
pub(crate) fn read(bytes: &[u8], loom: &mut Loom) {
    let origin = |offset: usize| Origin { line: 1, offset: offset as u64, form: Form::Field };
    match frames(bytes) {
        Some(frames) => {
            frames.into_iter().for_each(|(offset, status)| read_status(status, origin(offset), loom))
        }
        None => texts(bytes, ("", origin(0)), loom),
    }
}

/// A log is a row of messages, each behind its length in four bytes, the lowest first.
fn frames(bytes: &[u8]) -> Option<Vec<(usize, &[u8])>> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes.get(at..)?.first_chunk::<4>()?;
        let start = at + 4;
        let end = start.checked_add(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        let frame = bytes.get(start..end)?;
        protobuf::fields(frame)?;
        frames.push((start, frame));
        at = end;
    }
    Some(frames)
}

fn read_status(status: &[u8], origin: Origin, loom: &mut Loom) {
    for Field { number, value } in protobuf::fields(status).unwrap_or_default() {
        let Value::Bytes(bytes) = value else { continue };
        match (number, protobuf::fields(bytes)) {
            (1, Some(vertex)) => {
                loom.name(text(&vertex, 1), text(&vertex, 3), origin);
                loom.once(text(&vertex, 1), Part::Error, (text(&vertex, 7), origin));
                for field in vertex.iter().filter(|field| !matches!(field.number, 1..=3 | 5..=7)) {
                    field_texts(field, (text(&vertex, 1), origin), loom);
                }
            }
            (3, Some(log)) => {
                let error = log.iter().any(|f| f.number == 3 && f.value == Value::Number(2));
                let vertex = text(&log, 1);
                let step = if error { format!("{vertex} 2") } else { vertex.to_owned() };
                for field in log.iter().filter(|field| field.number >= 4) {
                    if let Value::Bytes(message) = field.value {
                        loom.add((&step, Part::Output), message, origin);
                    }
                }
            }
            _ => texts(bytes, ("", origin), loom),
        }
    }
}

fn texts(bytes: &[u8], (step, origin): (&str, Origin), loom: &mut Loom) {
    protobuf::strings(bytes, &mut |text| {
        loom.once(step, Part::Output, (&String::from_utf8_lossy(text), origin));
    });
}

fn field_texts(field: &Field<'_>, to: (&str, Origin), loom: &mut Loom) {
    if let Value::Bytes(bytes) = field.value {
        texts(bytes, to, loom);
    }
}

/// The text of a field, empty if it has none.
fn text<'b>(fields: &[Field<'b>], number: u64) -> &'b str {
    let value = fields.iter().find(|field| field.number == number).map(|field| field.value);
    match value {
        Some(Value::Bytes(bytes)) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => "",
    }
}
