//! The write-ahead log and the rollback journal of SQLite: rows of every page in them, old versions too, with their columns as
//! far as the log itself or the database beside it says them.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::seam::{Bytes, Members, Stop, Unread, give, hold};
use super::sqlite::{
    Containers, Layout, Page, Pages, Table, Value, definition, line, page_size, values, wants_own_member,
};
use super::{Decoder, Holds};
use crate::Hint;

/// `-wal` and `-journal` files.
pub(crate) static DECODER: Decoder =
    Decoder { name: "sqlite-wal", claims, open, tool: None, holds: Holds::Files };

const JOURNAL: &[u8] = &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// Trees of pages are not deeper.
const DEEPEST: usize = 8;

/// Where a journal has its first page, if it does not say: behind a sector of a disk.
const SECTOR: usize = 512;

fn claims(head: &[u8], hint: &Hint<'_>) -> bool {
    matches!(Bytes(head).u32_be(0), Some(0x377f_0682 | 0x377f_0683))
        || head.starts_with(JOURNAL)
        || hint.path().ends_with(b"-journal") && is_ended(Bytes(head)) && is_page(Bytes(head), SECTOR)
}

/// Whether it is a journal that is kept for the next change: its beginning is zero, and what it held is still there.
fn is_ended(file: Bytes<'_>) -> bool {
    file.has(0, &[0; JOURNAL.len()])
}

/// Whether the number of a page stands there, and then what a page begins with.
fn is_page(file: Bytes<'_>, at: usize) -> bool {
    let numbered = file.u32_be(at).is_some_and(|number| number > 0);
    let start = at.saturating_add(4);
    numbered && (matches!(file.u8(start), Some(2 | 5 | 10 | 13)) || file.has(start, b"SQLite format 3\0"))
}

/// The page size of a journal whose beginning is zero: as far as the next page, or the end.
fn size_of_ended(file: Bytes<'_>) -> Option<u32> {
    let fits = |size: &u32| {
        let next = usize::try_from(*size).ok().and_then(|size| size.checked_add(SECTOR)?.checked_add(8));
        next.is_some_and(|next| next == file.0.len() || is_page(file, next))
    };
    (9..=16).map(|power| 1 << power).find(fits)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let log = Log::of(Bytes(&file)).ok_or_else(|| Stop::damaged("its header is not one of SQLite"))?;
    let budget = members.budget();
    let path = members.path();
    let database = ["-wal", "-journal"].iter().find_map(|end| path.strip_suffix(end));
    let beside = database.and_then(|database| budget.beside().layout(database));
    let columns = Columns { own: log.layout(), beside };
    let mut rows = Rows { records: log.records(), columns, text: Vec::new(), read: 0 };
    give(members, "frames", &mut rows)?;
    for (_, record) in log.records() {
        budget.take(record.len() as u64).map_err(Stop::from)?;
        for value in values(&record) {
            if let Value::Text(value) | Value::Blob(value) = value
                && wants_own_member(value)
            {
                give(members, "frames (value)", &mut &*value)?;
            }
        }
    }
    if log.cut {
        return Err(Stop::Fault(Unread::Truncated, "its last frame is cut".into()));
    }
    Ok(())
}

/// Pages with their numbers, the same page in several versions.
struct Log<'f> {
    file: Bytes<'f>,
    usable: usize,
    frames: Vec<(u32, Range<usize>)>,
    /// Which frames a page has.
    by_page: HashMap<u32, Vec<usize>>,
    cut: bool,
}

impl<'f> Log<'f> {
    fn of(file: Bytes<'f>) -> Option<Self> {
        // A log has a header of 32 bytes, and 24 before each page; a journal a sector, and a number and checksum.
        let (size, start, before, behind) = if file.has(0, JOURNAL) {
            (file.u32_be(24)?, usize::try_from(file.u32_be(20)?).ok()?, 4, 4)
        } else if is_ended(file) {
            let stated = file.u32_be(24).filter(|size| page_size(*size).is_some());
            (stated.or_else(|| size_of_ended(file))?, SECTOR, 4, 4)
        } else {
            (file.u32_be(8)?, 32, 24, 0)
        };
        let size = page_size(size)?;
        let mut log = Self { file, usable: size, frames: Vec::new(), by_page: HashMap::new(), cut: false };
        let mut at = start;
        while let Some(number) = file.u32_be(at) {
            let page = at.checked_add(before)?..at.checked_add(before)?.checked_add(size)?;
            if page.end > file.0.len() {
                log.cut = number != 0;
                break;
            }
            if number != 0 {
                log.by_page.entry(number).or_default().push(log.frames.len());
            }
            at = page.end.checked_add(behind)?;
            log.frames.push((number, page));
        }
        Some(log)
    }

    /// The tables that it defines, and the pages that they have in it.
    fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        let schema = layout.add(Table::schema(), [1]);
        self.spread(&mut layout);
        let mut tables = Vec::new();
        for (_, record) in self.records().filter(|(page, _)| layout.owner(*page) == Some(schema)) {
            tables.extend(definition(&record));
        }
        for (root, table) in tables {
            layout.add(table, [root]);
        }
        self.spread(&mut layout);
        layout
    }

    /// What is under a page belongs to its table.
    fn spread(&self, layout: &mut Layout) {
        for _ in 0..DEEPEST {
            let mut more = false;
            for (frame, (number, _)) in self.frames.iter().enumerate() {
                let view = View { log: self, frame };
                let owner = layout.owner(*number);
                let children = Page::of(&view, *number).filter(|_| owner.is_some()).map(Page::children);
                for child in children.into_iter().flatten() {
                    more |= owner.is_some_and(|table| layout.own(child, table));
                }
            }
            if !more {
                return;
            }
        }
    }

    /// Every record, with the number of its page.
    fn records<'l>(&'l self) -> Box<dyn Iterator<Item = (u32, Vec<u8>)> + 'l> {
        Box::new((0..self.frames.len()).flat_map(move |frame| {
            let number = self.frames.get(frame).map(|(number, _)| *number).unwrap_or_default();
            let view = View { log: self, frame };
            let count = Page::of(&view, number).map(Page::count).unwrap_or_default();
            (0..count).filter_map(move |cell| {
                let view = View { log: self, frame };
                Some((number, Page::of(&view, number)?.record(&view, cell)?.1))
            })
        }))
    }
}

/// The pages as they were about a frame: of several versions, the nearest.
struct View<'l> {
    log: &'l Log<'l>,
    frame: usize,
}

impl Pages for View<'_> {
    fn page(&self, number: u32) -> Option<&[u8]> {
        let versions = self.log.by_page.get(&number)?;
        let after = versions.partition_point(|version| *version < self.frame);
        let around = [versions.get(after), after.checked_sub(1).and_then(|before| versions.get(before))];
        let nearest = around.into_iter().flatten().min_by_key(|version| version.abs_diff(self.frame))?;
        self.log.file.0.get(self.log.frames.get(*nearest)?.1.clone())
    }

    fn usable(&self) -> usize {
        self.log.usable
    }

    fn total(&self) -> usize {
        self.log.file.0.len()
    }
}

/// Where the columns of a page are known from.
struct Columns {
    own: Layout,
    beside: Option<Arc<Layout>>,
}

impl Columns {
    fn of(&self, page: u32, record: &[u8]) -> &[String] {
        let count = values(record).count();
        let all = [Some(&self.own), self.beside.as_deref()];
        let known = |layout: &&Layout| layout.owner(page).is_some();
        let layouts = || all.into_iter().flatten();
        let layout = layouts().find(known).or_else(|| layouts().next_back());
        layout.map(|layout| layout.columns(page, count)).unwrap_or_default()
    }
}

struct Rows<'l> {
    records: Box<dyn Iterator<Item = (u32, Vec<u8>)> + 'l>,
    columns: Columns,
    text: Vec<u8>,
    read: usize,
}

impl Read for Rows<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.text.len() {
            self.text.clear();
            self.read = 0;
            let Some((page, record)) = self.records.next() else { return Ok(0) };
            line(&record, (self.columns.of(page, &record), Containers::Apart), &mut self.text);
        }
        let mut ready = self.text.get(self.read..).unwrap_or_default();
        let count = ready.read(buffer)?;
        self.read = self.read.saturating_add(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::tests::{database, leaf, overflow, schema};
    use super::*;
    use crate::decode::Budget;
    use crate::decode::seam::law;

    fn frames(pages: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut file =
            [&0x377f_0682_u32.to_be_bytes()[..], &[0; 4], &512_u32.to_be_bytes(), &[0; 20]].concat();
        for (number, page) in pages {
            file.extend([&number.to_be_bytes()[..], &[0; 20], page].concat());
        }
        file
    }

    #[test]
    fn rows_of_every_version_are_read_across_pages() {
        let long = "v".repeat(700);
        let (first, rest) = overflow(&long, 9);
        let file =
            frames(&[(2, leaf(0, &["old version"])), (2, first), (9, rest), (2, leaf(0, &["new version"]))]);
        law::holds(&DECODER, &file, &[("frames", format!("old version\n{long}\nnew version\n").as_bytes())]);
    }

    #[test]
    fn journals_are_read_too() {
        let mut file = [JOURNAL, &[0; 12], &512_u32.to_be_bytes()[..], &512_u32.to_be_bytes()].concat();
        file.resize(512, 0);
        file.extend([&3_u32.to_be_bytes()[..], &leaf(0, &["before the change"]), &[0; 4]].concat());
        law::holds(&DECODER, &file, &[("frames", b"before the change\n")]);
    }

    #[test]
    fn journals_that_are_kept_for_the_next_change_are_read() {
        let mut file = vec![0; 512];
        file.extend([&3_u32.to_be_bytes()[..], &leaf(0, &["before the change"]), &[0; 4]].concat());
        assert!(claims(&file, &Hint::File(b"a.db-journal")) && !claims(&file, &Hint::File(b"a.img")));
        assert_eq!(law::see(&DECODER, &file).of("frames"), b"before the change\n");
        law::changes_are_survived(&DECODER, &file);
    }

    #[test]
    fn rows_have_the_columns_that_the_log_defines() {
        let defined = schema("CREATE TABLE t (password TEXT)");
        let file = frames(&[(1, defined), (2, leaf(0, &["the value"]))]);
        let told = "table\nt\nt\nCREATE TABLE t (password TEXT)\npassword=the value\n";
        law::holds(&DECODER, &file, &[("frames", told.as_bytes())]);
        law::changes_are_survived(&DECODER, &file);
    }

    /// A receiver at a path.
    struct At(&'static str, law::Seen, Budget);

    impl Members for At {
        fn member(&mut self, name: &str, body: &mut dyn Read) -> std::ops::ControlFlow<()> {
            self.1.member(name, body)
        }

        fn unread(&mut self, name: &str, why: Unread, detail: &str) {
            self.1.unread(name, why, detail);
        }

        fn budget(&self) -> Budget {
            self.2.clone()
        }

        fn path(&self) -> String {
            self.0.to_owned()
        }
    }

    #[test]
    fn rows_have_the_columns_that_the_database_beside_the_log_has() {
        let (file, log) = (
            database("CREATE TABLE t (password TEXT)", &[leaf(0, &["x"])]),
            frames(&[(2, leaf(0, &["new"]))]),
        );
        let told = |path: &'static str, budget: Budget| {
            let mut at = At(path, law::Seen::default(), budget);
            DECODER.open(&mut log.as_slice(), &mut at);
            String::from_utf8_lossy(at.1.of("frames")).into_owned()
        };
        let budget = Budget::default();
        super::super::sqlite::DECODER
            .open(&mut file.as_slice(), &mut At("a/x.db", law::Seen::default(), budget.clone()));
        assert_eq!(told("a/x.db-wal", budget.clone()), "password=new\n");
        assert_eq!(told("b/x.db-wal", budget.clone()), "new\n");
        assert_eq!(told("a/x.db-wal", budget.for_layer()), "new\n");
    }

    #[test]
    fn any_cut_is_survived() {
        let file = frames(&[(2, leaf(0, &["old version", "another"]))]);
        law::changes_are_survived(&DECODER, &file);
        assert_eq!(law::see(&DECODER, &file[..100]).unread.len(), 1);
    }
}
