//! The targets of links: `ln -s https://user:token@host/ link` stores the token as text.

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::EntrySurface;

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::LinkTarget, read };

fn read(entry: &Entry, give: &mut dyn FnMut(Option<&str>, &[u8])) {
    if let Some(link) = &entry.link {
        give(None, link);
    }
}
