//! Consul's and Nomad's `encrypt`: the key of the gossip between servers, 16 or 32 bytes in base64; and ACL tokens.

use crate::context::judge::length_of;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "consul-gossip-key",
    "Gossip key of Consul or Nomad",
    "Whoever holds it and reaches the network can join the cluster.",
)
.of("HashiCorp")
.source("https://developer.hashicorp.com/consul/docs/security/encryption/gossip");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "consul",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["encrypt\"", "encrypt ", "encrypt="],
    find,
    hits: &[
        Example {
            path: "etc/consul.d/consul.hcl",
            text: "encrypt = \"{b64:42}A=\"\n",
            rule: "consul-gossip-key",
        },
        Example { path: "config.json", text: "{\"encrypt\": \"{b64:42}A=\"}", rule: "consul-gossip-key" },
    ],
    misses: &[
        Example { path: "a.hcl", text: "encrypt = \"${key}\"\nencrypt = true\n", rule: "" },
        Example { path: "a.py", text: "encrypt = \"aes\"; x.encrypt (\"abc\")\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let before = at.checked_sub(1).and_then(|n| text.bytes.get(n));
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 80)).skip("encrypt".len());
        let sign = rest.while_(|b| matches!(b, b'"' | b' ' | b'=' | b':'));
        let value = rest.after(&sign).while_(base64::is_digit);
        let quoted =
            sign.bytes().ends_with(b"\"") && rest.after(&sign).after(&value).bytes().starts_with(b"\"");
        let named = before.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        let assigned = sign.bytes().iter().any(|b| matches!(b, b'=' | b':'));
        let key = base64::decode(value.bytes()).filter(|key| matches!(key.len(), 16 | 32));
        if let Some(key) = key.filter(|_| named && quoted && assigned && matches!(value.len(), 24 | 44)) {
            out(Found::here(&RULE, value, length_of("gossip key", value.len())).decoded(key, &["base64"]));
        }
    }
}
