//! Archives of `pg_dump` in its custom form (`-Fc`, versions 1.11 to 1.16): the statements of its table of contents, and the rows of
//! every table behind the statement that would load them. The table of contents of the other forms (`toc.dat`) is read too.
//!
//! The format is that of PostgreSQL's `pg_backup_archiver.c` and `pg_backup_custom.c`.

mod toc;

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use flate2::bufread::ZlibDecoder;

use self::toc::{Numbers, Packing, Toc, cut};
use super::seam::{Counted, Ending, Members, Stop, Unread, give, leave, unpack};
use super::{Decoder, Holds, packed};
use crate::Hint;

/// Archives of PostgreSQL.
pub(crate) static DECODER: Decoder =
    Decoder { name: "pg-dump", claims, open, tool: None, holds: Holds::Files };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"PGDMP\x01")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let toc = Toc::read(body, members)?;
    give(members, "toc.sql", &mut toc.statements.as_slice())?;
    if !toc.is_custom {
        return Ok(());
    }
    let mut kind = [0];
    while body.read(&mut kind)? > 0 {
        let id = toc.numbers.read(body)?;
        match kind {
            [1] => rows(&toc, id, body, members)?,
            [3] => objects(&toc, body, members)?,
            _ => return Err(Stop::damaged("a block that is none")),
        }
    }
    Ok(())
}

/// The rows of a table.
fn rows(toc: &Toc, id: i64, body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let entry = toc.entries.get(&id);
    let name = entry.map_or_else(|| format!("data {id}.sql"), |entry| format!("{}.sql", entry.name));
    block(toc, (&name, entry.map(|entry| entry.load.as_slice()).unwrap_or_default()), body, members)
}

/// Large objects, each under its number; none has the number 0.
fn objects(toc: &Toc, body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    loop {
        match toc.numbers.read(body)? {
            0 => return Ok(()),
            number => block(toc, (&format!("large object {number}"), b""), body, members)?,
        }
    }
}

/// What stands in pieces, packed or not; the next block is at hand afterwards.
fn block(
    toc: &Toc,
    (name, before): (&str, &[u8]),
    body: &mut dyn Read,
    members: &mut dyn Members,
) -> Result<(), Stop> {
    let mut pieces = Pieces { body, numbers: toc.numbers, left: 0, over: false };
    let taken = Cell::new(0);
    let ending = {
        let mut counted = BufReader::new(Counted::new(&mut pieces, &taken));
        match toc.packing {
            Packing::None => give(members, name, &mut before.chain(&mut counted))?,
            Packing::Zlib => {
                unpack(members, name, &mut before.chain(ZlibDecoder::new(&mut counted)), &taken)?
            }
            Packing::Zstd => unpack(members, name, &mut before.chain(packed::zstd(&mut counted)?), &taken)?,
            Packing::Other => {
                leave(members, name, Unread::Unsupported, "a compression that is not opened")?;
                Ending::Well
            }
        }
    };
    // What is wrong with the packed bytes does not move the pieces.
    let rest = io::copy(&mut pieces, &mut io::sink());
    match (rest, ending) {
        (Err(_), Ending::Broken) => Err(Stop::Enough),
        (rest, _) => Ok(rest.map(drop)?),
    }
}

/// Bytes in pieces behind their lengths, up to one that is 0.
struct Pieces<'a> {
    body: &'a mut dyn Read,
    numbers: Numbers,
    left: u64,
    over: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.over {
            let length = self.numbers.read(self.body)?;
            self.left =
                u64::try_from(length).map_err(|_| io::Error::other("a piece whose length is no number"))?;
            self.over = length == 0;
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(room) = buffer.get_mut(..most).filter(|room| !room.is_empty()) else { return Ok(0) };
        let count = self.body.read(room)?;
        self.left = self.left.saturating_sub(count as u64);
        if count == 0 { Err(cut()) } else { Ok(count) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::decode::seam::law;

    fn number(number: i32) -> Vec<u8> {
        let sign = u8::from(number < 0);
        [&[sign][..], &number.unsigned_abs().to_le_bytes()].concat()
    }

    fn word(text: &str) -> Vec<u8> {
        [number(i32::try_from(text.len()).unwrap()), text.as_bytes().to_vec()].concat()
    }

    fn entry(id: i32, [tag, statement, load]: [&str; 3], (minor, format): (u8, u8)) -> Vec<u8> {
        let mut entry =
            [number(id), number(1), word("0"), word("0"), word(tag), word("TABLE"), number(3)].concat();
        entry.extend([word(statement), number(-1), word(load), word("app"), word("")].concat());
        entry.extend(if minor >= 14 { word("heap") } else { Vec::new() });
        entry.extend(if minor >= 16 { number(0) } else { Vec::new() });
        entry.extend([word("owner"), word("false"), word("1"), number(-1)].concat());
        entry.extend(if format == 1 { [&[2][..], &[0; 8]].concat() } else { word("5.dat") });
        entry
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn archive(minor: u8, format: u8, packing: &[u8], pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let mut file = [&b"PGDMP\x01"[..], &[minor, 0, 4, 8, format], packing].concat();
        file.extend(number(0).repeat(7));
        file.extend([word("shop"), word("16.1"), word("16.1"), number(2)].concat());
        let table = ["users", "CREATE TABLE app.users (id int);\n", "COPY app.users (id) FROM stdin;\n"];
        file.extend(entry(5, table, (minor, format)));
        file.extend(entry(6, ["BLOBS", "", ""], (minor, format)));
        if format == 1 {
            let data = pack(b"17\n18\n\\.\n\n\n");
            let (one, other) = data.split_at(4);
            let size = |part: &[u8]| number(i32::try_from(part.len()).unwrap());
            file.extend(
                [vec![1], number(5), size(one), one.to_vec(), size(other), other.to_vec(), number(0)]
                    .concat(),
            );
            let object = pack(b"an object");
            file.extend(
                [vec![3], number(6), number(900), size(&object), object, number(0), number(0)].concat(),
            );
        }
        file
    }

    const TOC: (&str, &[u8]) = ("toc.sql", b"CREATE TABLE app.users (id int);\n\n");
    const ROWS: (&str, &[u8]) = ("app.users.sql", b"COPY app.users (id) FROM stdin;\n17\n18\n\\.\n\n\n");
    const OBJECT: (&str, &[u8]) = ("large object 900", b"an object");

    #[test]
    fn rows_stand_behind_what_loads_them_whatever_packs_them() {
        let plain = |plain: &[u8]| plain.to_vec();
        let zstd = |plain: &[u8]| zstd::encode_all(plain, 3).unwrap();
        for file in [
            archive(14, 1, &number(-1), zlib),
            archive(12, 1, &number(6), zlib),
            archive(13, 1, &number(0), plain),
            archive(15, 1, &[0], plain),
            archive(16, 1, &[1], zlib),
            archive(16, 1, &[3], zstd),
        ] {
            law::holds(&DECODER, &file, &[TOC, ROWS, OBJECT]);
        }
    }

    #[test]
    fn the_contents_of_other_forms_and_methods_are_told() {
        law::holds(&DECODER, &archive(16, 5, &[1], zlib), &[TOC]);
        let seen = law::see(&DECODER, &archive(16, 1, &[2], zlib));
        assert_eq!(seen.unread.len(), 2);
        let seen = law::see(&DECODER, b"PGDMP\x01\x63\0\x04\x08\x01\0");
        assert_eq!(seen.unread, [(String::new(), Unread::Unsupported)]);
    }

    #[test]
    fn any_cut_and_any_change_is_survived() {
        let file = archive(16, 1, &[1], zlib);
        law::changes_are_survived(&DECODER, &file);
        let toc = file.len() - 60;
        for length in 12..toc {
            assert!(!law::see(&DECODER, &file[..length]).unread.is_empty() || length > 300, "{length}");
        }
    }
}
