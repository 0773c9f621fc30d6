//! The tar headers of the outer archive: enough to know each member's name, kind, place and size.

use tar::{EntryType, Header};

use crate::tar::records;

/// The size of a tar block, in bytes.
pub(in crate::store) const BLOCK: u64 = 512;

/// What extension headers say about the member that follows them (POSIX pax, GNU long names).
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Extension {
    pub(in crate::store) path: Option<Vec<u8>>,
    pub(in crate::store) link: Option<Vec<u8>>,
    pub(in crate::store) size: Option<u64>,
}

impl Extension {
    /// Takes the records of a pax header.
    pub(in crate::store) fn take_pax(&mut self, bytes: &[u8]) {
        for (key, value) in records(bytes).0 {
            match key.as_slice() {
                b"path" => self.path = Some(value),
                b"linkpath" => self.link = Some(value),
                b"size" => self.size = decimal(&value).or(self.size),
                _ => {}
            }
        }
    }

    /// This extension, with `other` where it says nothing.
    pub(in crate::store) fn or(self, other: &Self) -> Self {
        Self {
            path: self.path.or_else(|| other.path.clone()),
            link: self.link.or_else(|| other.link.clone()),
            size: self.size.or(other.size),
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A value that a GNU long name holds, without the zero byte that ends it.
pub(in crate::store) fn until_zero(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|b| *b == 0).next().unwrap_or_default().to_vec()
}

/// How many bytes follow the header. Links, directories and devices have none, whatever their size field says.
pub(in crate::store) fn body_size(header: &Header, extension: &Extension) -> Option<u64> {
    match header.entry_type() {
        EntryType::Link
        | EntryType::Symlink
        | EntryType::Char
        | EntryType::Block
        | EntryType::Directory
        | EntryType::Fifo => Some(0),
        _ => extension.size.or_else(|| header.entry_size().ok()),
    }
}

/// A body's size up to the next header.
pub(in crate::store) fn padded(size: u64) -> Option<u64> {
    size.checked_next_multiple_of(BLOCK)
}

/// A name as text: UTF-8 as it is, any other byte as `\xNN`.
pub(in crate::store) fn readable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    out
}

/// A member's name without `./`, leading and doubled slashes. `..` stays: it is only a name.
pub(in crate::store) fn normal(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

/// The name that a symbolic link in the directory of `name` points to, if it stays inside the archive.
pub(in crate::store) fn relative(name: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
