//! Archives of Electron (`app.asar`): a list of files in JSON with its lengths before it, and the files behind it as they are.
//!
//! <https://github.com/electron/asar#format>

use std::io::Read;

use serde_json::{Map, Value};

use super::seam::{Bytes, Ending, Exactly, Limit, Members, Stop, give, skip};
use super::{Decoder, Holds};
use crate::Hint;

/// Archives.
pub(crate) static DECODER: Decoder = Decoder { name: "asar", claims, open, tool: None, holds: Holds::Stored };

/// Four lengths stand before the list: of the next one, of the rest of the header with and without its own, of the list.
const LENGTHS: usize = 16;
/// How the list begins.
const LIST: &[u8] = b"{\"files\":";
/// Folders in each other.
const DEEPEST: usize = 64;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let head = Bytes(head);
    let inner = head.u32_le(4).and_then(|rest| rest.checked_sub(4));
    head.u32_le(0) == Some(4) && inner.is_some() && head.u32_le(8) == inner && head.has(LENGTHS, LIST)
}

/// Where a file begins behind the header, how long it is, and its path.
type Entry = (u64, u64, String);

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut lengths = [0; LENGTHS];
    Exactly::new(body, LENGTHS as u64).read_exact(&mut lengths)?;
    let lengths = Bytes(&lengths);
    let (rest, length) = (lengths.u32_le(4).unwrap_or_default(), lengths.u32_le(12).unwrap_or_default());
    // Its end is filled up to a multiple of four.
    let padding = u64::from(rest).checked_sub(8).and_then(|rest| rest.checked_sub(u64::from(length)));
    let padding = padding.ok_or_else(|| Stop::damaged("a list that is longer than its header"))?;
    if u64::from(length) > members.budget().limits().held {
        return Err(Limit::Held.into());
    }
    let mut list = Vec::new();
    Exactly::new(body, length.into()).read_to_end(&mut list)?;
    skip(body, padding)?;
    give(members, "files.json", &mut list.as_slice())?;
    let list: Value = serde_json::from_slice(&list).map_err(|_| Stop::damaged("its list is no JSON"))?;
    let mut files = Vec::new();
    entries(&list, ("", 0), &mut files)?;
    files.sort_unstable();
    in_order(body, files, members)
}

fn in_order(body: &mut dyn Read, files: Vec<Entry>, members: &mut dyn Members) -> Result<(), Stop> {
    let mut at = 0;
    for (offset, size, name) in files {
        // Files with the same content may share it; it was read then.
        let Some(gap) = offset.checked_sub(at) else { continue };
        skip(body, gap)?;
        let mut inside = Exactly::new(body, size);
        if give(members, &name, &mut inside)? == Ending::Broken {
            return Err(Stop::Enough);
        }
        inside.rest()?;
        at = offset.saturating_add(size);
    }
    Ok(())
}

/// The files of a folder and of those in it; links have no content, and what is called unpacked lies beside the archive.
fn entries(folder: &Value, (path, depth): (&str, usize), files: &mut Vec<Entry>) -> Result<(), Stop> {
    if depth > DEEPEST {
        return Err(Stop::damaged("folders that are too deep"));
    }
    let empty = Map::new();
    for (name, entry) in folder.get("files").and_then(Value::as_object).unwrap_or(&empty) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        if entry.get("files").is_some() {
            entries(entry, (&path, depth + 1), files)?;
            continue;
        }
        let offset = entry.get("offset").and_then(Value::as_str).and_then(|offset| offset.parse().ok());
        if let Some((offset, size)) = offset.zip(entry.get("size").and_then(Value::as_u64)) {
            files.push((offset, size, path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    fn asar(list: &str, contents: &[u8]) -> Vec<u8> {
        let word = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let padded = list.len().next_multiple_of(4);
        let mut file = [word(4), word(padded + 8), word(padded + 4), word(list.len())].concat();
        file.extend(list.as_bytes());
        file.resize(LENGTHS + padded, 0);
        [file, contents.to_vec()].concat()
    }

    const FILES: &str = r#"{"files":{"b.js":{"size":3,"offset":"4"},"src":{"files":{"a.json":{"size":4,"offset":"0"},"l":{"link":"b.js"}}},"n.node":{"size":9,"unpacked":true}}}"#;

    #[test]
    fn files_come_out_in_the_order_in_which_they_lie() {
        let file = asar(FILES, b"{12}a()");
        let members: [(&str, &[u8]); 3] =
            [("files.json", FILES.as_bytes()), ("src/a.json", b"{12}"), ("b.js", b"a()")];
        law::holds(&DECODER, &file, &members);
        law::changes_are_survived(&DECODER, &file);
        assert_eq!(law::see(&DECODER, &file[..file.len() - 1]).unread.len(), 1);
    }

    #[test]
    fn a_list_that_is_none_is_told() {
        assert_eq!(law::see(&DECODER, &asar("{\"files\":{", b"x")).unread.len(), 1);
        assert!(!claims(&asar("{\"other\":{}}", b""), &Hint::File(b"a.asar")));
    }
}
