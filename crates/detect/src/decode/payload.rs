//! A shell script that carries an archive behind its last line and unpacks itself: makeself, installers of vendors.

use std::io::{BufRead, BufReader, Read};

use super::seam::{Bytes, Members, Stop, give};
use super::{Decoder, Holds};
use crate::Hint;

/// A script with a payload.
pub(crate) static DECODER: Decoder =
    Decoder { name: "payload", claims, open, tool: None, holds: Holds::Files };

/// What a payload begins with: gzip, xz, bzip2, Zstandard; a tar file has its magic behind the first name. A zip file is found from its end, whatever stands before it.
const MAGIC: [&[u8]; 4] = [b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd"];
/// A longer line is read in pieces.
const LONGEST: u64 = 1 << 20;

/// Only a script that reads itself can unpack what stands behind it.
fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    let reads_itself =
        || [&b"$0"[..], b"${0}", b"BASH_SOURCE"].iter().any(|own| memchr::memmem::find(head, own).is_some());
    head.starts_with(b"#!") && reads_itself()
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut body = BufReader::with_capacity(64 << 10, body);
    let (mut line, mut starts) = (Vec::new(), true);
    loop {
        line.clear();
        if body.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        // A line of binary content is cut anywhere, but no magic has a line end.
        if starts && (MAGIC.iter().any(|magic| line.starts_with(magic)) || Bytes(&line).has(257, b"ustar")) {
            return give(members, "payload", &mut (&line[..]).chain(body)).map(drop);
        }
        starts = line.ends_with(b"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    const SCRIPT: &[u8] = b"#!/bin/sh\ntail -n +4 \"$0\" | tar xz\nexit 0\n";

    #[test]
    fn what_stands_behind_the_last_line_is_a_member() {
        for magic in MAGIC {
            let payload = [magic, b"more of it\nand more"].concat();
            law::holds(&DECODER, &[SCRIPT, &payload].concat(), &[("payload", &payload)]);
        }
    }

    #[test]
    fn a_tar_file_is_one_too() {
        let payload = [&b"etc/app.conf"[..], &[0; 245], b"ustar\0", &[0; 249], b"content\nof it"].concat();
        law::holds(&DECODER, &[SCRIPT, &payload].concat(), &[("payload", &payload)]);
    }

    #[test]
    fn a_payload_is_seen_wherever_a_buffer_or_a_piece_of_a_line_ends() {
        let ends = [64 << 10, 1 << 20, 3 << 20];
        for length in ends.into_iter().flat_map(|end| end - 4..end + 4) {
            let mut script = SCRIPT.to_vec();
            script.resize(length, b'#');
            script.push(b'\n');
            let payload = [MAGIC[0], b"content"].concat();
            law::holds(&DECODER, &[&script[..], &payload].concat(), &[("payload", &payload)]);
        }
    }

    #[test]
    fn a_script_without_a_payload_has_no_members() {
        law::holds(&DECODER, SCRIPT, &[]);
        assert!(!claims(b"#!/bin/sh\necho 1\n", &Hint::Text));
    }
}
