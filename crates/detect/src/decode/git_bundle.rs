//! Git bundles: what names commits, then a pack of everything that they need (`gitformat-bundle(5)`).

use std::io::{BufRead, BufReader, Read};

use super::seam::{Members, Stop, Unread, give};
use super::{Decoder, Holds};
use crate::Hint;

/// Bundles, version 2 and 3.
pub(crate) static DECODER: Decoder =
    Decoder { name: "git-bundle", claims, open, tool: None, holds: Holds::Files };

/// The name of a commit with what it is called is not longer.
const LONGEST: u64 = 64 << 10;

fn claims(head: &[u8], _: &Hint<'_>) -> bool {
    head.starts_with(b"# v2 git bundle\n") || head.starts_with(b"# v3 git bundle\n")
}

fn open(body: &mut dyn Read, members: &mut dyn Members) -> Result<(), Stop> {
    let mut body = BufReader::new(body);
    let mut line = Vec::new();
    // An empty line ends the names; those are text, and read as such.
    while line != b"\n" {
        line.clear();
        body.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Err(Stop::Fault(Unread::Truncated, "it ends before its pack".into()));
        }
    }
    give(members, "pack", &mut body).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::seam::law;

    #[test]
    fn what_stands_behind_the_names_is_a_pack() {
        for head in [
            "# v2 git bundle\n-ab12 before\ncd34 refs/heads/main\n\n",
            "# v3 git bundle\n@object-format=sha1\n\n",
        ] {
            let file = [head.as_bytes(), b"PACK\0\0\0\x02\n\n"].concat();
            law::holds(&DECODER, &file, &[("pack", b"PACK\0\0\0\x02\n\n")]);
        }
    }

    #[test]
    fn any_change_is_survived_and_a_cut_is_told() {
        let file = b"# v2 git bundle\ncd34 refs/heads/main\n\n";
        law::changes_are_survived(&DECODER, file);
        assert_eq!(law::see(&DECODER, &file[..20]).unread.len(), 1);
    }
}
