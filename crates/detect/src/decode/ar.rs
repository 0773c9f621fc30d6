//! ar: Debian packages and static libraries, with the long names of GNU and BSD.

use std::io::{self, Read};

use super::seam::{Bytes, Ending, Exactly, Members, Stop, fill, give, text};
use super::{Decoder, Holds};
use crate::Hint;

/// ar, thus deb.
pub(crate) static DECODER: Decoder =
    Decoder { name: "ar", claims, open, tool: Some("bsdtar -xOf - -- {pattern}"), holds: Holds::Stored };

const MAGIC: &[u8] = b"!<arch>\n";
/// The longest table of names that is understood.
const LONGEST: u64 = 4 << 20;
/// The longest name in it.
const LONGEST_NAME: usize = 4 << 10;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(MAGIC)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    super::seam::skip(body, MAGIC.len() as u64)?;
    let mut table = Vec::new();
    loop {
        let mut header = [0; 60];
        match fill(body, &mut header)? {
            0 => return Ok(()),
            60 => {}
            _ => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
        let bytes = Bytes(&header);
        let (Some(size), true) = (number(bytes.slice(48, 10)), bytes.has(58, b"`\n")) else {
            return Err(Stop::damaged("a header that is none"));
        };
        let field = bytes.slice(0, 16).unwrap_or_default().trim_ascii_end();
        let mut inside = Exactly::new(body, size);
        if field == b"//" && size <= LONGEST {
            inside.read_to_end(&mut table)?;
        } else {
            let name = name(field, size, &table, &mut inside)?;
            if give(members, &name, &mut inside)? == Ending::Broken {
                return Err(Stop::Enough);
            }
            inside.rest()?;
        }
        if size % 2 == 1 {
            fill(body, &mut [0])?;
        }
    }
}

/// The name: in the header, in GNU's table (`/17`), or before the content (`#1/20`, BSD).
fn name(field: &[u8], size: u64, table: &[u8], inside: &mut Exactly<'_>) -> Result<String, Stop> {
    if let Some(length) = field.strip_prefix(b"#1/").and_then(|digits| number(Some(digits))) {
        let mut name = Vec::new();
        inside.take(length.min(size).min(LONGEST_NAME as u64)).read_to_end(&mut name)?;
        return Ok(text(name.strip_suffix(b"\0").unwrap_or(&name)).trim_end_matches('\0').to_owned());
    }
    let place = field.strip_prefix(b"/").and_then(|digits| number(Some(digits)));
    if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
        let rest = Bytes(table).from(place);
        let rest = rest.get(..LONGEST_NAME).unwrap_or(rest);
        return Ok(text(rest.split(|byte| *byte == b'\n').next().unwrap_or_default())
            .trim_end_matches('/')
            .to_owned());
    }
    Ok(text(field.strip_suffix(b"/").filter(|name| !name.is_empty()).unwrap_or(field)))
}

fn number(digits: Option<&[u8]>) -> Option<u64> {
    std::str::from_utf8(digits?).ok()?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        for (name, content) in entries {
            file.extend(
                format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len()).bytes(),
            );
            file.extend(content.bytes());
            if content.len() % 2 == 1 {
                file.push(b'\n');
            }
        }
        file
    }

    #[test]
    fn entries_have_their_names_in_every_style() {
        let file = archive(&[
            ("//", "a-rather-long-name.o/\nanother-long-name.o/\n"),
            ("debian-binary", "2.0\n"),
            ("short/", "odd"),
            ("/22", "second of the table"),
            ("#1/12", "a bsd name\0\0its content"),
        ]);
        law::holds(
            &DECODER,
            &file,
            &[
                ("debian-binary", b"2.0\n"),
                ("short", b"odd"),
                ("another-long-name.o", b"second of the table"),
                ("a bsd name", b"its content"),
            ],
        );
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(
            &DECODER,
            &archive(&[("//", "a-long-name/\n"), ("/0", "x"), ("#1/4", "nameabc")]),
        );
    }

    #[test]
    fn a_cut_entry_is_told() {
        let file = archive(&[("a", "content")]);
        assert_eq!(
            law::see(&DECODER, &file[..72]).unread,
            [("a".to_owned(), crate::decode::Unread::Truncated)]
        );
    }
}
