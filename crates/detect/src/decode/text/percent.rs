//! Percent-encoding, as in URLs and forms (RFC 3986, section 2.1). Where a percent sign has a meaning of its own, it is written
//! twice: `%%3B` in the files of Python's `configparser`, in formats of `printf` and in batch files.

use super::origin::Said;
use super::readable::is_text;
use super::runs::{Class, class};
use super::{Decoded, Lead, Place, TextDecoder};
use crate::read::hex;

/// Percent-encoding.
pub(super) static DECODER: TextDecoder = TextDecoder {
    name: "percent",
    lead: Lead::Byte(b'%'),
    undo,
    tool: Some("perl -pe 's/%([0-9A-Fa-f]{2})/chr hex $1/ge'"),
};

/// The shortest stretch that is told.
const LEAST: usize = 12;
/// What stands in a URL beside encoded bytes; quotes and angle brackets end it.
const CLASS: Class =
    class(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/?:@!$&*,;=#[]%");

fn undo(text: &[u8], place: &Place, found: &mut Decoded<'_>) -> usize {
    let inside = |byte: &u8| CLASS.get(usize::from(*byte)).copied().unwrap_or(false);
    let at = place.lead.start;
    if pair(text, at).is_none() {
        return at.saturating_add(1);
    }
    let before = text.get(place.from..at).unwrap_or_default();
    let start = place.from.saturating_add(
        before.iter().rposition(|byte| !inside(byte)).map_or(0, |place| place.saturating_add(1)),
    );
    let rest = text.get(at..).unwrap_or_default();
    let end = at.saturating_add(rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len()));
    if end.saturating_sub(start) >= LEAST {
        let decoded = decode(text.get(start..end).unwrap_or_default());
        if is_text(&decoded) {
            found(start..end, decoded);
        }
    }
    end
}

/// The byte that the sign at a place begins, and how many bytes that takes up.
fn encoded(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let doubled = text.get(at.saturating_add(1)) == Some(&b'%');
    let second = || pair(text, at.saturating_add(1)).map(|byte| (byte, 4));
    if doubled { second() } else { pair(text, at).map(|byte| (byte, 3)) }
}

/// The byte that is encoded at a place.
fn pair(text: &[u8], at: usize) -> Option<u8> {
    hex::byte(text.get(at.checked_add(1)?..at.checked_add(3)?)?)
}

/// Whether a place of what a stretch says lies in the login of a URL whose marks stand in the stretch as they are: that is
/// a URL already, and decoded its login ends at the wrong sign.
pub(crate) fn is_in_login(stretch: &[u8], place: usize) -> bool {
    let Some(start) = memchr::memmem::find(stretch, b"://").map(|at| at.saturating_add(3)) else {
        return false;
    };
    let rest = stretch.get(start..).unwrap_or_default();
    let authority = rest.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let Some(end) = authority.iter().rposition(|byte| *byte == b'@') else { return false };
    let length = |bytes: &[u8]| decode(bytes).len();
    let login = stretch.get(..start.saturating_add(end)).unwrap_or_default();
    (length(stretch.get(..start).unwrap_or_default())..length(login)).contains(&place)
}

/// What a stretch says; what is no encoded byte stays as it is.
pub(crate) fn decode(stretch: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(stretch.len());
    each(stretch, &mut |_, bytes| decoded.extend_from_slice(bytes));
    decoded
}

/// Gives the bytes that a stretch says, each with its place.
pub(super) fn each(stretch: &[u8], give: &mut Said<'_>) {
    let mut at = 0;
    while let Some(byte) = stretch.get(at) {
        let encoded = if *byte == b'%' { encoded(stretch, at) } else { None };
        let (said, length) = encoded.unwrap_or((*byte, 1));
        give(at, &[said]);
        at = at.saturating_add(length);
    }
}
