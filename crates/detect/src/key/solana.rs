//! Key pairs of Solana, as `solana-keygen` writes them: a file of 64 numbers, the private key and then the public one.
//!
//! Other files of 64 numbers are rare, but the name must say what it is: nothing in the numbers does.

use tightlip_report::{Confidence, Level};

use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "solana-keypair",
    "Solana key pair",
    "Whoever holds it can spend what the account has and sign as its owner.",
)
.of("Solana")
.rotate("https://solana.com/docs/intro/installation/solana-cli-basics")
.source("https://docs.anza.xyz/cli/wallets/file-system")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "solana",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[],
    misses: &[Example { path: "wallet/id.json", text: "[1,2,3]", rule: "" }],
};

/// The private key and the public key of Ed25519.
const LENGTH: usize = 64;
/// Of so many random bytes about 56 are different.
const DIFFERENT: usize = 40;
/// 64 numbers of three digits with a mark and an indentation each.
const LONGEST: usize = 1024;

fn wants(hint: &Hint<'_>) -> bool {
    let path = hint.path().to_ascii_lowercase();
    let name = hint.file_name().to_ascii_lowercase();
    let has = |text: &[u8], words: &[&str]| {
        words.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
    };
    let named =
        ["key", "wallet", "payer", "authority", "deployer", "signer", "validator", "treasury", "mint"];
    name.ends_with(b".json")
        && (name == b"id.json"
            || has(&name, &named)
            || has(&path, &["solana", "anchor", "keypair", "wallet"]))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let whole = Part::of(text.bytes).trim();
    if whole.len() > LONGEST || !whole.bytes().starts_with(b"[") || !whole.bytes().ends_with(b"]") {
        return;
    }
    let numbers = whole.skip(1).first(whole.len() - 2);
    let bytes: Option<Vec<u8>> = numbers.bytes().split(|b| *b == b',').map(number).collect();
    let Some(bytes) = bytes.filter(|bytes| bytes.len() == LENGTH) else { return };
    let mut different = bytes;
    different.sort_unstable();
    different.dedup();
    if different.len() >= DIFFERENT && different.windows(2).any(|pair| pair[1] - pair[0] > 1) {
        out(Found::here(&RULE, numbers, "64 bytes of a key pair"));
    }
}

fn number(text: &[u8]) -> Option<u8> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::found_in;

    #[test]
    fn a_file_of_random_bytes_is_a_key_pair_where_its_name_says_so() {
        let random: Vec<String> = (0..64_u32).map(|n| (n * n * 37 + n * 101 + 9).to_string()).collect();
        let bytes: Vec<String> =
            random.iter().map(|n| (n.parse::<u32>().unwrap() / 7 % 256).to_string()).collect();
        let text = format!("[{}]\n", bytes.join(", "));
        assert_eq!(found_in(&FINDER, "root/.config/solana/id.json", text.as_bytes()).len(), 1);
        assert_eq!(found_in(&FINDER, "target/deploy/game-keypair.json", text.as_bytes()).len(), 1);
        assert!(found_in(&FINDER, "data/levels.json", text.as_bytes()).is_empty());
        let counted: Vec<String> = (0..64).map(|n: u32| n.to_string()).collect();
        let text = format!("[{}]", counted.join(","));
        assert!(found_in(&FINDER, "wallet/id.json", text.as_bytes()).is_empty());
    }
}
