//! Is this the value of an ODBC driver's attribute in braces, which are quotes there: `PWD={Kiesel;77}`? Programs have a field to
//! fill in there as well.
//!
//! <https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function#comments>

use super::coined::is_coined;
use super::joined::is_short_phrase;
use super::value::{is_chosen, is_picked, is_secret};
use super::weak::is_numbered_phrase;
use crate::read::Part;

/// What stands between the braces that open a text, where that is a password and no field.
pub(crate) fn in_braces(rest: Part<'_>) -> Option<Part<'_>> {
    let (value, _) = rest.strip("{")?.cut(|b| b == b'}')?;
    let bytes = value.bytes();
    let line = !bytes.iter().any(|b| b.is_ascii_control() || matches!(b, b'{' | b'(' | b'[' | b'"' | b'\''));
    // A semicolon is what the braces are for, and none of a password's own.
    let joined: Vec<u8> =
        bytes.iter().map(|b| if matches!(b, b';' | b'=' | b',') { b'!' } else { *b }).collect();
    // `{pwd2}`, `{cfg.Password1}`
    let field = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let chosen = is_secret(&joined, |weak| {
        !field
            && (is_chosen(weak)
                || is_picked(weak)
                || is_coined(weak)
                || is_short_phrase(weak)
                || is_numbered_phrase(weak))
    });
    (line && chosen).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_a_field() {
        for text in ["{Kiesel;77!x}", "{kiesel-molen-417-heron};Encrypt=yes", "{heron-kelp-molen}"] {
            assert!(in_braces(Part::of(text.as_bytes())).is_some(), "{text}");
        }
        for text in [
            "{password}",
            "{pwd2}",
            "{cfg.Password1}",
            "{cfg['pw77!x']}",
            "{0}",
            "{your-password}",
            "Kiesel;77!",
        ] {
            assert!(in_braces(Part::of(text.as_bytes())).is_none(), "{text}");
        }
    }
}
