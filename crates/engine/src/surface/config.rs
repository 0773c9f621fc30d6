//! Every other string of the image configuration: user, author, vendor keys, keys that nobody knows.

use tightlip_report::Surface;

use super::{DocumentSurface, Give, Leaf, as_named, as_variable};

pub(super) static SURFACE: DocumentSurface = DocumentSurface { surface: Surface::Config, claims, read };

fn claims(_: &Leaf<'_>) -> bool {
    true
}

pub(super) fn read(leaf: &Leaf<'_>, give: &mut Give<'_>) {
    if leaf.is_item() { as_variable(leaf, give) } else { as_named(leaf.key(), leaf, give) }
}
