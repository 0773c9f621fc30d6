//! Macaroons of lnd as it writes them: `admin.macaroon` and others, in binary.

use crate::check::is_lnd_macaroon;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "lnd-macaroon-file",
    "Macaroon of a Lightning node (lnd)",
    "Does with the node what it names: read its state, make invoices, spend its coins.",
)
.of("lnd")
.rotate("https://docs.lightning.engineering/lightning-network-tools/lnd/macaroons")
.source("https://docs.lightning.engineering/lightning-network-tools/lnd/macaroons");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "lnd-macaroon",
    rules: &[&RULE],
    wants: |hint| hint.file_name().to_ascii_lowercase().ends_with(b".macaroon"),
    keywords: &[],
    find,
    hits: &[],
    misses: &[Example { path: "root/.lnd/admin.macaroon", text: "paste it here", rule: "" }],
};

/// Macaroons with all their caveats are a few hundred bytes.
const LONGEST: usize = 8 * 1024;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.bytes.len() <= LONGEST && is_lnd_macaroon(text.bytes) {
        let shape = format!("macaroon of {} bytes", text.bytes.len());
        out(Found::here(&RULE, Part::of(text.bytes), shape));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_macaroon_in_its_file_is_found() {
        let head = [2, 1, 3, b'l', b'n', b'd', 2, 3, 0x1a, 2, 0x30, 0, 0, 6, 32];
        let tail: Vec<u8> = (0..32_u8).map(|n| n.wrapping_mul(91)).collect();
        let file = [&head[..], &tail].concat();
        assert_eq!(found_in(&FINDER, "root/.lnd/data/chain/bitcoin/mainnet/admin.macaroon", &file).len(), 1);
        assert!(found_in(&FINDER, "root/admin.macaroon", &file[..40]).is_empty());
        assert!(!(FINDER.wants)(&crate::Hint::File(b"root/admin.bin")));
    }
}
