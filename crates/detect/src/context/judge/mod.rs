//! What names and values say: is this name one of a secret, is this value a real one?

pub(crate) mod ground;
mod literal;
pub(crate) mod name;
mod pair;
mod parts;
mod report;
pub(crate) mod site;
pub(crate) mod value;
mod words;

pub(crate) use report::{credential, length_of};
