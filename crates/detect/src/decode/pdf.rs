//! What people read in PDF (ISO 32000-2): the texts of pages as lines, those of forms, remarks and of the document's own description, and
//! attached files. In the file they are compressed, and a line is in pieces that are placed one by one.

mod charmap;
mod filter;
mod font;
mod glyphs;
mod layout;
mod objects;
mod page;
mod strings;
mod value;

use std::io::Read;

use self::objects::Objects;
use super::office::grid::Grid;
use super::seam::{Members, Stop, Unread, give, hold};
use super::{Decoder, Holds};
use crate::Hint;

/// Documents, whatever stands before their first line.
pub(crate) static DECODER: Decoder = Decoder { name: "pdf", claims, open, tool: None, holds: Holds::Shown };

/// So far down the first line may stand in a file that is called so.
const FRONT: usize = 1024;

/// Of more pages, it is a manual: what it shows as an example is nobody's.
const BOOK: usize = 20;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    let front = head.get(..head.len().min(FRONT)).unwrap_or_default();
    let below = || {
        hint.file_name().to_ascii_lowercase().ends_with(b".pdf")
            && memchr::memmem::find(front, b"%PDF-").is_some()
    };
    head.starts_with(b"%PDF-") || below()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let budget = members.budget();
    let objects = Objects::of(&file, &budget)?;
    if objects.is_encrypted() {
        return Err(Stop::Fault(Unread::Encrypted, "encrypted".into()));
    }
    let mut reader = page::Reader::new(&objects, &budget);
    let pages = objects.pages();
    let is_book = pages.len() > BOOK;
    for (name, page) in pages {
        let text = reader.page(&page)?;
        if is_book {
            say(&format!("{name}.md"), &text, members)?;
            continue;
        }
        say(&name, &text, members)?;
        for table in tables_of(&text) {
            say(&format!("{name}.tsv"), &table, members)?;
        }
    }
    say("strings", &strings::lines(&objects), members)?;
    for stream in objects.streams() {
        if let Some((name, content)) = reader.other(stream)? {
            say(&name, &content, members)?;
        }
    }
    Ok(())
}

/// The tables of a page, as far as their cells stand apart.
fn tables_of(text: &[u8]) -> Vec<Vec<u8>> {
    let mut grid = Grid::default();
    for line in text.split(|b| *b == b'\n') {
        grid.begin_row();
        line.split(|b| *b == b'\t')
            .enumerate()
            .for_each(|(column, cell)| grid.put(column, cell.trim_ascii()));
    }
    grid.tables()
}

fn say(name: &str, text: &[u8], members: &mut dyn Members) -> Result<(), Stop> {
    if text.trim_ascii().is_empty() { Ok(()) } else { give(members, name, &mut &*text).map(drop) }
}

#[cfg(test)]
mod tests;
