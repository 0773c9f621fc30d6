//! Compiled Java classes: the texts of the constant pool, one a line, and what the class does with them: `PASSWORD = "…"` for fields,
//! `DriverManager.getConnection("…", "…", "…")` for calls (JVM specification, chapter 4).

mod body;
mod pool;
mod statements;

use std::collections::HashSet;
use std::io::Read;

use self::body::{Part, parts};
use self::pool::{Member, Pool};
use self::statements::{Statement, statements};
use super::seam::{Bytes, Members, Stop, Unread, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Java classes.
pub(crate) static DECODER: Decoder =
    Decoder { name: "java-class", claims, open, tool: None, holds: Holds::TextsOf("java") };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    // Universal Mach-O programs have the same magic and a small count where classes have their version, 45 or more.
    head.starts_with(&[0xca, 0xfe, 0xba, 0xbe])
        && Bytes(head).u16_be(6).is_some_and(|major| (45..200).contains(&major))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let (pool, whole) = Pool::read(Bytes(&file));
    give(members, "constants", &mut lines(Bytes(&file), &pool).as_slice())?;
    let damaged = || Stop::Fault(Unread::Damaged, "its constants are cut or of an unknown kind".into());
    whole.then_some(()).ok_or_else(damaged)
}

/// The texts that are in no statement, and then the statements.
fn lines(file: Bytes<'_>, pool: &Pool<'_>) -> Vec<u8> {
    let mut told = Told { pool, lines: Vec::new(), used: HashSet::new() };
    // What is cut has said what it could.
    let _ = parts(file, pool, &mut |part| match part {
        Part::Constant(name, value) => {
            let field = pool.text(name).zip(pool.string(value));
            field.into_iter().for_each(|(name, value)| told.field(name, value));
        }
        Part::Code(code) => statements(code, pool, &mut |statement| match statement {
            Statement::Field(name, value) => told.field(name, value),
            Statement::Call(call, values) => told.call(&call, &values),
        }),
    });
    let mut lines = Vec::new();
    for (_, text) in pool.texts().filter(|(number, _)| !told.used.contains(number)) {
        lines.extend_from_slice(text);
        lines.push(b'\n');
    }
    lines.extend(told.lines);
    lines
}

/// Statements as a source has them.
struct Told<'p, 'f> {
    pool: &'p Pool<'f>,
    lines: Vec<u8>,
    /// The texts that stand in them.
    used: HashSet<u16>,
}

impl Told<'_, '_> {
    fn field(&mut self, name: &[u8], value: u16) {
        if let Some(text) = self.pool.text(value).filter(|text| is_plain(text)) {
            self.lines.extend([name, b" = \"", text, b"\";\n"].concat());
            self.used.insert(value);
        }
    }

    fn call(&mut self, call: &Member<'_>, values: &[Option<u16>]) {
        let class = call.class.rsplit(|b| matches!(b, b'/' | b'$')).next().unwrap_or_default();
        let before: [&[u8]; 3] =
            if call.name == b"<init>" { [b"new ", class, b""] } else { [class, b".", call.name] };
        let mut line = [&before.concat(), &b"("[..]].concat();
        for (place, value) in values.iter().enumerate() {
            line.extend_from_slice(if place == 0 { b"" } else { b", " });
            match value.map(|value| self.pool.text(value)) {
                // What was computed has no name any more.
                None => line.extend_from_slice(b"x"),
                Some(Some(text)) if is_plain(text) => line.extend([b"\"", text, b"\""].concat()),
                Some(_) => return,
            }
        }
        self.lines.extend([line.as_slice(), b");\n"].concat());
        self.used.extend(values.iter().flatten());
    }
}

/// Whether a text can stand between quotes as it is.
fn is_plain(text: &[u8]) -> bool {
    !text.is_empty()
        && text.len() <= 400
        && !text.iter().any(|b| matches!(b, b'"' | b'\\') || b.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn class() -> Vec<u8> {
        let mut file = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 6];
        file.extend(b"\x01\x00\x07API_URL\x08\x00\x01");
        file.extend(b"\x05\x00\x00\x00\x00\x00\x00\x00\x07\x01\x00\x05value");
        file
    }

    #[test]
    fn texts_of_the_pool_are_lines() {
        law::holds(&DECODER, &class(), &[("constants", b"API_URL\nvalue\n")]);
    }

    /// A class whose pool is these entries, with a field and a method.
    fn whole(instructions: &[u8]) -> Vec<u8> {
        let text = |text: &str| {
            [b"\x01", &u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
        };
        let entries = [
            text("secret"),
            b"\x08\0\x01".to_vec(),
            text("KEY"),
            text("ConstantValue"),
            text("Code"),
            text("app/Db$Pool"),
            b"\x07\0\x06".to_vec(),
            text("open"),
            text("(Ljava/lang/String;I[J)V"),
            b"\x0c\0\x08\0\x09".to_vec(),
            b"\x0a\0\x07\0\x0a".to_vec(),
            text("other"),
            b"\x08\0\x0c".to_vec(),
            b"\x0c\0\x03\0\x01".to_vec(),
            b"\x09\0\x07\0\x0e".to_vec(),
        ];
        let mut file = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 16];
        file.extend(entries.concat());
        // Its rights, itself, its parent, no interface; a field with the first string.
        file.extend(b"\0\0\0\x07\0\x07\0\0\0\x01\0\0\0\x03\0\x01\0\x01\0\x04\0\0\0\x02\0\x02");
        let code =
            [&[0; 4][..], &u32::try_from(instructions.len()).unwrap().to_be_bytes(), instructions, &[0; 4]]
                .concat();
        file.extend(b"\0\x01\0\0\0\x08\0\x09\0\x01\0\x05");
        file.extend(u32::try_from(code.len()).unwrap().to_be_bytes());
        file.extend(code);
        file
    }

    #[test]
    fn fields_and_calls_say_what_a_text_is() {
        let named = "KEY\nConstantValue\nCode\napp/Db$Pool\nopen\n(Ljava/lang/String;I[J)V\n";
        // this, "other", 5, a variable: `open`; a jump table; "other" into the field.
        let calls = [42, 18, 13, 8, 44, 182, 0, 11];
        let jumps = [26, 170, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 9];
        let stores = [19, 0, 13, 179, 0, 15, 177];
        // "other" into a variable and from there into the field, another variable after that.
        let kept = [18, 13, 76, 43, 179, 0, 15, 25, 9, 179, 0, 15];
        let told =
            String::from_utf8(lines(Bytes(&whole(&calls)), &Pool::read(Bytes(&whole(&calls))).0)).unwrap();
        assert_eq!(told, format!("{named}KEY = \"secret\";\nPool.open(\"other\", x, x);\n"));
        let all = whole(&[&jumps[..], &stores].concat());
        let told = String::from_utf8(lines(Bytes(&all), &Pool::read(Bytes(&all)).0)).unwrap();
        assert_eq!(told, format!("{named}KEY = \"secret\";\nKEY = \"other\";\n"));
        let told =
            String::from_utf8(lines(Bytes(&whole(&kept)), &Pool::read(Bytes(&whole(&kept))).0)).unwrap();
        assert_eq!(told, format!("{named}KEY = \"secret\";\nKEY = \"other\";\n"));
        law::changes_are_survived(&DECODER, &whole(&calls));
        law::changes_are_survived(&DECODER, &all);
    }

    #[test]
    fn any_cut_is_told_and_any_change_survived() {
        law::cuts_are_told(&DECODER, &class());
        law::changes_are_survived(&DECODER, &class());
    }
}
