//! Fields of forms that a script fills in: `page.fill('#password', 'x')`, `get('[name="password"]').type('x')`.

use super::super::literal;
use super::super::value::{classes, is_random};
use super::super::weak::{is_chosen_in_quotes, is_numbered_phrase};
use super::{Written, blank};
use crate::read::Part;

/// Calls that take the field and what is filled in, in lower case.
const FILLS: &[&str] = &[".fill(", ".type(", "fill_in ", "fill_in(", ".setvalue(", ".filltext("];

/// Calls on the field.
const TYPES: &[&str] = &[
    ".type(",
    ".fill(",
    ".sendkeys(",
    ".send_keys(",
    ".setvalue(",
    ".clear().type(",
    ".val(",
    ".typetext(",
    ".entertext(",
    ".value = ",
    ".value=",
    ".perform(typetext(",
    ".perform(replacetext(",
    ".perform(clearandtypetext(",
    ".performtextinput(",
];

/// How far before the name the call may begin, in bytes.
const BEFORE: usize = 80;

/// What is filled in behind the selector that ends with the name.
pub(super) fn filled<'b>(before: Part<'b>, rest: Part<'b>) -> Option<Part<'b>> {
    let close = rest.while_(|b| matches!(b, b'"' | b'\'' | b']' | b')'));
    if !(1..=5).contains(&close.len()) {
        return None;
    }
    let after = rest.after(&close);
    let value = match after.strip(",") {
        Some(next) if called(before) => {
            let next = blank(next);
            next.strip("with: ").unwrap_or(next)
        }
        _ => TYPES.iter().find_map(|call| after.strip(call))?,
    };
    let (written, value) = literal::value(value)?;
    let chosen = is_chosen_in_quotes(value.bytes()) || is_numbered_phrase(value.bytes());
    let counts = is_random(value.bytes()) || chosen || value.len() >= 8 && classes(value.bytes()) == 3;
    (written == Written::Quoted && counts).then_some(value)
}

fn called(before: Part<'_>) -> bool {
    let near = before.skip(before.len().saturating_sub(BEFORE)).bytes().to_ascii_lowercase();
    let line = near.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    FILLS.iter().any(|call| memchr::memmem::find(line, call.as_bytes()).is_some())
}
