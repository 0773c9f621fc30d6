//! Values that a name is compared with: `password == "x"`.

use super::super::literal;
use super::super::name::is_password;
use super::super::value::{is_chosen, is_random};
use super::{Written, blank};
use crate::read::Part;

/// `password == "x"`: what is compared with is in the program as well. Only what cannot be a word of it.
pub(super) fn compared<'b>(name: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let rest = blank(rest);
    let rest = blank(["===", "=="].iter().find_map(|sign| rest.strip(sign))?);
    let (_, value) = literal::value(rest).filter(|(written, _)| *written == Written::Quoted)?;
    let random = is_random(value.bytes());
    (random || is_password(name.bytes()) && is_chosen(value.bytes())).then_some(value)
}
