//! The targets of links: `ln -s https://user:token@host/ link` stores the token as text.

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::LinkTarget, read };

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    if let Some(link) = &entry.link {
        give(None, link);
    }
}
