//! Windows programs and .NET assemblies: their strings in UTF-16, which a plain look cannot see; and what the code of an assembly does
//! with its strings: `ApiKey = "…"` for fields and properties, `new Login("…", "…")` for calls (ECMA-335, partitions II and III).

mod code;
mod image;
mod statements;
mod tables;
mod wide;

use std::io::Read;

use self::image::Image;
use self::statements::lines;
use self::wide::Wide;
use super::seam::{Bytes, Held, Members, Pump, Stop, fill, give, hold_or_begin};
use super::{Decoder, HEAD, Holds};
use crate::Hint;

/// Portable executables.
pub(crate) static DECODER: Decoder = Decoder { name: "pe", claims, open, tool: None, holds: Holds::Parts };

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    image::header(Bytes(head)).is_some()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut head = vec![0; HEAD];
    let filled = fill(body, &mut head)?;
    head.truncate(filled);
    let mut whole = head.as_slice().chain(body);
    if !image::is_assembly(Bytes(&head)) {
        return strings(&mut whole, members);
    }
    match hold_or_begin(&mut whole, members)? {
        // Without names the strings are there all the same.
        Held::Begun(begun) => strings(&mut begun.as_slice().chain(whole), members),
        Held::Whole(file) => {
            strings(&mut file.as_slice(), members)?;
            let lines = Image::of(&file).map(|image| lines(&image)).unwrap_or_default();
            if lines.is_empty() {
                return Ok(());
            }
            let name = source_of(&members.path());
            give(members, &name, &mut lines.as_slice()).map(drop)
        }
    }
}

fn strings(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut wide = Wide::default();
    let mut strings = Pump::new(body, move |chunk, written| wide.turn(chunk, written));
    give(members, "utf-16 strings", &mut strings).map(drop)
}

/// What a file of source would be called that an assembly is made of.
fn source_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    format!("{}.cs", name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

#[cfg(test)]
mod tests;
