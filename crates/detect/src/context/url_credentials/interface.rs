//! Keys in the addresses of interfaces that programs call: `https://api.acme.test/v2?key=…`, `wss://acme.test?token=<uuid>`.

use crate::context::judge::host::{is_example, is_local, is_real};
use crate::context::judge::value::{Worth, worth};
use crate::context::judge::weak::is_made;
use crate::read::{Part, url};
use crate::words::is_worded;

/// Words of hosts and paths whose keys pages hold: maps, scripts, pictures.
const OF_PAGES: &[&str] = &[
    "tile", "tiles", "map", "maps", "js", "static", "cdn", "sdk", "embed", "widget", "image", "images",
    "img", "avatar", "style", "styles", "fonts", "pixel", "script", "cache",
];

/// Whether it is the address of an interface that programs call: `api.acme.test`, `acme.test/api/v2`.
fn is_of_interface(url: &url::Url<'_>) -> bool {
    let end = url.query.map_or(url.host.span().end, |query| query.span().start);
    let path = Part::between(url.host.whole(), url.host.span().end..end).bytes().to_ascii_lowercase();
    let host = url.host.bytes().to_ascii_lowercase();
    let parts = || host.split(|b| *b == b'.').chain(path.split(|b| matches!(b, b'/' | b'?' | b'.')));
    let words = || parts().flat_map(|part| part.split(|b| matches!(b, b'-' | b'_')));
    let pages = words().any(|word| OF_PAGES.iter().any(|of| of.as_bytes() == word));
    let programs = words().any(|word| [&b"api"[..], b"apis", b"rest"].contains(&word));
    programs && !pages && !is_example(&host) && !is_local(&host) && host.contains(&b'.')
}

/// `?key=…` of an interface, and a UUID as its token; elsewhere `key` is that of a row, and a UUID a number.
pub(super) fn is_key_of_interface(name: Part<'_>, value: Part<'_>, url: &url::Url<'_>) -> bool {
    let socket = (url.scheme.is("wss") || url.scheme.is("ws")) && is_real(url.host.bytes());
    let public = [&b"AIza"[..], b"pk.", b"pk_", b"pub"].iter().any(|start| value.bytes().starts_with(start));
    let named = ["token", "api_key", "apikey", "access_token", "api-key"].iter().any(|known| name.is(known));
    match worth(value.bytes()) {
        Worth::Uuid if named => socket || is_of_interface(url),
        Worth::Weak if name.is("key") => {
            let made = value.len() >= 16 && is_made(value.bytes()) && !is_worded(value.bytes());
            (made || is_in_groups(value.bytes())) && is_of_interface(url)
        }
        Worth::Strong if name.is("key") => value.len() >= 16 && !public && is_of_interface(url),
        _ => false,
    }
}

/// `SR52-RT72-LB67-VZ41`: groups of four.
fn is_in_groups(value: &[u8]) -> bool {
    let group =
        |group: &[u8]| group.len() == 4 && group.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    value.len() == 19 && value.split(|b| *b == b'-').all(group) && (3..=13).contains(&digits)
}
