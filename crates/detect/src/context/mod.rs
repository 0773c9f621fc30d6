//! Secrets told by their surroundings: names, URLs, headers.

mod assignment;
mod connection_string;
mod directive;
mod http_header;
pub(crate) mod judge;
mod named;
mod piped;
mod shell;
mod url_credentials;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &named::FINDER,
    &shell::FINDER,
    &http_header::FINDER,
    &url_credentials::FINDER,
    &connection_string::FINDER,
    &directive::FINDER,
    &piped::FINDER,
    &assignment::FINDER,
];
