//! Build records: what a builder keeps about a build, and `docker buildx history export` writes as an OCI archive
//! (`.dockerbuild`): the request, the log as protocol buffers, full provenance, errors, traces.
//!
//! Source: buildx `util/desktop/bundle`; BuildKit `api/services/control/control.proto`, `StatusResponse`.

use tightlip_image::model::{Description, Image};

use crate::loom::{Form, Loom, Origin, Part};
use crate::protobuf::{self, Field, Value};

/// The media type of a record's configuration.
pub(crate) const RECORD: &str = "application/vnd.buildkit.historyrecord.v0";

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tightlip_report::Surface;

    use super::*;
    use crate::protobuf::tests::field;

    fn frame(message: &[u8]) -> Vec<u8> {
        [&u32::try_from(message.len()).unwrap().to_le_bytes()[..], message].concat()
    }

    fn log(vertex: &[u8], text: &[u8]) -> Vec<u8> {
        field(3, &[field(1, vertex), vec![3 << 3, 1], field(4, text)].concat())
    }

    /// Member and shape of what is seen.
    fn seen(bytes: &[u8]) -> Vec<(Option<String>, String)> {
        let request = crate::Request::new("", crate::IdentityKey::new([1; 32]));
        let kit = crate::tools::Tools::new(&request).unwrap();
        let lens = kit.lens(&request, &crate::Quiet);
        let mut eye = crate::sighting::Eye::new(lens.key, lens.vault);
        let mut loom = Loom::new(Surface::BuildRecord);
        read(bytes, &mut loom);
        loom.finish(lens.with(), &mut eye);
        eye.seen.into_iter().map(|sighting| (sighting.member, sighting.shape)).collect()
    }

    #[test]
    fn the_log_of_a_record_is_joined_by_steps() {
        let vertex = field(1, &[field(1, b"sha256:aa"), field(3, b"[2/2] RUN x")].concat());
        let first = [vertex, log(b"sha256:aa", b"API_KEY=sec"), log(b"sha256:bb", b"other\n")].concat();
        let second = log(b"sha256:aa", b"ret1234\n");
        let found = seen(&[frame(&first), frame(&second)].concat());
        assert_eq!(found, [(Some("[2/2] RUN x".to_owned()), "value of API_KEY, 10 characters".to_owned())]);
    }

    #[test]
    fn a_message_that_nobody_knows_is_still_read() {
        let message = field(9, &field(12, b"API_KEY=secret1234"));
        assert_eq!(seen(&frame(&message)).len(), 1);
        assert_eq!(seen(&message).len(), 1);
        assert_eq!(seen(b"\xffAPI_KEY=secret1234\n").len(), 1);
    }

    proptest! {
        #[test]
        fn no_record_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes, &mut Loom::new(Surface::BuildRecord));
        }
    }
}
