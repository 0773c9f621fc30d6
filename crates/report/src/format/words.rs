//! Places in words, for every format that people read.

use crate::{LayerRef, Place, Surface};

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

fn layer_name(layer: &LayerRef) -> String {
    match layer.digest.as_deref().or(layer.diff_id.as_deref()) {
        Some(digest) => format!("layer {} ({})", layer.index, short(digest)),
        None => format!("layer {}", layer.index),
    }
}

/// A digest cut to what a person compares.
fn short(name: &str) -> String {
    match name.split_once(':') {
        Some((algorithm, hex)) if hex.len() >= 64 && hex.is_char_boundary(12) => {
            format!("{algorithm}:{}", &hex[..12])
        }
        _ => name.to_owned(),
    }
}
