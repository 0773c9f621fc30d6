//! Oracle's wallets that open by themselves (`cwallet.sso`): what is in them is encrypted with a key that stands in the file.
//!
//! `ewallet.p12` beside it needs a password, and is a store of keys like others.

use super::judge::is_called;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "oracle-wallet",
    "Wallet of Oracle that opens by itself",
    "Whoever holds it logs in to the databases that it has credentials for, and has its private keys.",
)
.of("Oracle")
.source("https://docs.oracle.com/en/database/oracle/oracle-database/23/dbseg/using-the-orapki-utility-to-manage-pki-elements.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "oracle-wallet",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["cwallet.sso"]),
    keywords: &[],
    find,
    hits: &[],
    misses: &[Example { path: "wallet/cwallet.sso", text: "a note\n", rule: "" }],
};

/// How such a file begins, before the number of its version.
const MAGIC: &[u8] = b"\xa1\xf8\x4e";

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes);
    if whole.bytes().starts_with(MAGIC) && whole.len() > 64 {
        out(Found::here(&RULE, whole, format!("wallet, {} bytes", whole.len())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_wallet_is_told_by_how_it_begins() {
        let wallet = [MAGIC, b"6", &[7; 200]].concat();
        assert_eq!(found_in(&FINDER, "opt/wallet/cwallet.sso", &wallet)[0].shape, "wallet, 204 bytes");
        assert!(found_in(&FINDER, "opt/wallet/cwallet.sso", &wallet[..40]).is_empty());
    }
}
