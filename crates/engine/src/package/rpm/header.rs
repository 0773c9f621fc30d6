//! What the database holds for one package: an index of tags, and their values behind it.

use super::super::{Sum, Tell, unhex};
use super::big;

const DIGESTS: usize = 1035;
const DIRECTORY_OF: usize = 1116;
const NAMES: usize = 1117;
const DIRECTORIES: usize = 1118;
const ALGORITHM: usize = 5011;

/// Bytes of one line of the index: tag, type, offset, count.
const LINE: usize = 16;
/// More files have no package.
const MOST: usize = 1 << 20;

/// Tells every file with a checksum.
pub(super) fn files(header: &[u8], tell: &mut Tell<'_>) {
    // A header that is cut tells nothing: its files count in full.
    let _ = read(header, tell);
}

fn read(header: &[u8], tell: &mut Tell<'_>) -> Option<()> {
    let lines = big(header, 0)?.checked_mul(LINE)?;
    let index = header.get(8..8_usize.checked_add(lines)?)?;
    let store = header.get(8_usize.checked_add(lines)?..)?;
    let line = |tag: usize| {
        let line = index.chunks_exact(LINE).find(|line| big(line, 0) == Some(tag))?;
        Some((store.get(big(line, 8)?..)?, big(line, 12)?.min(MOST)))
    };
    let numbers = |tag: usize| {
        let (values, count) = line(tag)?;
        Some((0..count).map_while(|place| big(values, place.checked_mul(4)?)))
    };
    let texts = |tag: usize| {
        let (values, count) = line(tag)?;
        Some(values.split(|byte| *byte == 0).take(count))
    };
    // Without a word on it they are MD5, as they always were before.
    let algorithm = numbers(ALGORITHM).and_then(|mut numbers| numbers.next()).unwrap_or(1);
    let directories: Vec<&[u8]> = texts(DIRECTORIES)?.collect();
    for ((name, of), digest) in texts(NAMES)?.zip(numbers(DIRECTORY_OF)?).zip(texts(DIGESTS)?) {
        let Some(directory) = directories.get(of) else { continue };
        if let Some(sum) = sum(algorithm, digest) {
            let path = [directory, name].concat();
            tell(path.strip_prefix(b"/").unwrap_or(&path), sum);
        }
    }
    Some(())
}

/// Directories and links have none. Algorithms are numbered as in OpenPGP.
fn sum(algorithm: usize, digest: &[u8]) -> Option<Sum> {
    match algorithm {
        1 => unhex(digest).map(Sum::Md5),
        2 => unhex(digest).map(Sum::Sha1),
        8 => unhex(digest).map(Sum::Sha256),
        _ => None,
    }
}
