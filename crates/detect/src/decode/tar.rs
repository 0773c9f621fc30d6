//! tar: every entry, the targets of links, extended records, and what stands behind the end marker.

use std::io::Read;

use tar::Header;

use super::seam::{Bytes, Ending, Exactly, Members, Stop, fill, flat, give, skip, text};
use super::{Decoder, Holds};
use crate::Hint;

/// tar in the forms v7, ustar, GNU and pax.
pub(crate) static DECODER: Decoder =
    Decoder { name: "tar", claims, open, tool: Some("tar -xO -- {member}"), holds: Holds::Stored };

const BLOCK: usize = 512;
/// The longest name, link target or set of extended records that is understood; a longer one is only handed over.
const LONGEST: u64 = 1 << 20;
/// Records that say nothing beyond the entry's own header.
const USUAL: [&[u8]; 9] =
    [b"path", b"linkpath", b"size", b"mtime", b"atime", b"ctime", b"uid", b"gid", b"hdrcharset"];

/// Also what was cut in its first header.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let whole = || head.first_chunk().is_some_and(checksum_holds);
    head.first() != Some(&0) && (whole() || head.len() < BLOCK && Bytes(head).slice(257, 5) == Some(b"ustar"))
}

/// The sum of the header with its checksum field blank; some old writers summed signed bytes.
fn checksum_holds(block: &[u8; BLOCK]) -> bool {
    let Ok(stated) = Header::from_byte_slice(block).cksum() else { return false };
    let blanked =
        block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte });
    let (unsigned, signed) = blanked.fold((0_i64, 0_i64), |(unsigned, signed), byte| {
        (unsigned.saturating_add(byte.into()), signed.saturating_add(byte.cast_signed().into()))
    });
    [unsigned, signed].contains(&i64::from(stated))
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut next = Ahead::default();
    let mut ended = false;
    loop {
        let mut block = [0; BLOCK];
        let filled = fill(body, &mut block)?;
        if block.iter().all(|byte| *byte == 0) {
            ended = true;
            if filled < BLOCK {
                return Ok(());
            }
        } else if filled == BLOCK && checksum_holds(&block) {
            next = entry(&block, next, body, members)?;
        } else if ended {
            let mut rest = block.get(..filled).unwrap_or_default().chain(body);
            return give(members, "after the end", &mut rest).map(drop);
        } else if filled < BLOCK {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        } else {
            return Err(Stop::damaged("a header whose checksum does not hold"));
        }
    }
}

/// What headers say about the entry that follows them.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    unusual: Vec<u8>,
}

fn entry(
    block: &[u8; BLOCK],
    mut ahead: Ahead,
    body: &mut dyn Read,
    members: &mut dyn Members,
) -> Result<Ahead, Stop> {
    let header = Header::from_byte_slice(block);
    let kind = header.entry_type();
    let stated = header.entry_size().map_err(|_| Stop::damaged("a header whose size is no number"))?;
    if kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
    {
        let content = extension(stated, body, members)?;
        match kind {
            kind if kind.is_gnu_longname() => ahead.name = Some(until_nul(content)),
            kind if kind.is_gnu_longlink() => ahead.target = Some(until_nul(content)),
            _ => ahead.learn(&content),
        }
        return Ok(ahead);
    }
    if kind.is_gnu_sparse() {
        past_sparse_map(block, body)?;
    }
    let size = ahead.size.unwrap_or(stated);
    let name = text(&ahead.name.take().unwrap_or_else(|| header.path_bytes().into_owned()));
    let target = ahead.target.take().or_else(|| header.link_name_bytes().map(|target| target.into_owned()));
    if !ahead.unusual.is_empty() {
        give(members, &format!("{name} (extended header)"), &mut ahead.unusual.as_slice())?;
    }
    if let Some(target) = target.filter(|target| !target.is_empty()) {
        give(members, &format!("{name} (link target)"), &mut target.as_slice())?;
    }
    content(&name, size, body, members)?;
    Ok(Ahead::default())
}

/// Hands over the body of an entry and stands at the next header afterwards.
fn content(name: &str, size: u64, body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    if size == 0 {
        return Ok(());
    }
    let mut inside = Exactly::new(body, size);
    if give(members, name, &mut inside)? == Ending::Broken {
        return Err(Stop::Enough);
    }
    inside.rest()?;
    // The padding of the last entry may be missing; then the next header is missing too.
    let padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    Ok(skip(body, padding)?)
}

/// The content of a header that is written like an entry.
fn extension(size: u64, body: &mut dyn Read, members: &mut dyn Members) -> Result<Vec<u8>, Stop> {
    if size > LONGEST {
        content("(extended header)", size, body, members)?;
        return Ok(Vec::new());
    }
    let mut content = Vec::new();
    Exactly::new(body, size).read_to_end(&mut content)?;
    skip(body, size.next_multiple_of(BLOCK as u64).saturating_sub(size))?;
    Ok(content)
}

fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    name.truncate(end);
    name
}

impl Ahead {
    /// Pax records: `"%d %s=%s\n"`, the length being that of the whole record.
    fn learn(&mut self, mut records: &[u8]) {
        while let Some((record, rest)) = split_record(records) {
            records = rest;
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
            let (key, value) =
                (record.get(..equals).unwrap_or_default(), record.get(equals + 1..).unwrap_or_default());
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"linkpath" => self.target = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok()),
                _ => {}
            }
            if !USUAL.contains(&key) {
                self.unusual.extend(flat([record]));
            }
        }
    }
}

fn split_record(records: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
    let record = records.get(space.checked_add(1)?..length.checked_sub(1)?)?;
    Some((record, records.get(length..)?))
}

/// The old GNU form continues its map of holes in blocks before the body.
fn past_sparse_map(block: &[u8; BLOCK], body: &mut dyn Read) -> Result<(), Stop> {
    let mut more = block.get(482).is_some_and(|flag| *flag != 0);
    while more {
        let mut map = [0; BLOCK];
        Exactly::new(body, BLOCK as u64).read_exact(&mut map)?;
        more = map.get(504).is_some_and(|flag| *flag != 0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tar::{Builder, EntryType};

    use super::*;
    use crate::decode::{Unread, seam::law};

    fn plain(builder: &mut Builder<Vec<u8>>, path: &str, content: &[u8]) {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, content).unwrap();
    }

    fn archive() -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        plain(&mut builder, "etc/app.conf", b"first");
        plain(&mut builder, &format!("{}x", "long/".repeat(50)), b"second");
        let mut link = Header::new_gnu();
        link.set_entry_type(EntryType::Symlink);
        link.set_size(0);
        builder.append_link(&mut link, "current", "releases/7").unwrap();
        builder
            .append_pax_extensions([("SCHILY.xattr.user.note", b"third".as_slice()), ("path", b"p")])
            .unwrap();
        plain(&mut builder, "q", b"fourth");
        builder.into_inner().unwrap()
    }

    #[test]
    fn entries_long_names_links_and_records_are_members() {
        let long = format!("{}x", "long/".repeat(50));
        law::holds(
            &DECODER,
            &archive(),
            &[
                ("etc/app.conf", b"first"),
                (&long, b"second"),
                ("current (link target)", b"releases/7"),
                ("p (extended header)", b"SCHILY.xattr.user.note=third\n"),
                ("p", b"fourth"),
            ],
        );
    }

    #[test]
    fn what_follows_the_end_is_read_as_entries_or_as_it_is() {
        let mut file = archive();
        let before = law::see(&DECODER, &file).members.len();
        file.extend(archive());
        assert_eq!(law::see(&DECODER, &file).members.len(), 2 * before);
        file.write_all(b"trailing words").unwrap();
        assert_eq!(law::see(&DECODER, &file).of("after the end"), b"trailing words");
    }

    #[test]
    fn a_cut_entry_is_told_after_what_was_good() {
        let seen = law::see(&DECODER, &archive()[..514]);
        assert_eq!(seen.of("etc/app.conf"), b"fi");
        assert_eq!(seen.unread, [("etc/app.conf".to_owned(), Unread::Truncated)]);
        assert_eq!(law::see(&DECODER, &archive()[..1200]).unread, [(String::new(), Unread::Truncated)]);
    }

    #[test]
    fn a_cut_first_header_is_told() {
        for length in [262, 300, 511] {
            let file = &archive()[..length];
            assert!(claims(file, &Hint::Text));
            assert_eq!(law::see(&DECODER, file).unread, [(String::new(), Unread::Truncated)]);
        }
    }

    #[test]
    fn any_change_is_survived() {
        law::changes_are_survived(&DECODER, &archive()[..2048]);
    }
}
