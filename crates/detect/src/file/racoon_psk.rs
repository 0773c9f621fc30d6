//! Keys that racoon shares with its peers, `psk.txt`: an address or a name, and the key up to the end of the line.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "racoon-psk",
    "Key that a VPN shares with its peers",
    "Whoever holds it can pretend to be one of them.",
)
.of("racoon")
.source("https://man.netbsd.org/racoon.conf.5");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "racoon-psk",
    rules: &[&RULE],
    wants: |hint| {
        is_called(hint, &["psk.txt"]) || lies_in(hint, "racoon/") && is_called(hint, &["psk", "psk.key"])
    },
    keywords: &[],
    find,
    hits: &[
        Example { path: "etc/racoon/psk.txt", text: "10.0.0.1\tp{lower:8}\n", rule: "racoon-psk" },
        Example {
            path: "etc/racoon/psk.txt",
            text: "bob@example.net tortuga marble willow pepper\n",
            rule: "racoon-psk",
        },
    ],
    misses: &[Example {
        path: "etc/racoon/psk.txt",
        text: "# 10.0.0.1 p{lower:8}\nthe keys of all peers\n10.0.0.1 <key>\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let Some(peer) = line.words().next().filter(|peer| is_peer(peer.bytes())) else { continue };
        let key = line.after(&peer).trim();
        credential(&RULE, key, "key of a peer").into_iter().for_each(&mut *out);
    }
}

/// An address, the name of a machine, or one of mail.
fn is_peer(word: &[u8]) -> bool {
    let plain = word.iter().all(|b| b.is_ascii_alphanumeric() || b".:@-_%*".contains(b));
    plain
        && word.iter().any(|b| matches!(b, b'.' | b':' | b'@'))
        && !word.ends_with(b":")
        && !word.ends_with(b".")
}
