//! Names with their values as binary formats lay texts side by side, each with its length: pickles of Python, MessagePack,
//! BSON, CBOR, Protocol Buffers, logs and tables of LevelDB and RocksDB, serialized objects of Java.
//!
//! bad: a cached connection whose pickle has `password` and then the password
//! good: a cache that keeps what is public

use tightlip_report::{Confidence, Level};

use super::directive::RULE;
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "counted",
    rules: &[&RULE],
    wants: |hint| matches!(hint, Hint::File(_)),
    keywords: &[
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api_key",
        OF_BSON[0],
        OF_BSON[1],
    ],
    find,
    hits: &[
        Example {
            path: "conn.pkl",
            text: "(dp0\nVhost\np1\nVdb\np2\nsVpassword\np3\nVp{lower:6}97\np4\ns.",
            rule: "password-directive",
        },
        Example {
            path: "conn.pkl",
            text: "\u{4}\u{0}X\u{8}\u{0}\u{0}\u{0}passwordq\u{1}X\u{9}\u{0}\u{0}\u{0}p{lower:6}97q\u{2}u.",
            rule: "password-directive",
        },
        Example {
            path: "session.bin",
            text: "\u{0}t\u{0}\u{8}passwordt\u{0}\u{9}p{lower:6}97x",
            rule: "password-directive",
        },
        Example {
            path: "dump/users.bson",
            text: "\u{2}api_token\u{0}\u{21}\u{0}\u{0}\u{0}a1B{base62:29}\u{0}\u{0}",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "conn.pkl",
            text: "sVpassword\np3\nVPassword\np4\nsVtoken\np5\nI7\nsVp{lower:6}97\np8\n",
            rule: "",
        },
        Example {
            path: "app",
            text: "\u{0}password\u{0}p{lower:6}97\u{0}password\u{9}p{lower:6}97\u{0}",
            rule: "",
        },
        Example { path: "a.txt", text: "hpasswordip{lower:6}97 and hpasswordnip{lower:6}97", rule: "" },
        Example { path: "a.txt", text: "my password\nVp{lower:6}97\n", rule: "" },
        Example { path: "names", text: "V1Pod\nV1Secret\nV1SecretRef{lower:6}97\nV1Volume\n", rule: "" },
    ],
};

/// Names of BSON that are words of nothing else, with the mark before them and the zero behind.
const OF_BSON: [&str; 2] = ["\u{2}pass\u{0}", "\u{2}pwd\u{0}"];

/// Reads a name that begins at a place, and the value behind it; none where no such name begins there.
type Format = for<'b> fn(text: &'b [u8], start: usize) -> Option<(Part<'b>, Part<'b>)>;

const FORMATS: &[Format] = &[pickled_lines, pickled, pickled_short, of_java, of_bson, packed, planned];

/// Formats whose marks programs have as well, beside the names of their types and functions: for files that are called data.
const OF_DATA: &[Format] = &[of_cbor, of_fields, written, tabled];

/// Of a table of PostgreSQL, which is called by a number.
const OF_POSTGRES: &[Format] = &[of_postgres];

/// How such files end.
const DATA: &[&str] = &[
    ".bin",
    ".binpb",
    ".blob",
    ".cache",
    ".cbor",
    ".dat",
    ".data",
    ".db",
    ".dump",
    ".ldb",
    ".log",
    ".msg",
    ".pb",
    ".pbf",
    ".protobuf",
    ".session",
    ".snap",
    ".sst",
    ".state",
    ".store",
    ".wal",
];

/// A name begins at most so far before its word for a secret, in bytes.
const BEFORE: usize = 40;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    let name = text.hint.file_name();
    let of_data = if DATA.iter().any(|end| name.ends_with(end.as_bytes())) {
        OF_DATA
    } else if is_of_postgres(&text.hint) {
        OF_POSTGRES
    } else {
        &[]
    };
    for &at in text.at {
        let at = at + usize::from(text.bytes.get(at) == Some(&2));
        let Some((name, value)) = pair((text.bytes, at), of_data) else { continue };
        if name.span().start < done || says(name.bytes()) != Says::Secret {
            continue;
        }
        let weak = |value: &[u8]| is_chosen(value) || is_picked(value);
        let plain = value.bytes().iter().all(u8::is_ascii_graphic) && !is_password_hash(value.bytes());
        if plain && is_secret(value.bytes(), weak) {
            done = value.span().end;
            let shape = length_of("value of a name beside it", value.len());
            out(Found::here(&RULE, value, shape).at(Level::Deny, Confidence::Medium));
        }
    }
}

/// `base/16384/16397.1`: what holds a table of PostgreSQL.
fn is_of_postgres(hint: &Hint<'_>) -> bool {
    let number = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let mut parts = hint.path().rsplit(|b| *b == b'/');
    let (table, database) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    number(table) && number(database) && parts.next() == Some(b"base")
}

/// The name around a place with its value. The marks of some formats are letters, so every beginning is tried.
fn pair<'b>((text, at): (&'b [u8], usize), of_data: &[Format]) -> Option<(Part<'b>, Part<'b>)> {
    let before = text.get(at.saturating_sub(BEFORE)..at)?;
    let letters = before.iter().rev().take_while(|b| is_name(**b)).count();
    let mut starts = (0..=letters).map(|back| at - back);
    starts
        .find_map(|start| FORMATS.iter().chain(of_data).find_map(|format| format(text, start)))
        .filter(|(name, _)| name.span().contains(&at) && name.bytes().iter().all(|b| is_name(*b)))
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// What stands before a place, as far as the marks of a format reach.
fn head(text: &[u8], start: usize) -> &[u8] {
    text.get(start.saturating_sub(8)..start).unwrap_or_default()
}

/// The first bytes of a part, if it has so many and they may be a value.
fn exactly(part: Part<'_>, length: usize) -> Option<Part<'_>> {
    Some(part.first(length)).filter(|value| value.len() == length && (4..=256).contains(&length))
}

/// The name of a length that begins at a place, and what follows it.
fn named(text: &[u8], start: usize, length: usize) -> Option<(Part<'_>, Part<'_>)> {
    let rest = Part::between(text, start..text.len().min(start + 512));
    let name = exactly(rest, length)?;
    Some((name, rest.after(&name)))
}

/// A length of four bytes, the least first.
fn little(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)).ok()
}

/// A length of two bytes, the greatest first.
fn big(bytes: &[u8]) -> Option<usize> {
    Some(u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?).into())
}

/// `Vpassword`, `p3`, `Vx` in lines: the first protocol of pickles.
fn pickled_lines(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let head = head(text, start);
    let head = head.strip_suffix(b"V").or_else(|| head.strip_suffix(b"S'"))?;
    if !matches!(head, [.., b'\n' | b'('] | [.., b'\n', b's']) {
        return None;
    }
    let text_of = |line: Part<'_>| line.bytes().len() - usize::from(line.bytes().ends_with(b"'"));
    let mut lines = Part::between(text, start..text.len().min(start + 512)).lines();
    let name = lines.next()?;
    // Where it is kept stands between: without that, lines of names that begin with `V` are none.
    let kept = lines.next()?.strip("p").filter(|number| !number.is_empty())?;
    if !kept.bytes().iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = lines.next()?;
    let value = value.strip("V").or_else(|| value.strip("S'"))?;
    Some((name.first(text_of(name)), value.first(text_of(value))))
}

/// Without the mark by which a pickle keeps a text for later.
fn behind_memo(rest: Part<'_>) -> Part<'_> {
    match rest.bytes() {
        [b'q', ..] => rest.skip(2),
        [b'r', ..] => rest.skip(5),
        [0x94, ..] => rest.skip(1),
        _ => rest,
    }
}

/// `X`, a length of four bytes and the text.
fn pickled(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., b'X', a, b, c, d] = head(text, start) else { return None };
    let (name, rest) = named(text, start, little(&[*a, *b, *c, *d])?)?;
    let value = behind_memo(rest).strip("X")?;
    Some((name, exactly(value.skip(4), little(value.bytes())?)?))
}

/// A mark, a length of one byte and the text.
fn pickled_short(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., 0x8c, length] = head(text, start) else { return None };
    let (name, rest) = named(text, start, (*length).into())?;
    let rest = behind_memo(rest);
    let [0x8c, length, ..] = rest.bytes() else { return None };
    Some((name, exactly(rest.skip(2), (*length).into())?))
}

/// `t`, a length of two bytes and the text: a map of texts.
fn of_java(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., b't', a, b] = head(text, start) else { return None };
    let (name, rest) = named(text, start, big(&[*a, *b])?)?;
    let [b't', length @ ..] = rest.bytes() else { return None };
    Some((name, exactly(rest.skip(3), big(length)?)?))
}

/// A mark, the name up to a zero, a length of four bytes and the text with a zero behind it.
fn of_bson(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    head(text, start).ends_with(&[2]).then_some(())?;
    let rest = Part::between(text, start..text.len().min(start + 512));
    let (name, rest) = rest.cut(|b| b == 0)?;
    let length = little(rest.bytes())?.checked_sub(1)?;
    let value = exactly(rest.skip(4), length)?;
    rest.skip(4).after(&value).bytes().starts_with(&[0]).then_some((name, value))
}

/// MessagePack: a byte with the length in its low bits, or a mark and a length.
fn packed(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let length = match head(text, start) {
        [.., 0xd9, length] => usize::from(*length),
        [.., length @ 0xa0..=0xbf] => usize::from(length & 0x1f),
        _ => return None,
    };
    let (name, rest) = named(text, start, length)?;
    let value = match rest.bytes() {
        [0xd9, length, ..] => exactly(rest.skip(2), (*length).into())?,
        [length @ 0xa0..=0xbf, ..] => exactly(rest.skip(1), (length & 0x1f).into())?,
        _ => return None,
    };
    Some((name, value))
}

/// CBOR: a byte with the length in its low bits, or `x` and a length. Both are letters, so what stands before must be no text:
/// a map begins with a byte that none has.
fn of_cbor(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let text_of = |bytes: &[u8]| match bytes {
        [b'x', length, ..] if *length >= 24 => Some((2, usize::from(*length))),
        [length @ 0x60..=0x77, ..] => Some((1, usize::from(length & 0x1f))),
        _ => None,
    };
    let before = head(text, start);
    let length = [2, 1].into_iter().find_map(|marks| {
        let mark = before.get(before.len().checked_sub(marks)?..)?;
        text_of(mark).filter(|(width, _)| *width == marks).map(|(_, length)| length)
    })?;
    let (name, rest) = named(text, start, length)?;
    let (width, length) = text_of(rest.bytes())?;
    let value = exactly(rest.skip(width), length)?;
    let before = text.get(start.saturating_sub(512)..start)?;
    let whole = before.iter().position(|byte| byte & 0xc0 != 0x80 || (0xa0..=0xbf).contains(byte))?;
    std::str::from_utf8(before.get(whole..)?).is_err().then_some((name, value))
}

/// Protocol Buffers: an entry of a map, or a message whose first two fields are name and value; each has its number and its
/// length.
fn of_fields(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., field @ (0x0a | 0x12), length @ ..=0x7f] = head(text, start) else { return None };
    let (name, rest) = named(text, start, (*length).into())?;
    let [next, length @ ..=0x7f, ..] = rest.bytes() else { return None };
    Some((name, exactly(rest.skip(2), (*length).into())?)).filter(|_| *next == field + 8)
}

/// Two texts side by side in a row of PostgreSQL: before each its length with one bit more, where it is short.
fn of_postgres(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    // The lowest bit tells a short one, and the byte of the length counts too.
    let short = |mark: u8| (mark & 1 == 1).then(|| usize::from(mark >> 1).checked_sub(1)).flatten();
    let (name, rest) = named(text, start, short(*head(text, start).last()?)?)?;
    Some((name, exactly(rest.skip(1), short(*rest.bytes().first()?)?)?))
}

/// A variable in a plan of Terraform: its name, and MessagePack in a message of its own.
fn planned(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., 0x0a, length @ ..=0x7f] = head(text, start) else { return None };
    let (name, rest) = named(text, start, (*length).into())?;
    let [0x12, outer @ ..=0x7f, 0x0a, inner @ ..=0x7f, body @ ..] = rest.bytes() else { return None };
    let (marks, length) = match body {
        [0xd9, length, ..] => (2, *length),
        [length @ 0xa0..=0xbf, ..] => (1, length & 0x1f),
        _ => return None,
    };
    let fits = *outer == inner.saturating_add(2) && *inner == length.saturating_add(marks);
    Some((name, exactly(rest.skip(4 + usize::from(marks)), length.into())?)).filter(|_| fits)
}

/// The log of LevelDB and RocksDB: a mark that something is set, then key and value with their lengths.
fn written(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., 1, length @ ..=0x7f] = head(text, start) else { return None };
    let (name, rest) = named(text, start, (*length).into())?;
    let [length @ ..=0x7f, ..] = rest.bytes() else { return None };
    Some((name, exactly(rest.skip(1), (*length).into())?))
}

/// A table of theirs: nothing shared with the key before, both lengths, the key with eight bytes of its own, the value.
fn tabled(text: &[u8], start: usize) -> Option<(Part<'_>, Part<'_>)> {
    let [.., 0, key @ ..=0x7f, value @ ..=0x7f] = head(text, start) else { return None };
    let (name, rest) = named(text, start, usize::from(*key).checked_sub(8)?)?;
    let set = rest.bytes().first() == Some(&1);
    Some((name, exactly(rest.skip(8), (*value).into())?)).filter(|_| set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    fn secrets(bytes: &[u8]) -> Vec<String> {
        let found = found_in(&FINDER, "a.bin", bytes);
        found.iter().map(|f| String::from_utf8_lossy(&f.secret).into_owned()).collect()
    }

    #[test]
    fn formats_with_marks_that_are_no_letters_are_read() {
        for bytes in [
            &b"\x80\x04}\x94(\x8c\x08password\x94\x8c\x09hunter228\x94u."[..],
            b"\x82\xa4host\xa2db\xa8password\xa9hunter228",
            b"\x81\xd9\x0bdb_password\xd9\x09hunter228",
            b"sq\0t\0\x08passwordt\0\x09hunter228x",
            b"\xa2dhostbdbhpasswordihunter228",
            b"\x0a\x15\x0a\x08password\x12\x09hunter228",
            b"\x0a\x08password\x12\x0c\x0a\x0a\xa9hunter228",
            b"\x02pass\0\x0a\0\0\0hunter228\0",
            b"\x01\0\0\0\x01\x08password\x09hunter228",
            b"\0\x10\x09password\x01\x07\0\0\0\0\0\0hunter228",
        ] {
            assert_eq!(secrets(bytes), ["hunter228"], "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_programs_have_too_is_read_in_data_alone() {
        let entry = b"\x0a\x15\x0a\x08password\x12\x09hunter228";
        assert_eq!(found_in(&FINDER, "var/app.pb", entry).len(), 1);
        assert!(found_in(&FINDER, "usr/bin/app", entry).is_empty());
    }

    #[test]
    fn rows_of_postgres_are_read_in_its_tables_alone() {
        let row = b"\0\x18\0\x1dsmtp_password\x15hunter228\0";
        assert_eq!(found_in(&FINDER, "pgdata/base/5/16385", row).len(), 1);
        assert!(found_in(&FINDER, "a/base/x", row).is_empty());
        let other = b"\0\x18\0\x1dsmtp_password\x17hunter228\0";
        assert!(found_in(&FINDER, "pgdata/base/5/16385", other).is_empty());
    }

    #[test]
    fn a_length_that_is_another_tells_no_pair() {
        for bytes in [
            &b"\xa7password\xa9hunter228"[..],
            b"\xa8password\xafhunter228",
            b"\x8c\x08password\x8c\x40hunter228",
        ] {
            assert!(secrets(bytes).is_empty());
        }
    }
}
