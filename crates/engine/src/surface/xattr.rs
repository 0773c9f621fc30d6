//! Extended attributes, which tar carries as PAX records.
//!
//! Source: the vendor keywords `SCHILY.xattr.*` (star) and `LIBARCHIVE.xattr.*` (libarchive, value in base64).

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::Xattr, read };

/// The prefixes of PAX keywords that carry extended attributes.
pub(super) const PREFIXES: [&str; 2] = ["SCHILY.xattr.", "LIBARCHIVE.xattr."];

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    for (key, value) in &entry.pax {
        let name =
            std::str::from_utf8(key).ok().and_then(|k| PREFIXES.iter().find_map(|p| k.strip_prefix(p)));
        if let Some(name) = name {
            // `user.token` is a name as good as a variable's.
            give(Some(name.rsplit('.').next().unwrap_or(name)), value);
        }
    }
}
