//! Texts that a script hands to a program under a name that says nothing: `$p = '…'; net use \\h\s $p`, `P=…` and `mysql -p"$P"`.

use super::super::judge::coined::is_coined;
use super::super::judge::joined::is_short_phrase;
use super::super::judge::name::{Says, says};
use super::super::judge::value::{is_chosen, is_picked, is_secret};
use super::super::judge::weak::is_made;
use crate::read::Part;

/// So much of a text is searched for where a name is given its text.
const LONGEST: usize = 256 << 10;
/// So many places of a name are looked at.
const MOST: usize = 32;

/// What the variable that is handed on was set to, if nothing but a password looks so. What a telling name is set to has been
/// read by itself.
pub(super) fn text_of(argument: Part<'_>) -> Option<Part<'_>> {
    let name = variable(argument).filter(|name| says(name.bytes()) != Says::Secret)?;
    let whole = Part::of(name.whole());
    let searched = whole.bytes().get(..name.span().start.min(LONGEST)).unwrap_or_default();
    let places = memchr::memmem::find_iter(searched, name.bytes()).take(MOST);
    let value = places.filter_map(|at| given(whole, at..at + name.len())).last()?;
    let one = is_secret(value.bytes(), |weak| {
        is_chosen(weak) || is_picked(weak) || is_made(weak) || is_coined(weak) || is_short_phrase(weak)
    });
    one.then_some(value)
}

/// `$p`, `"${p}"`, `%P%`: the name.
fn variable(argument: Part<'_>) -> Option<Part<'_>> {
    let bare = argument.trim_of(|b| matches!(b, b'"' | b';'));
    let batch = bare.strip("%").filter(|rest| rest.bytes().ends_with(b"%"));
    let name = match batch {
        Some(rest) => rest.first(rest.len().saturating_sub(1)),
        None => bare.strip("$")?.trim_of(|b| matches!(b, b'{' | b'}')),
    };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let named = name.bytes().first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    (named && name.len() <= 40 && name.bytes().iter().all(plain)).then_some(name)
}

/// What a name is set to at a place: `p=x`, `$p = 'x'`, `set "P=x"`.
fn given(whole: Part<'_>, name: std::ops::Range<usize>) -> Option<Part<'_>> {
    let start = memchr::memrchr2(b'\n', b';', whole.bytes().get(..name.start)?).map_or(0, |n| n + 1);
    let head = whole.bytes().get(start..name.start)?.trim_ascii_start();
    let heads: [&[u8]; 11] = [
        b"",
        b"$",
        b"export ",
        b"readonly ",
        b"declare ",
        b"local ",
        b"typeset ",
        b"set ",
        b"set \"",
        b"@set ",
        b"$script:",
    ];
    let rest = whole.skip(name.end).first(300).while_(|b| b != b'\n' && b != b'\r');
    let spaced = head == b"$";
    let value = if spaced { rest.trim().strip("=")?.trim() } else { rest.strip("=")? };
    if !heads.iter().any(|known| known.eq_ignore_ascii_case(head)) {
        return None;
    }
    match value.bytes().first()? {
        quote @ (b'"' | b'\'') => value.skip(1).cut(|b| b == *quote).map(|(value, _)| value),
        _ => Some(value.while_(|b| !b.is_ascii_whitespace() && !matches!(b, b'"' | b';' | b'&' | b'|'))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(text: &str, argument: &str) -> Option<String> {
        let at = text.rfind(argument)?;
        let found = text_of(Part::between(text.as_bytes(), at..at + argument.len()))?;
        Some(String::from_utf8_lossy(found.bytes()).into_owned())
    }

    #[test]
    fn a_variable_stands_for_what_it_was_set_to() {
        for (text, argument) in [
            ("$p='Kiesel97!'; net use x $p", "$p"),
            ("$p = \"Kiesel97!\"\nnet use x $p;", "$p;"),
            ("P=Kiesel97!\nexport X=1\nf -p \"$P\"", "\"$P\""),
            ("export P='Kiesel97!'\nf -p ${P}", "${P}"),
            ("@echo off\r\nset P=Kiesel97!\r\nnet use x %P%\r\n", "%P%"),
            ("set \"P=Kiesel97!\"\nnet use x %P%", "%P%"),
        ] {
            assert_eq!(handed(text, argument).as_deref(), Some("Kiesel97!"), "{text}");
        }
    }

    #[test]
    fn what_is_found_out_or_told_by_its_name_is_none() {
        for (text, argument) in [
            ("P=$(cat /run/p)\nf -p \"$P\"", "$P"),
            ("PASSWORD='Kiesel97!'\nf -p $PASSWORD", "$PASSWORD"),
            ("P=default\nf -p $P", "$P"),
            ("XP='Kiesel97!'\nf -p $P", "$P"),
            ("f -p $P\nP='Kiesel97!'", "$P"),
        ] {
            assert_eq!(handed(text, argument), None, "{text}");
        }
    }
}
