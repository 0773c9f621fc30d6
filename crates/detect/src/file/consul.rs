//! Consul's and Nomad's configuration: `encrypt`, the key of the gossip between servers, 16 or 32 bytes in base64, and the
//! UUIDs under `acl` and `tokens`, which are its tokens.

use crate::context::judge::length_of;
use crate::context::judge::value::{Worth, worth};
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "consul-gossip-key",
    "Gossip key of Consul or Nomad",
    "Whoever holds it and reaches the network can join the cluster.",
)
.of("HashiCorp")
.source("https://developer.hashicorp.com/consul/docs/security/encryption/gossip");

static TOKEN: Rule = Rule::new(
    "consul-acl-token",
    "ACL token of Consul",
    "Whoever holds it can do in the cluster what its policies allow.",
)
.of("HashiCorp")
.source("https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/acl");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "consul",
    rules: &[&RULE, &TOKEN],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["encrypt\"", "encrypt ", "encrypt=", "tokens"],
    find,
    hits: &[
        Example {
            path: "etc/consul.d/consul.hcl",
            text: "encrypt = \"{b64:42}A=\"\n",
            rule: "consul-gossip-key",
        },
        Example {
            path: "etc/consul.d/acl.hcl",
            text: "acl {\n  tokens {\n    agent = \"{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}\"\n  }\n}\n",
            rule: "consul-acl-token",
        },
        Example { path: "config.json", text: "{\"encrypt\": \"{b64:42}A=\"}", rule: "consul-gossip-key" },
    ],
    misses: &[
        Example {
            path: "etc/app/tokens.json",
            text: "{\"tokens\": {\"x\": \"{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}\"}}",
            rule: "",
        },
        Example { path: "a.hcl", text: "encrypt = \"${key}\"\nencrypt = true\n", rule: "" },
        Example { path: "a.py", text: "encrypt = \"aes\"; x.encrypt (\"abc\")\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let here = memchr::memmem::find(&text.hint.path().to_ascii_lowercase(), b"consul").is_some();
    let mut done = 0;
    for &at in text.at {
        if text.bytes.get(at..).is_some_and(|rest| Part::of(rest).strip("tokens").is_some()) {
            if !here {
                continue;
            }
            let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 1000));
            for token in tokens(rest.skip("tokens".len()).while_(|b| b != b'}')) {
                if token.span().start >= done {
                    done = token.span().end;
                    out(Found::here(&TOKEN, token, "UUID"));
                }
            }
            continue;
        }
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

/// The strings that are UUIDs.
fn tokens(list: Part<'_>) -> Vec<Part<'_>> {
    let mut all = Vec::new();
    let mut rest = list.strip("\"").unwrap_or(list);
    while let Some((string, after)) =
        rest.cut(|b| b == b'"').and_then(|(_, inside)| inside.cut(|b| b == b'"'))
    {
        all.extend((worth(string.bytes()) == Worth::Uuid).then_some(string));
        rest = after;
    }
    all
}
