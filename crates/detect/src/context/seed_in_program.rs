//! The words of a wallet in a program, under a name that says so: `SEED_PHRASE = ["…"]`, `Wallet.fromPhrase("…")`.
//!
//! The checksum of the words has to hold. Tests and examples are full of wallets that hold nothing: there the finder of names
//! says what it thinks.
//!
//! bad: `wallet = Account.from_mnemonic("…")`
//! good: `wallet = Account.from_mnemonic(os.environ["MNEMONIC"])`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_bundle};
use super::judge::reading::{reach, text_in_quotes};
use super::seed_words::{RULE, is_phrase};
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "seed-in-program",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code && !is_bundle(hint),
    keywords: &[
        "mnemonic",
        "seed_phrase",
        "seedphrase",
        "seed_words",
        "seedwords",
        "fromphrase(",
        "recovery_phrase",
    ],
    find,
    hits: &[
        Example {
            path: "pay.py",
            text: "SEED_PHRASE = [\n    # the second one\n    \"lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit accuse\"\n]\n",
            rule: "wallet-seed-words",
        },
        Example {
            path: "pay.js",
            text: "const w = ethers.Wallet.fromPhrase('lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit accuse');\n",
            rule: "wallet-seed-words",
        },
    ],
    misses: &[
        // The checksum is that of another last word.
        Example {
            path: "pay.py",
            text: "MNEMONIC = \"lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit abandon\"\n",
            rule: "",
        },
        Example {
            path: "test_pay.py",
            text: "SEED_PHRASE = [\n    # the second one\n    \"lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit accuse\"\n",
            rule: "",
        },
        Example {
            path: "pay.js",
            text: "const mnemonic = 'test test test test test test test test test test test junk';\nconst devWallet = ethers.Wallet.fromPhrase('lizard resource attract unveil legend box \
                   expect delay salad usual lawsuit accuse');\n",
            rule: "",
        },
    ],
};

/// How far behind the name the words may begin, in bytes: a bracket and a note stand between.
const BEHIND: usize = 120;
/// How far around the name something may say that the wallet is for tests, in bytes.
const AROUND: usize = 80;
/// What says that nobody keeps anything in a wallet, in lower case.
const TRIED: &[&str] = &[
    "test", "dev", "local", "example", "sample", "mock", "fake", "dummy", "fixture", "demo", "hardhat",
    "ganache", "anvil", "bench", "spec", "vector", "default",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let path = text.hint.path().to_ascii_lowercase();
    if text.binary || says_tried(&path) {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let rest = reach(text.bytes, at);
        let Some(open) = rest.bytes().iter().take(BEHIND).position(|b| matches!(b, b'"' | b'\'' | b'`'))
        else {
            continue;
        };
        let Some((phrase, _)) = text_in_quotes(rest.skip(open)) else { continue };
        let start = phrase.span().start;
        let around = text.bytes.get(at.saturating_sub(AROUND)..start).unwrap_or_default();
        if start < done || !is_phrase(phrase.bytes()) || says_tried(&around.to_ascii_lowercase()) {
            continue;
        }
        done = phrase.span().end;
        let count = phrase.bytes().split(|b| *b == b' ').count();
        out(Found::here(&RULE, phrase, format!("{count} words, checksum holds"))
            .at(Level::Deny, Confidence::Medium));
    }
}

fn says_tried(text: &[u8]) -> bool {
    TRIED.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
}
