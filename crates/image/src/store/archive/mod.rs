//! A tar archive as a store: its members by name, or by digest where they lie in `blobs/`.
//!
//! The archive is indexed in one pass and never unpacked, so absolute names and `..` are only names. If the archive
//! itself is compressed (`docker save x | gzip`), each blob is read by decompressing up to it again: slow, but it
//! takes no disk and a bounded amount of memory; small members are kept from the first pass.

pub(in crate::store) mod header;
mod index;
mod input;
mod packing;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use self::index::{Body, Index, Kept, Member};
use self::input::{Exactly, Input};
use super::{BlobId, Entrance, Location, Store, StoreError, entrance_of};
use crate::{Problem, ProblemKind};

pub use self::index::{Passing, Show};
pub use self::input::Pipe;
pub(crate) use self::packing::Packing;
pub use self::packing::unpacked;

/// The longest chain of links that is followed.
const MAX_LINKS: usize = 40;

/// The members of a tar archive.
pub struct Archive {
    input: Input,
    packing: Packing,
    members: Vec<Member>,
    ids: BTreeMap<BlobId, usize>,
    problems: Vec<Problem>,
}

impl Archive {
    /// Indexes the archive at this path, compressed or not.
    ///
    /// # Errors
    /// When the file cannot be read. A file that is no archive, or ends too early, is indexed as far as it goes.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::index(Input::File(path.to_owned()))
    }

    /// Indexes an archive in memory.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, StoreError> {
        Self::index(Input::Bytes(bytes.into()))
    }

    /// Indexes an archive that comes through a pipe and comes only once, compressed or not. Documents are kept; all
    /// else is shown to `show` as it passes and cannot be opened afterwards.
    ///
    /// # Errors
    /// When not even its first bytes can be read.
    pub fn pass(pipe: &Pipe, mut stream: impl Read + Send, show: &mut Show<'_>) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Read { what: pipe.name.clone(), source };
        let mut head = Vec::new();
        (&mut stream).take(6).read_to_end(&mut head).map_err(failed)?;
        let packing = Packing::of_head(&head);
        let mut bytes = packing.unpack(head.as_slice().chain(stream)).map_err(failed)?;
        let Index { members, mut problems } = Index::of_pipe(&mut bytes, show);
        for problem in &mut problems {
            problem.what.clone_from(&pipe.name);
        }
        let ids = ids(&members);
        Ok(Self { input: Input::Passed(pipe.clone()), packing, members, ids, problems })
    }

    /// Indexes an archive that came through a pipe and was put into a file that has no name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn kept(pipe: Pipe, file: File) -> Result<Self, StoreError> {
        Self::index(Input::Kept(Arc::new(file), pipe))
    }

    /// The blob that a member of [`Archive::pass`] is.
    #[must_use]
    pub fn blob_at(&self, member: usize) -> Option<BlobId> {
        self.ids.iter().find(|(_, at)| **at == member).map(|(id, _)| id.clone())
    }

    fn index(input: Input) -> Result<Self, StoreError> {
        let name = input.to_string();
        let failed = |source| StoreError::Read { what: name.clone(), source };
        let mut opened = input.open().map_err(failed)?;
        let packing = Packing::of(&mut opened).map_err(failed)?;
        let Index { members, mut problems } = match packing {
            Packing::None => Index::of_file(&mut opened).map_err(failed)?,
            packed => Index::of_stream(&mut packed.unpack(opened).map_err(failed)?),
        };
        for problem in &mut problems {
            problem.what.clone_from(&name);
        }
        let ids = ids(&members);
        Ok(Self { input, packing, members, ids, problems })
    }

    /// Whether a member of this name is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.member(&BlobId::at(name)).is_some()
    }

    /// Whether not even one member could be read.
    #[must_use]
    pub(super) fn is_no_archive(&self) -> bool {
        !self.members.iter().any(|m| m.is_named())
    }

    /// Whether the archive ends before its end.
    #[must_use]
    pub(super) fn is_cut(&self) -> bool {
        self.problems.iter().any(|p| p.kind == ProblemKind::Truncated)
    }

    /// Whether a layer lies there under the name that `docker save` gives it.
    #[must_use]
    pub(super) fn has_layer(&self) -> bool {
        self.members.iter().any(|m| m.name.ends_with("/layer.tar"))
    }

    /// Whether a blob lies there under its digest.
    #[must_use]
    pub(super) fn has_blob(&self) -> bool {
        self.ids.keys().any(|id| matches!(id, BlobId::Digest(_)))
    }

    fn member(&self, blob: &BlobId) -> Option<&Member> {
        let id = self.end_of_links(blob)?;
        self.members.get(*self.ids.get(&id)?)
    }

    /// Follows links among the members, and nowhere else.
    fn end_of_links(&self, blob: &BlobId) -> Option<BlobId> {
        let mut id = blob.clone();
        for _ in 0..MAX_LINKS {
            let next = match self.ids.get(&id).and_then(|at| self.members.get(*at)) {
                Some(Member { body: Body::File { .. }, .. }) => return Some(id),
                Some(member) => member.target()?,
                None => self.through_linked_directory(&id)?,
            };
            id = BlobId::at(&next);
        }
        None
    }

    /// The name with its first linked directory replaced by what it points to.
    fn through_linked_directory(&self, id: &BlobId) -> Option<String> {
        let name = id.path();
        name.match_indices('/').take(MAX_LINKS).find_map(|(at, _)| {
            let (directory, rest) = name.split_at_checked(at)?;
            let member = self.members.get(*self.ids.get(&BlobId::at(directory))?)?;
            Some(member.target()? + rest)
        })
    }

    fn body_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        let mut opened = self.input.open()?;
        if matches!(self.packing, Packing::None) {
            io::Seek::seek(&mut opened, SeekFrom::Start(offset))?;
            return Ok(Box::new(opened));
        }
        let mut stream = self.packing.unpack(opened)?;
        let skipped = io::copy(&mut (&mut stream).take(offset), &mut io::sink())?;
        if skipped < offset {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(stream)
    }
}

/// Gives every file an id. Of members with one name the last counts, as it does for whoever unpacks the archive; the
/// earlier ones get an id that no name has, because they are read all the same.
fn ids(members: &[Member]) -> BTreeMap<BlobId, usize> {
    let mut ids = BTreeMap::new();
    let mut earlier = Vec::new();
    for (at, member) in members.iter().enumerate() {
        if let Some(before) = ids.insert(BlobId::at(&member.name), at) {
            earlier.push(before);
        }
    }
    for at in earlier {
        let Some(member) = members.get(at).filter(|m| matches!(m.body, Body::File { .. })) else { continue };
        let mut name = format!("{} (member {at})", member.name);
        while ids.contains_key(&BlobId::at(&name)) {
            name.push('+');
        }
        ids.insert(BlobId::Name(name), at);
    }
    ids
}

impl Store for Archive {
    fn entrance(&self) -> Result<Entrance, StoreError> {
        entrance_of(self)
    }

    fn open(&self, blob: &BlobId) -> Result<Box<dyn Read + Send + '_>, StoreError> {
        let store = self.input.to_string();
        let missing = || StoreError::Missing { blob: blob.clone(), store };
        let member = self.member(blob).ok_or_else(missing)?;
        let Body::File { offset, size, kept } = &member.body else {
            return Ok(Box::new(io::empty()));
        };
        if let Kept::Whole(bytes) = kept {
            return Ok(Box::new(bytes.as_slice()));
        }
        match self.body_at(*offset) {
            Ok(body) => Ok(Box::new(Exactly::new(body, *size))),
            Err(source) => Err(StoreError::Read { what: format!("{blob} in {}", self.input), source }),
        }
    }

    fn size(&self, blob: &BlobId) -> Option<u64> {
        match self.member(blob)?.body {
            Body::File { size, .. } => Some(size),
            _ => None,
        }
    }

    fn blobs(&self) -> Vec<BlobId> {
        let is_file = |at: &usize| self.members.get(*at).is_some_and(|m| matches!(m.body, Body::File { .. }));
        self.ids.iter().filter(|(_, at)| is_file(at)).map(|(id, _)| id.clone()).collect()
    }

    fn resolve(&self, blob: &BlobId) -> Option<BlobId> {
        self.end_of_links(blob)
    }

    fn head(&self, blob: &BlobId) -> Option<Vec<u8>> {
        if let Body::File { kept: Kept::Head(head), .. } = &self.member(blob)?.body {
            return Some(head.clone());
        }
        let mut head = Vec::new();
        self.open(blob).ok()?.take(512).read_to_end(&mut head).ok()?;
        Some(head)
    }

    fn locate(&self, blob: &BlobId) -> Option<Location> {
        let member = self.member(blob)?;
        let plain = matches!(self.packing, Packing::None) && !member.is_named();
        if let (true, Input::File(path), Body::File { offset, .. }) = (plain, &self.input, &member.body) {
            return Some(Location::End { path: path.clone(), offset: *offset });
        }
        let member = Some(member).filter(|member| member.is_named())?;
        let same: Vec<&Member> = self.members.iter().filter(|m| m.raw == member.raw).collect();
        let occurrence = same.iter().position(|m| std::ptr::eq(*m, member)).map(|at| at + 1);
        let occurrence = occurrence.filter(|_| same.len() > 1);
        let name = member.raw.clone();
        match &self.input {
            Input::File(path) => {
                Some(Location::ArchiveMember { archive: path.clone(), member: name, occurrence })
            }
            Input::Passed(pipe) | Input::Kept(_, pipe) => {
                Some(Location::PipeMember { command: pipe.command.clone(), member: name, occurrence })
            }
            Input::Bytes(_) => None,
        }
    }

    fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }
}

#[cfg(test)]
mod tests;
