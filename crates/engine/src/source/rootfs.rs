//! `rootfs:DIR`: a directory tree, such as a root file system that was mounted or exported.
//!
//! It is only read: symbolic links are text and are not followed, devices and sockets have no content, other file
//! systems mounted below it are named as gaps. Extended attributes are not read.

use std::collections::HashMap;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tightlip_image::{Entry, EntryKind, Problem, ProblemKind, Visit as _};
use tightlip_report::{Exposure, Place, Surface, readable};

use super::{Harvest, Source, SourceError};
use crate::blob::Lens;
use crate::layer::LayerReader;
use crate::recover::{of_file, quote};
use crate::sighting::{Eye, Sighting};
use crate::surface::With;
use crate::vault::Mask;

pub(super) static SOURCE: Source = Source {
    scheme: "rootfs",
    summary: "a directory tree: rootfs:DIR",
    sniff: |_| None,
    read,
    exposure: Exposure::Visible,
    place,
    recover,
};

fn read(path: &Path, lens: &Lens<'_>) -> Result<Harvest, SourceError> {
    let wrong = |source| SourceError::Read { path: path.to_owned(), source };
    if !path.exists() {
        return Err(SourceError::NoSuchFile { path: path.to_owned() });
    }
    if !path.is_dir() {
        return Err(SourceError::NotADirectory { path: path.to_owned() });
    }
    let device = facts(&fs::metadata(path).map_err(wrong)?).device;
    let budget = lens.budget.for_layer();
    let with = With { budget: &budget, ..lens.with() };
    let reader = LayerReader::new(with, Eye::new(lens.key, lens.vault), lens.watch);
    let mut tree = Tree { root: path, device, reader, links: HashMap::new(), entries: 0, bytes: 0 };
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        if tree.folder(&folder, &mut folders).is_break() {
            tree.problem(&folder, ProblemKind::Limit, "time: the run was ended early".to_owned());
            break;
        }
    }
    tree.reader.finish();
    let Tree { reader, entries, bytes, .. } = tree;
    let read = tightlip_report::Read {
        entries,
        bytes,
        decoded_bytes: reader.decoded,
        ..tightlip_report::Read::default()
    };
    let LayerReader { eye, problems, shipped, .. } = reader;
    Ok(Harvest { seen: eye.seen, blind: eye.blind, problems, read, shipped })
}

/// A tree under way.
struct Tree<'t> {
    root: &'t Path,
    /// The file system that the root lies in.
    device: u64,
    reader: LayerReader<'t, 't>,
    /// Files with several names: the first name of each.
    links: HashMap<(u64, u64), Vec<u8>>,
    entries: u64,
    bytes: u64,
}

impl Tree<'_> {
    /// Reads what lies in a folder; folders in it are for later.
    fn folder(&mut self, folder: &Path, folders: &mut Vec<PathBuf>) -> ControlFlow<()> {
        let listed = fs::read_dir(self.root.join(folder)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut listed = match listed {
            Ok(listed) => listed,
            Err(error) => {
                self.problem(folder, ProblemKind::Unreadable, format!("cannot list the directory: {error}"));
                return ControlFlow::Continue(());
            }
        };
        listed.sort_by_key(DirEntry::file_name);
        for item in listed {
            let path = folder.join(item.file_name());
            match item.metadata() {
                Ok(metadata) => self.item(&path, &metadata, folders),
                Err(error) => self.problem(&path, ProblemKind::Unreadable, error.to_string()),
            }
            self.reader.progress(self.bytes)?;
        }
        ControlFlow::Continue(())
    }

    fn item(&mut self, path: &Path, metadata: &Metadata, folders: &mut Vec<PathBuf>) {
        self.entries += 1;
        let facts = facts(metadata);
        let mut entry = entry(path, metadata, &facts);
        if facts.links > 1 && entry.kind == EntryKind::File {
            let name = self.links.entry((facts.device, facts.number)).or_insert_with(|| entry.name.clone());
            if *name != entry.name {
                entry.kind = EntryKind::HardLink;
                entry.link = Some(name.clone());
                // Its bytes come with the first name.
                entry.size = 0;
            }
        }
        match entry.kind {
            EntryKind::Symlink => match fs::read_link(self.root.join(path)) {
                Ok(target) => entry.link = Some(target.into_os_string().into_encoded_bytes()),
                Err(error) => {
                    self.problem(path, ProblemKind::Unreadable, format!("cannot read the link: {error}"))
                }
            },
            EntryKind::Directory if facts.device != self.device => {
                let detail = "another file system is mounted here (limit `one-file-system`): scan it as rootfs: of its own";
                self.problem(path, ProblemKind::Limit, detail.to_owned());
            }
            EntryKind::Directory => folders.push(path.to_owned()),
            EntryKind::File => return self.file(path, &mut entry, &facts),
            _ => {}
        }
        self.reader.entry(&entry, &mut io::empty());
    }

    fn file(&mut self, path: &Path, entry: &mut Entry, expected: &Facts) {
        let opened = File::open(self.root.join(path)).and_then(|file| {
            let now = facts(&file.metadata()?);
            // Somebody put another file, or a link to one, in its place since it was listed.
            let same = (now.device, now.number) == (expected.device, expected.number);
            if same { Ok(file) } else { Err(io::Error::other("it was replaced while it was read")) }
        });
        let (mut body, fault): (Box<dyn Read>, _) = match opened {
            Ok(file) => (Box::new(file), None),
            Err(error) => (Box::new(io::empty()), Some(error)),
        };
        let mut body = Body { file: body.as_mut(), read: 0, fault };
        // The length is known once it was read: files of the kernel state none.
        entry.size = entry.size.max(1);
        self.reader.entry(entry, &mut body);
        self.bytes += body.read;
        let (read, fault) = (body.read, body.fault);
        if let Some(error) = fault {
            let mut problem = Problem::new(ProblemKind::Unreadable, readable(&entry.path), error.to_string());
            problem.bytes = expected.size.checked_sub(read);
            self.reader.problem(problem);
        }
    }

    fn problem(&mut self, path: &Path, kind: ProblemKind, detail: String) {
        let path = readable(path.as_os_str().as_encoded_bytes());
        self.reader.problem(Problem::new(kind, path, detail));
    }
}

/// A file's content, which remembers how reading ended.
struct Body<'b> {
    file: &'b mut dyn Read,
    read: u64,
    fault: Option<io::Error>,
}

impl Read for Body<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.file.read(out) {
            Ok(count) => {
                self.read += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            // What was read so far is looked through; the tree tells the rest.
            Err(error) => {
                self.fault = Some(error);
                Ok(0)
            }
        }
    }
}

/// What tells one file from another.
struct Facts {
    device: u64,
    number: u64,
    links: u64,
    size: u64,
}

#[cfg(unix)]
fn facts(metadata: &Metadata) -> Facts {
    use std::os::unix::fs::MetadataExt as _;
    Facts { device: metadata.dev(), number: metadata.ino(), links: metadata.nlink(), size: metadata.size() }
}

#[cfg(not(unix))]
fn facts(metadata: &Metadata) -> Facts {
    Facts { device: 0, number: 0, links: 1, size: metadata.len() }
}

/// The entry that a layer would have for it. Names that look like whiteouts hide nothing here: they are files.
fn entry(path: &Path, metadata: &Metadata, facts: &Facts) -> Entry {
    let mut entry = Entry::new(path.as_os_str().as_encoded_bytes(), kind(metadata));
    if entry.kind == EntryKind::File {
        entry.size = facts.size;
    }
    entry
}

#[cfg(unix)]
fn kind(metadata: &Metadata) -> EntryKind {
    use std::os::unix::fs::FileTypeExt as _;
    let of = metadata.file_type();
    match () {
        () if of.is_file() => EntryKind::File,
        () if of.is_dir() => EntryKind::Directory,
        () if of.is_symlink() => EntryKind::Symlink,
        () if of.is_fifo() => EntryKind::Fifo,
        () if of.is_char_device() => EntryKind::CharDevice,
        () if of.is_block_device() => EntryKind::BlockDevice,
        () => EntryKind::Other(b's'),
    }
}

#[cfg(not(unix))]
fn kind(metadata: &Metadata) -> EntryKind {
    let of = metadata.file_type();
    match () {
        () if of.is_file() => EntryKind::File,
        () if of.is_dir() => EntryKind::Directory,
        () if of.is_symlink() => EntryKind::Symlink,
        () => EntryKind::Other(b's'),
    }
}

fn place(sighting: &Sighting, _: &Path, place: &mut Place, mask: &Mask) {
    place.path = Some(mask.name(&readable(&sighting.at)));
    place.member = sighting.member.as_deref().map(|member| mask.name(member));
    place.line = (sighting.surface == Surface::File).then_some(sighting.line);
    place.offset = Some(sighting.offset);
}

fn recover(sighting: &Sighting, root: &Path) -> String {
    let mut path = root.as_os_str().as_encoded_bytes().to_vec();
    path.push(b'/');
    path.extend_from_slice(&sighting.stored_name);
    let path = quote(&path);
    match sighting.surface {
        Surface::File => format!("cat -- {path}{}", of_file(sighting)),
        _ => format!("ls -ld -- {path}"),
    }
}
