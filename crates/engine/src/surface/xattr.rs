//! Extended attributes, which tar carries as PAX records.
//!
//! Source: the vendor keywords `SCHILY.xattr.*` (star) and `LIBARCHIVE.xattr.*` (libarchive, value in base64).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use tightlip_image::Entry;
use tightlip_report::Surface;

use super::{EntrySurface, GiveField};

pub(super) static SURFACE: EntrySurface = EntrySurface { surface: Surface::Xattr, read };

/// The prefix of PAX keywords that carry extended attributes, and how the value is written.
const FORMS: [(&str, Decode); 2] = [("SCHILY.xattr.", as_it_is), ("LIBARCHIVE.xattr.", base64)];

type Decode = fn(&[u8]) -> Option<Vec<u8>>;

/// Whether a PAX keyword carries an extended attribute.
pub(super) fn is_xattr(key: &str) -> bool {
    FORMS.iter().any(|(prefix, _)| key.starts_with(prefix))
}

fn read(entry: &Entry, give: &mut GiveField<'_>) {
    for (key, value) in &entry.pax {
        let Ok(key) = std::str::from_utf8(key) else { continue };
        let form = FORMS.iter().find_map(|(prefix, decode)| Some((key.strip_prefix(prefix)?, decode)));
        if let Some((name, decode)) = form {
            let decoded = decode(value);
            // `user.token` is a name as good as a variable's.
            give(Some(name.rsplit('.').next().unwrap_or(name)), decoded.as_deref().unwrap_or(value));
        }
    }
}

fn as_it_is(_: &[u8]) -> Option<Vec<u8>> {
    None
}

fn base64(value: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).ok()
}
