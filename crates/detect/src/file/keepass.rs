//! Password databases of KeePass: encrypted, so as safe as the password they are under.

use tightlip_report::{Confidence, Level};

use crate::read::Part;
use crate::{Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "keepass-database",
    "KeePass database, encrypted",
    "Whoever holds it can try passwords at leisure; with the right one it gives all that is in it.",
)
.of("KeePass")
.source("https://keepass.info/help/kb/kdbx.html")
.at(Level::Warn, Confidence::High);

/// See the top of the file.
pub(crate) static FINDER: Finder =
    Finder { id: "keepass", rules: &[&RULE], wants, keywords: &[], find, hits: &[], misses: &[] };

fn wants(hint: &crate::Hint<'_>) -> bool {
    super::judge::ends_with(hint, &[".kdbx", ".kdb"])
}

/// How its files begin: both signatures of version 1, 2 and 4 have these bytes.
const MAGIC: &[u8] = &[0x03, 0xd9, 0xa2, 0x9a];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.bytes.starts_with(MAGIC) && text.bytes.len() > 100 {
        let shape = format!("KeePass database, {} bytes", text.bytes.len());
        out(Found::here(&RULE, Part::of(text.bytes), shape));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_database_is_known_by_its_signature() {
        let database = [MAGIC, &[0x67, 0xfb, 0x4b, 0xb5], &[7; 200]].concat();
        assert_eq!(found_in(&FINDER, "a/safe.kdbx", &database)[0].rule.id, "keepass-database");
        assert!(found_in(&FINDER, "a/safe.kdbx", b"not one").is_empty());
    }
}
