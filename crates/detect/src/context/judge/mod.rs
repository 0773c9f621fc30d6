//! What names and values say: is this name one of a secret, is this value a real one?

pub(crate) mod ground;
mod literal;
pub(crate) mod name;
mod other_words;
mod pair;
mod parts;
mod report;
mod secret_words;
pub(crate) mod site;
pub(crate) mod value;
mod words;

pub(crate) use report::{credential, length_of};
