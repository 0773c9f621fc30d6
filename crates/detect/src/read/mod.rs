//! How texts are read for the secrets in them: small tolerant readers that keep every offset.
//!
//! None of them judges and none of them fails: a file that is cut, commented or slightly wrong still holds its secrets.

pub(crate) mod aes;
pub(crate) mod base64;
mod found;
pub(crate) mod hex;
pub(crate) mod ini;
pub(crate) mod json;
mod part;
pub(crate) mod stamp;
pub(crate) mod url;
pub(crate) mod xml;
pub(crate) mod yaml;

pub(crate) use part::Part;
