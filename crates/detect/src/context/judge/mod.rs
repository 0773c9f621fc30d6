//! What names and values say: is this name one of a secret, is this value a real one?

mod abroad;
mod algorithm;
mod all_signs;
pub(crate) mod bound;
mod chosen;
pub(crate) mod comment;
pub(crate) mod debug_page;
pub(crate) mod ground;
pub(crate) mod hash;
pub(crate) mod hashed;
pub(crate) mod in_login;
pub(crate) mod instead;
pub(crate) mod joined;
pub(crate) mod list;
mod literal;
pub(crate) mod name;
pub(crate) mod operation;
mod other_words;
pub(crate) mod own_note;
pub(crate) mod own_word;
mod parts;
pub(crate) mod reading;
mod reference;
mod report;
pub(crate) mod request;
mod secret_words;
pub(crate) mod service_key;
pub(crate) mod signed;
pub(crate) mod site;
pub(crate) mod spaced;
pub(crate) mod value;
pub(crate) mod way;
pub(crate) mod weak;
mod words;

pub(crate) use report::{credential, length_of};
