//! The names of entries: a token in a file name is in the tar header, not in any content.

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::FileName, read };

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    give(None, &entry.name);
}
