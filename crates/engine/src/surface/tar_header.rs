//! The other strings of a tar header: user and group names, PAX records.
//!
//! Source: POSIX `pax`, "pax Extended Header".

use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField, xattr};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::TarHeader, read };

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    for name in [&entry.user, &entry.group] {
        // Nearly every header says root.
        if !name.is_empty() && name != b"root" {
            give(None, name);
        }
    }
    for (key, value) in &entry.pax {
        let text = String::from_utf8_lossy(key);
        // Names and links have surfaces of their own.
        let elsewhere = matches!(text.as_ref(), "path" | "linkpath" | "mtime" | "atime" | "ctime" | "size");
        if elsewhere || xattr::is_xattr(&text) {
            continue;
        }
        give(None, key);
        give(Some(&text), value);
    }
}
