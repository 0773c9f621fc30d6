//! Compiled Python: the strings of its code objects, one a line, in the order of the file, each with the name that the code
//! gives it: `PASSWORD = "…"`.

mod objects;
mod statements;

use std::io::Read;

use self::objects::{Form, OTHER, Object, Objects};
use self::statements::{Dialect, PYTHON_2, PYTHON_3, PYTHON_3_13, named};
use super::seam::{Bytes, Members, Stop, Unread, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// `.pyc`, Python 2.7 and 3.
pub(crate) static DECODER: Decoder =
    Decoder { name: "pyc", claims, open, tool: None, holds: Holds::TextsOf("py") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let Some(version) = Version::of(head) else { return false };
    Bytes(head).u8(version.header).is_some_and(|kind| kind & 0x7f == b'c')
}

/// What changed between versions.
struct Version {
    /// How long the header is.
    header: usize,
    form: Form,
    /// Of versions that nobody tried, the strings alone are read.
    dialect: Option<&'static Dialect>,
}

impl Version {
    fn of(file: &[u8]) -> Option<Self> {
        if !Bytes(file).has(2, b"\r\n") {
            return None;
        }
        let (header, numbers, last, dialect) = match Bytes(file).u16_le(0)? {
            62_171..=62_211 => (8, 4, 1, Some(&PYTHON_2)),
            3_220..=3_378 => (12, 5, 1, None),
            3_379..=3_389 => (12, 5, 1, Some(&PYTHON_3)),
            3_390..=3_399 => (16, 5, 1, Some(&PYTHON_3)),
            3_400..=3_449 => (16, 6, 1, Some(&PYTHON_3)),
            3_450..=3_549 => (16, 5, 2, Some(&PYTHON_3)),
            3_550..=3_599 => (16, 5, 2, Some(&PYTHON_3_13)),
            3_600..=3_999 => (16, 5, 2, None),
            _ => return None,
        };
        Some(Self { header, form: Form { numbers, last }, dialect })
    }
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let damaged = || Stop::Fault(Unread::Damaged, "its objects are cut or of an unknown kind".into());
    let version = Version::of(&file).ok_or_else(damaged)?;
    let mut objects = Objects::new(&file, version.header, version.form);
    let read = objects.read();
    give(members, "constants", &mut lines(&objects, version.dialect).as_slice())?;
    read.map(drop).ok_or_else(damaged)
}

/// Every readable string, with its name where it has one.
fn lines(objects: &Objects<'_>, dialect: Option<&Dialect>) -> Vec<u8> {
    let mut names = vec![OTHER; objects.all().len()];
    for object in objects.all() {
        if let (Object::Code(code), Some(dialect)) = (object, dialect) {
            named(objects, *code, dialect, &mut |constant, name| {
                let place = usize::try_from(constant).ok().and_then(|place| names.get_mut(place));
                place.filter(|known| **known == OTHER).into_iter().for_each(|known| *known = name);
            });
        }
    }
    let mut lines = Vec::new();
    for (name, object) in names.iter().zip(objects.all()) {
        let Object::Text(text) = object else { continue };
        if !is_readable(text) {
            continue;
        }
        let name = objects.text(*name).filter(|name| is_name(name) && is_plain(text));
        let pieces: &[&[u8]] = match &name {
            Some(name) => &[name, b" = \"", text, b"\"\n"],
            None => &[text, b"\n"],
        };
        pieces.iter().for_each(|piece| lines.extend_from_slice(piece));
    }
    lines
}

/// What Python itself gives a name (`__module__`) is nobody's secret.
fn is_name(name: &[u8]) -> bool {
    !name.starts_with(b"__")
        && name.len() <= 80
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether a text can stand between quotes as it is.
fn is_plain(text: &[u8]) -> bool {
    !text.iter().any(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'))
}

fn is_readable(text: &[u8]) -> bool {
    if text.is_ascii() {
        return !text.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace());
    }
    let strange = |c: char| c.is_control() && !c.is_whitespace();
    std::str::from_utf8(text).is_ok_and(|text| !text.contains(strange))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    /// `NAME = "the value"; MORE = {…}` as 3.12 and as 3.8 compile it, cut down to what matters.
    fn compiled(magic: u16, numbers: usize, last: &[u8]) -> Vec<u8> {
        let mut file = [&magic.to_le_bytes()[..], b"\r\n", &[0; 12], b"\xe3"].concat();
        file.extend(vec![0; numbers * 4]);
        file.extend(b"\xf3\x04\x00\x00\x00\x97\x00\x64\x00");
        file.extend(b"\x29\x04\xda\x09the valueN{z\x01k[\x01\x00\x00\x00\xe9\x07\x00\x00\x000l\xff\xff\xff\xff\x01\x00");
        file.extend(b"\xa9\x01\xda\x04NAME\xa9\x00r\x01\x00\x00\x00");
        file.extend(b"\xfa\x06app.py\xda\x08<module>r\x02\x00\x00\x00");
        file.extend(b"\x01\x00\x00\x00");
        file.extend(last);
        file
    }

    #[test]
    fn strings_of_the_code_are_lines() {
        let new = compiled(3531, 5, b"\xf3\x02\x00\x00\x00\xf0\x03s\x00\x00\x00\x00");
        law::holds(&DECODER, &new, &[("constants", b"the value\nk\nNAME\napp.py\n<module>\n")]);
        let old = compiled(3413, 6, b"s\x02\x00\x00\x00\x00\x01");
        law::holds(&DECODER, &old, &[("constants", b"the value\nk\nNAME\napp.py\n<module>\n")]);
    }

    /// A text, or a tuple of objects, as every version reads them.
    fn text(text: &str) -> Vec<u8> {
        [b"u", &u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
    }

    fn tuple(members: &[Vec<u8>]) -> Vec<u8> {
        [b"(", &u32::try_from(members.len()).unwrap().to_le_bytes()[..], &members.concat()].concat()
    }

    /// A module of these instructions, constants and names.
    fn module(magic: u16, instructions: &[u8], constants: &[Vec<u8>], names: &[&str]) -> Vec<u8> {
        let version = Version::of(&[&magic.to_le_bytes()[..], b"\r\n"].concat()).unwrap();
        let mut file = [&magic.to_le_bytes()[..], b"\r\n"].concat();
        file.resize(version.header, 0);
        file.extend(code(magic, instructions, constants, (names, &[])));
        file
    }

    /// A piece of code, all of whose locals are arguments.
    fn code(
        magic: u16,
        instructions: &[u8],
        constants: &[Vec<u8>],
        (names, locals): (&[&str], &[&str]),
    ) -> Vec<u8> {
        let version = Version::of(&[&magic.to_le_bytes()[..], b"\r\n"].concat()).unwrap();
        let texts = |names: &[&str]| tuple(&names.iter().map(|name| text(name)).collect::<Vec<_>>());
        let body =
            [b"s", &u32::try_from(instructions.len()).unwrap().to_le_bytes()[..], instructions].concat();
        let mut code = vec![b'c'];
        code.extend(u32::try_from(locals.len()).unwrap().to_le_bytes());
        code.resize(1 + version.form.numbers * 4, 0);
        code.extend([body, tuple(constants), texts(names), texts(locals)].concat());
        code.extend([tuple(&[]), tuple(&[]), text("app.py"), text("f")].concat());
        code.extend([0; 4]);
        code.extend((0..version.form.last).flat_map(|_| text("")));
        code
    }

    fn lines_of(file: &[u8]) -> String {
        let version = Version::of(file).unwrap();
        let mut objects = Objects::new(file, version.header, version.form);
        objects.read().expect("a whole module");
        String::from_utf8(lines(&objects, version.dialect)).unwrap()
    }

    #[test]
    fn constants_have_the_names_that_the_code_gives_them() {
        let keys = tuple(&[text("host"), text("password")]);
        let constants = [text("one"), text("two"), text("h"), text("three"), keys, text("key"), text("four")];
        let names = ["A", "B", "self", "call"];
        let end = "A\nB\nself\ncall\napp.py\nf\n";
        let all = |pairs: [&str; 7]| pairs.map(|line| format!("{line}\n")).concat() + end;
        // A = "one"; self.B = "two"; call(host="h", password="three"); {"key": "four"}
        let of_3_8 = [
            100, 0, 90, 0, 100, 1, 101, 2, 95, 1, 101, 3, 100, 2, 100, 3, 100, 4, 141, 2, 1, 0, 100, 5, 100,
            6, 105, 1, 1, 0,
        ];
        let expected = all([
            "A = \"one\"",
            "B = \"two\"",
            "host = \"h\"",
            "password = \"three\"",
            "host\npassword",
            "key",
            "key = \"four\"",
        ]);
        assert_eq!(lines_of(&module(3413, &of_3_8, &constants, &names)), expected);
        // The names are a constant, and instructions have caches behind them.
        let of_3_12 = [
            151, 0, 100, 0, 90, 0, 100, 1, 101, 2, 95, 1, 0, 0, 0, 0, 2, 0, 101, 3, 100, 2, 100, 3, 172, 4,
            171, 2, 0, 0, 1, 0, 100, 5, 100, 6, 105, 1, 1, 0,
        ];
        assert_eq!(lines_of(&module(3531, &of_3_12, &constants, &names)), expected);
        let of_3_13 = [
            149, 0, 83, 0, 114, 0, 83, 1, 92, 2, 108, 1, 0, 0, 92, 3, 34, 0, 83, 2, 83, 3, 83, 4, 57, 2, 32,
            0, 83, 5, 83, 6, 48, 1, 32, 0,
        ];
        assert_eq!(lines_of(&module(3571, &of_3_13, &constants, &names)), expected);
        // The value and then its key; names and values in pairs.
        let constants = [
            text("one"),
            text("two"),
            text("host"),
            text("h"),
            text("password"),
            text("three"),
            text("four"),
            text("key"),
        ];
        let of_2_7 = [
            &[100, 0, 0, 90, 0, 0, 100, 1, 0, 101, 2, 0, 95, 1, 0, 101, 3, 0][..],
            &[100, 2, 0, 100, 3, 0, 100, 4, 0, 100, 5, 0, 131, 0, 2, 1],
            &[105, 1, 0, 100, 6, 0, 100, 7, 0, 54, 1],
        ]
        .concat();
        let expected = [
            "A = \"one\"",
            "B = \"two\"",
            "host",
            "host = \"h\"",
            "password",
            "password = \"three\"",
            "key = \"four\"",
            "key",
        ];
        let expected = expected.map(|line| format!("{line}\n")).concat() + end;
        assert_eq!(lines_of(&module(62_211, &of_2_7, &constants, &names)), expected);
        // Of a version that nobody tried, no instruction is followed.
        assert!(!lines_of(&module(3_700, &of_3_8, &constants, &names)).contains('='));
    }

    #[test]
    fn arguments_have_the_names_of_their_functions() {
        // def f(host, key="one"): …
        let defaults = |magic| [text("one"), code(magic, &[], &[], (&[], &["host", "key"])), text("f")];
        let tuples = |magic| {
            let [one, code, name] = defaults(magic);
            [tuple(&[one]), code, name]
        };
        let told = |magic, instructions: &[u8]| {
            let constants = if magic > 60_000 { defaults(magic) } else { tuples(magic) };
            lines_of(&module(magic, instructions, &constants, &["f"]))
        };
        for told in [
            told(3413, &[100, 0, 100, 1, 100, 2, 132, 1, 90, 0]),
            told(3531, &[151, 0, 100, 0, 100, 1, 132, 1, 90, 0]),
            told(3571, &[149, 0, 83, 0, 83, 1, 26, 0, 106, 1, 114, 0]),
            told(62_211, &[100, 0, 0, 100, 1, 0, 132, 1, 0, 90, 0, 0]),
        ] {
            assert!(told.starts_with("key = \"one\"\n"), "{told}");
            assert!(!told.contains("host = "), "{told}");
        }
        assert!(!told(3531, &[151, 0, 100, 0, 100, 1, 132, 0, 90, 0]).contains('='));
    }

    #[test]
    fn what_is_no_plain_name_or_text_gets_none() {
        let stored = [100, 0, 90, 0, 100, 1, 90, 1];
        let constants = [text("say \"one\""), text("two")];
        let told = lines_of(&module(3413, &stored, &constants, &["A", "a name"]));
        assert_eq!(told, "say \"one\"\ntwo\nA\na name\napp.py\nf\n");
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        let file = compiled(3531, 5, b"\xf3\x02\x00\x00\x00\xf0\x03s\x00\x00\x00\x00");
        law::cuts_are_told(&DECODER, &file);
        law::changes_are_survived(&DECODER, &file);
        let stored = module(3531, &[100, 0, 90, 0, 144, 1, 172, 0], &[text("one")], &["A"]);
        law::changes_are_survived(&DECODER, &stored);
    }
}
