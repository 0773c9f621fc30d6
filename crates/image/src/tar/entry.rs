//! One thing in one layer, as the tar stream says it.

use super::pax::Record;

/// A tar entry. Its names are bytes: tar knows no encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name exactly as written (the one that counts, if there are several).
    pub name: Vec<u8>,
    /// The name as a label: see [`normalise`]. Empty for the root.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
    /// Target of a symbolic or hard link, exactly as written. A field that is set is given for other kinds too.
    pub link: Option<Vec<u8>>,
    /// Bytes of the body as stored in the archive (a sparse file's holes are not).
    pub size: u64,
    /// Permission bits and whatever else the field holds.
    pub mode: u32,
    /// Numeric owner.
    pub uid: u64,
    /// Numeric group.
    pub gid: u64,
    /// Name of the owner.
    pub user: Vec<u8>,
    /// Name of the group.
    pub group: Vec<u8>,
    /// Seconds since 1970.
    pub mtime: i64,
    /// PAX records written for this entry, extended attributes (`SCHILY.xattr.…`) included, in their order.
    /// A global header is an entry of its own (kind `Other(b'g')`) with its records here: they are given once,
    /// not again with every entry that follows, which a hostile archive could make endless.
    pub pax: Vec<Record>,
    /// Offset in the tar stream of its first header block, extension headers included.
    pub header_offset: u64,
    /// Offset in the tar stream of its body.
    pub body_offset: u64,
    /// Whether the body is a sparse file's map and fragments.
    pub sparse: bool,
    /// Whether it stands behind end-of-archive blocks, where most readers never look.
    pub after_end: bool,
}

impl Entry {
    /// One of which only the name is known.
    #[must_use]
    pub fn new(name: &[u8], kind: EntryKind) -> Self {
        Self {
            name: name.to_vec(),
            path: normalise(name),
            kind,
            link: None,
            size: 0,
            mode: 0,
            uid: 0,
            gid: 0,
            user: Vec::new(),
            group: Vec::new(),
            mtime: 0,
            pax: Vec::new(),
            header_offset: 0,
            body_offset: 0,
            sparse: false,
            after_end: false,
        }
    }
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// Another name of a file.
    HardLink,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// `.wh.NAME`: hides something of the layers below.
    Whiteout {
        /// The normalised path that it hides.
        hides: Vec<u8>,
    },
    /// `.wh..wh..opq`: hides everything that the layers below have in a directory.
    Opaque {
        /// The normalised path of the directory.
        directory: Vec<u8>,
    },
    /// Any other type flag.
    Other(u8),
}

const WHITEOUT: &[u8] = b".wh.";
/// AUFS keeps its own bookkeeping under such names; only [`OPAQUE`] means something here.
const AUFS: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// A name as a label: no `/` in front or behind, no empty and no `.` parts. `..` stays: nothing is ever written to
/// disk, so no path can escape.
pub fn normalise(name: &[u8]) -> Vec<u8> {
    let parts = name.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".");
    let mut path = Vec::with_capacity(name.len());
    for part in parts {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(part);
    }
    path
}

/// The kind by type flag and name.
pub(super) fn kind(flag: u8, name: &[u8], path: &[u8]) -> EntryKind {
    whiteout(path).unwrap_or(match flag {
        // v7 has no flag for directories.
        0 | b'0' if name.ends_with(b"/") => EntryKind::Directory,
        0 | b'0' | b'7' | b'S' => EntryKind::File,
        b'1' => EntryKind::HardLink,
        b'2' => EntryKind::Symlink,
        b'3' => EntryKind::CharDevice,
        b'4' => EntryKind::BlockDevice,
        b'5' | b'D' => EntryKind::Directory,
        b'6' => EntryKind::Fifo,
        other => EntryKind::Other(other),
    })
}

/// Whiteouts are recognised by name alone, whatever the type flag says: so do the runtimes.
fn whiteout(path: &[u8]) -> Option<EntryKind> {
    let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (directory, base) = path.split_at(start);
    if base == OPAQUE {
        return Some(EntryKind::Opaque { directory: normalise(directory) });
    }
    let hidden = base.strip_prefix(WHITEOUT)?;
    if base.starts_with(AUFS) || is_empty_whiteout(path) {
        return None;
    }
    Some(EntryKind::Whiteout { hides: [directory, hidden].concat() })
}

/// Whether it looks like a whiteout and hides nothing: `.wh.`, `.wh..` and `.wh...`.
pub(super) fn is_empty_whiteout(path: &[u8]) -> bool {
    let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    matches!(base.strip_prefix(WHITEOUT), Some(b"" | b"." | b".."))
}
