//! Keys of dynamic updates as dnspython takes them: `dns.tsigkeyring.from_text({"name.": "…"})`.
//!
//! bad: `keyring = dns.tsigkeyring.from_text({"ddns.": "9uxmSg…"})`
//! good: `keyring = dns.tsigkeyring.from_text({"ddns.": os.environ["DDNS_KEY"]})`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::{reach, text_in_quotes};
use super::judge::value::{Worth, worth};
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "tsig-key-in-program",
    "Key of dynamic DNS updates in a program",
    "Whoever holds it can change the zone, or read all of it.",
)
.source("https://dnspython.readthedocs.io/en/stable/tsigkeyring.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "tsig-keyring",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code,
    keywords: &["tsigkeyring.from_text("],
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "keyring = dns.tsigkeyring.from_text({'ddns.': '{b64:43}='})\n",
            rule: "tsig-key-in-program",
        },
        Example {
            path: "a.py",
            text: "k = tsigkeyring.from_text({\n    \"ddns.\": (\"hmac-sha512.\", \"{b64:86}==\"),\n})\n",
            rule: "tsig-key-in-program",
        },
    ],
    misses: &[Example {
        path: "a.py",
        text: "k = tsigkeyring.from_text({NAME: KEY})\nk = tsigkeyring.from_text({'ddns.': os.environ['DDNS_KEY']})\nk = tsigkeyring.from_text({'ddns.': 'xxxxxxxxxxxxxxxxxxxxxx=='})\n",
        rule: "",
    }],
};

/// The shortest key, in characters of base64: that of HMAC-MD5 is longer.
const LEAST: usize = 20;
/// A ring of more texts is none that a program holds.
const MOST: usize = 64;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        // A name may hold a bracket, a key does not.
        let inside = rest.cut(|b| b == b'{').and_then(|(_, inside)| inside.cut(|b| b == b'}'));
        let Some((ring, _)) = inside else { continue };
        for value in texts(ring).into_iter().filter(|value| is_key(value.bytes())) {
            out(Found::here(&RULE, value, length_of("key of a name server", value.len())));
        }
    }
}

fn texts(ring: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = ring;
    while let Some(open) = rest.bytes().iter().position(|b| matches!(b, b'"' | b'\'')) {
        let Some((text, after)) = text_in_quotes(rest.skip(open)).filter(|_| all.len() < MOST) else { break };
        all.push(text);
        rest = after;
    }
    all
}

fn is_key(value: &[u8]) -> bool {
    let whole = value.len() >= LEAST && value.len().is_multiple_of(4);
    whole && base64::decode(value).is_some() && worth(value) == Worth::Strong
}
