//! SquashFS images (snaps, AppImages): every file by its path, version 4 (`Documentation/filesystems/squashfs.rst`).
//!
//! Read here and not by a library: the one that is kept builds all tables of an image in memory before it tells of
//! anything, which an image of a few bytes can make as large as it likes.

mod image;
mod inode;

use std::collections::HashSet;
use std::io::Read;

use super::seam::{Bytes, Ending, Limit, Members, Stop, Unread, give, hold, leave, unpack};
use super::{Decoder, Holds};
use crate::Hint;
use image::Image;
use inode::{Body, Content, Inode};

/// SquashFS, version 4.
pub(crate) static DECODER: Decoder =
    Decoder { name: "squashfs", claims, open, tool: None, holds: Holds::Files };

/// Directories in directories are entered so deep.
const DEPTH: usize = 256;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"hsqs") && Bytes(head).u16_le(28) == Some(4)
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let mut image = Image::new(Bytes(&file), members.budget())?;
    let root = image.root;
    let mut seen = HashSet::from([root]);
    // Directories to be read, the next one last.
    let mut open = vec![(String::new(), root, 0_usize)];
    while let Some((path, directory, depth)) = open.pop() {
        let listed = match image.inode(directory).and_then(|inode| image.list(&inode)) {
            Ok(listed) => listed,
            Err(stop) => {
                told(stop, &path, members)?;
                continue;
            }
        };
        let mut inner = Vec::new();
        for (name, reference) in listed {
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            match image.inode(reference) {
                Ok(Inode { content: Content::Directory { .. }, .. }) => {
                    // A directory that holds itself is damage, not a loop.
                    if depth >= DEPTH || !seen.insert(reference) {
                        leave(members, &path, Unread::Damaged, "a directory that is in itself, or too deep")?;
                    } else {
                        inner.push((path, reference, depth.saturating_add(1)));
                    }
                }
                Ok(inode) => one(&mut image, &path, inode, members)?,
                Err(stop) => told(stop, &path, members)?,
            }
        }
        open.extend(inner.into_iter().rev());
    }
    attributes(&mut image, members)
}

/// What is wrong with one of them is told; only limits of the image end it.
fn told(stop: Stop, path: &str, members: &mut dyn Members) -> Result<(), Stop> {
    match stop {
        Stop::Fault(why, detail) => {
            leave(members, path, why, &detail)?;
            if why == Unread::Limit(Limit::Decoded) { Err(Stop::Enough) } else { Ok(()) }
        }
        Stop::Enough => Err(stop),
    }
}

fn one(image: &mut Image<'_>, path: &str, inode: Inode, members: &mut dyn Members) -> Result<(), Stop> {
    match inode.content {
        Content::File(file) => {
            let taken = std::cell::Cell::new(0);
            let mut body = Body::new(image, file, &taken);
            unpack(members, path, &mut body, &taken).map(drop)
        }
        Content::Link(target) => give(members, path, &mut target.as_slice()).map(drop),
        Content::Directory { .. } | Content::Other => Ok(()),
    }
}

/// Names and values of extended attributes, as they stand in their table.
fn attributes(image: &mut Image<'_>, members: &mut dyn Members) -> Result<(), Stop> {
    match image.attributes() {
        Ok(None) => Ok(()),
        Ok(Some(table)) => {
            let ending = give(members, "extended attributes", &mut table.as_slice())?;
            if ending == Ending::Broken { Err(Stop::Enough) } else { Ok(()) }
        }
        Err(stop) => told(stop, "extended attributes", members),
    }
}

#[cfg(test)]
mod tests;
