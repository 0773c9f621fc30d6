//! Secrets told by their surroundings: names, URLs, headers.

mod announced;
mod assignment;
mod call;
mod command;
mod connection_string;
mod crypt_hash;
mod data_source;
mod directive;
mod gate;
mod http_header;
mod insert;
pub(crate) mod judge;
mod key_bytes;
mod login_pair;
mod named;
mod nested;
mod piped;
mod prompt;
mod shell;
mod stored_plain;
mod table;
mod tool_token;
mod url_credentials;

use crate::Finder;

/// Every finder of this room.
pub(crate) static FINDERS: &[&Finder] = &[
    &named::FINDER,
    &shell::FINDER,
    &http_header::FINDER,
    &url_credentials::FINDER,
    &connection_string::FINDER,
    &data_source::FINDER,
    &directive::FINDER,
    &piped::FINDER,
    &login_pair::FINDER,
    &stored_plain::FINDER,
    &prompt::FINDER,
    &command::FINDER,
    &tool_token::FINDER,
    &call::FINDER,
    &gate::FINDER,
    &key_bytes::FINDER,
    &table::FINDER,
    &insert::FINDER,
    &nested::FINDER,
    &crypt_hash::FINDER,
    &assignment::FINDER,
    &announced::FINDER,
];
