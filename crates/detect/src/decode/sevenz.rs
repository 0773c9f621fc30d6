//! 7z: every entry, block by block, so that one bad block does not hide the others.

mod simple;

use std::cell::Cell;
use std::io::{Cursor, Read};

use sevenz_rust2::{Archive, BlockDecoder, Error, Password};

use super::seam::{Ending, Limit, Members, Stop, Unread, drain, hold, leave, unpack};
use super::{Decoder, Holds};
use crate::Hint;

/// 7z with LZMA, LZMA2, bzip2, PPMd and LZ4, and the filters before them; Zstandard, deflate and deflate64 without.
pub(crate) static DECODER: Decoder = Decoder { name: "7z", claims, open, tool: None, holds: Holds::Files };

/// Memory for dictionaries, in KiB.
const MEMORY: usize = 192 << 10;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"7z\xbc\xaf\x27\x1c")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let file = hold(body, members)?;
    let mut file = Cursor::new(file.as_slice());
    let archive =
        Archive::read_with_memory_limit(&mut file, &Password::empty(), MEMORY).map_err(|e| stop(&e))?;
    locked(&archive, members)?;
    for block in 0..archive.blocks.len() {
        let encrypted = archive.stream_map.file_block_index.iter().position(|of| *of == Some(block));
        if !encrypted.is_some_and(|file| archive.is_file_encrypted(file)) {
            match simple::Block::of(&archive, block, file.get_ref()) {
                Some(simple) => simple.open(members)?,
                None => one_block(&archive, block, &mut file, members)?,
            }
        }
    }
    Ok(())
}

/// Tells of the entries that only a password opens.
fn locked(archive: &Archive, members: &mut dyn Members) -> Result<(), Stop> {
    for (index, entry) in archive.files.iter().enumerate() {
        if entry.has_stream && archive.is_file_encrypted(index) {
            leave(members, &entry.name, Unread::Encrypted, "encrypted")?;
        }
    }
    Ok(())
}

fn one_block(
    archive: &Archive,
    block: usize,
    file: &mut Cursor<&[u8]>,
    members: &mut dyn Members,
) -> Result<(), Stop> {
    let taken = Cell::new(file.get_ref().len() as u64);
    let password = Password::empty();
    let mut ended = Ok(());
    let decoder = BlockDecoder::new_with_memory_limit(1, MEMORY, block, archive, &password, file);
    let outcome = decoder.for_each_entries(&mut |entry: &sevenz_rust2::ArchiveEntry, body: &mut dyn Read| {
        match unpack(members, &entry.name, body, &taken) {
            // The library would do this without a limit.
            Ok(Ending::Well) => match drain(body, &members.budget(), taken.get()) {
                Err(stop @ (Stop::Fault(Unread::Limit(_), _) | Stop::Enough)) => {
                    ended = Err(stop);
                    Ok(false)
                }
                Ok(()) | Err(Stop::Fault(..)) => Ok(true),
            },
            // The decoder would go on to the next entry from the middle of this one.
            Ok(Ending::Broken) => Ok(false),
            Err(stop) => {
                ended = Err(stop);
                Ok(false)
            }
        }
    });
    ended?;
    if let Err(error) = outcome
        && let Stop::Fault(why, detail) = stop(&error)
    {
        members.unread(&format!("block {block}"), why, &detail);
    }
    Ok(())
}

/// The library's errors may quote names; what is told keeps to the kind.
fn stop(error: &Error) -> Stop {
    let (why, detail) = match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => (Unread::Encrypted, "encrypted"),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => {
            (Unread::Encrypted, "encrypted")
        }
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => {
            (Unread::Unsupported, "a method that is not read")
        }
        Error::UnsupportedVersion { .. } => (Unread::Unsupported, "a version that is not read"),
        Error::MaxMemLimited { .. } => return Limit::Held.into(),
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => {
            (Unread::Damaged, "its checksum does not hold")
        }
        _ => (Unread::Damaged, "it is cut or damaged"),
    };
    Stop::Fault(why, detail.into())
}

#[cfg(test)]
mod tests {
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter};

    use super::*;
    use crate::decode::seam::law;

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
        for (name, content) in entries {
            writer.push_archive_entry(ArchiveEntry::new_file(name), Some(*content)).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_are_members() {
        let file = archive(&[("config/app.ini", b"first"), ("other", b"second second")]);
        law::holds(&DECODER, &file, &[("config/app.ini", b"first"), ("other", b"second second")]);
    }

    #[test]
    fn a_bomb_hits_the_ratio() {
        law::bomb_is_stopped(&DECODER, &archive(&[("zeros", &vec![0; 8 << 20])]));
    }

    #[test]
    fn any_cut_is_told() {
        law::cuts_are_told(&DECODER, &archive(&[("config/app.ini", b"first")]));
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &archive(&[("config/app.ini", b"first")]));
    }
}
