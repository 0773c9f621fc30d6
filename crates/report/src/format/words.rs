//! Places, amounts and the verdict in words, for every format that people read.

use super::leak::{Leak, level};
use crate::{LayerRef, Level, Place, Report, Surface};

/// A place in words.
pub(crate) fn place(place: &Place) -> String {
    let mut parts = vec![spot(place)];
    if let Some(layer) = &place.layer {
        parts.push(format!("{}{}", layer_name(layer), if layer.base { " (base image)" } else { "" }));
    }
    if let Some(by) = &place.hidden_by {
        parts.push(format!("{} by {}", place.exposure.name().replace('-', " "), layer_name(by)));
    } else if place.layer.is_some() && place.surface == Surface::File {
        parts.push(place.exposure.name().to_owned());
    }
    parts.extend(place.image.clone());
    parts.extend(place.platform.clone());
    parts.join(", ")
}

fn spot(place: &Place) -> String {
    let mut text = match (&place.path, &place.pointer) {
        (Some(path), _) if place.surface == Surface::File => path.clone(),
        (Some(path), _) if place.surface == Surface::Context => format!("{path} of the build context"),
        (Some(path), _) => format!("{} of {path}", place.surface.name()),
        (None, Some(pointer)) => format!("{} {pointer}", place.surface.name()),
        (None, None) => place.surface.name().to_owned(),
    };
    if let Some(member) = &place.member {
        text.push_str("!/");
        text.push_str(member);
    }
    match (place.line, &place.document) {
        (Some(line), _) if place.path.is_some() => text.push_str(&format!(" line {line}")),
        (_, Some(document)) => text.push_str(&format!(" in {}", short(document))),
        _ => {}
    }
    text
}

pub(super) fn layer_name(layer: &LayerRef) -> String {
    match layer.digest.as_deref().or(layer.diff_id.as_deref()) {
        Some(digest) => format!("layer {} ({})", layer.index, short(digest)),
        None => format!("layer {}", layer.index),
    }
}

/// A digest cut to what a person compares.
pub(super) fn short(name: &str) -> String {
    match name.split_once(':') {
        Some((algorithm, hex)) if hex.len() >= 64 && hex.is_char_boundary(12) => {
            format!("{algorithm}:{}", &hex[..12])
        }
        _ => name.to_owned(),
    }
}

/// What the verdict rests on, in words.
pub(super) fn summary(report: &Report, leaks: &[Leak<'_>]) -> String {
    let count = |at: Level| leaks.iter().filter(|leak| level(leak) == at).count() as u64;
    let mut parts = Vec::new();
    for (at, one, many) in [
        (Level::Deny, "secret leaks", "secrets leak"),
        (Level::Warn, "warning", "warnings"),
        (Level::Note, "note", "notes"),
    ] {
        parts.extend(some(count(at), one, many));
    }
    parts.extend(some(report.gaps.len() as u64, "thing was not read", "things were not read"));
    if parts.is_empty() {
        parts.push(nothing(report).to_owned());
    }
    let accepted = report.accepted_gaps.len() as u64;
    parts.extend(some(
        accepted,
        "thing was not read and is accepted",
        "things were not read and are accepted",
    ));
    parts.extend(some(report.allowed.len() as u64, "finding is allowed", "findings are allowed"));
    parts.join(", ")
}

/// What can be said where there is nothing to tell. Not more than is true.
fn nothing(report: &Report) -> &'static str {
    match (report.accepted_gaps.is_empty(), report.allowed.is_empty()) {
        (true, true) => "everything was read, nothing leaks",
        (true, false) => "everything was read, nothing else leaks",
        (false, true) => "nothing leaks in what was read",
        (false, false) => "nothing else leaks in what was read",
    }
}

fn some(n: u64, one: &str, many: &str) -> Option<String> {
    (n > 0).then(|| counted(n, one, many))
}

/// How much was read, in words; what there is none of is left out.
pub(super) fn amount(report: &Report) -> String {
    let read = &report.read;
    let (entry, entries) = if read.layers == 0 { ("file", "files") } else { ("entry", "entries") };
    let counts =
        [(read.images, "image", "images"), (read.layers, "layer", "layers"), (read.entries, entry, entries)];
    let counts = counts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(*n, one, many));
    counts.chain([size(read.bytes)]).collect::<Vec<_>>().join(", ")
}

pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Bytes in the unit that a person reads, powers of ten.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            return format!("{}.{} {name}", bytes / unit, (bytes % unit) * 10 / unit);
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(3_120_000), "3.1 MB");
    }

    #[test]
    fn what_was_not_read_is_never_called_read() {
        let mut report = Report::default();
        assert_eq!(summary(&report, &[]), "everything was read, nothing leaks");
        let gap = crate::Gap {
            kind: crate::GapKind::Limit,
            place: Place::new(Surface::File, crate::Exposure::Visible),
            reason: "too large".into(),
            bytes: None,
        };
        report.accepted_gaps.push(gap.clone());
        assert_eq!(
            summary(&report, &[]),
            "nothing leaks in what was read, 1 thing was not read and is accepted"
        );
        report.gaps.push(gap);
        let both = "1 thing was not read, 1 thing was not read and is accepted";
        assert_eq!(summary(&report, &[]), both);
    }
}
