//! Private keys as BIND keeps them: the `.private` files of DNSSEC and of dynamic updates.

use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "bind-private-key",
    "Private key of a DNS server",
    "Whoever holds it can sign the zone's answers, or change them.",
)
.of("BIND")
.source("https://bind9.readthedocs.io/en/latest/manpages.html#dnssec-keygen");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "dns-key",
    rules: &[&RULE],
    wants: |_| true,
    keywords: &["private-key-format:"],
    find,
    hits: &[
        Example {
            path: "etc/bind/Kacme.dev.+013+04711.private",
            text: "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: {b64:42}A=\nCreated: 20230101000000\n",
            rule: "bind-private-key",
        },
        Example {
            path: "etc/bind/Kacme.dev.+165+04711.private",
            text: "Private-key-format: v1.3\nAlgorithm: 165 (HMAC_SHA512)\nKey: {b64:86}==\nBits: AAA=\n",
            rule: "bind-private-key",
        },
    ],
    misses: &[Example {
        path: "a.md",
        text: "Private-key-format: v1.3\nAlgorithm: 13\nPrivateKey: ...\n",
        rule: "",
    }],
};

/// The members that make up the secret; of RSA the one exponent is enough.
const MEMBERS: &[&str] = &["key:", "privatekey:", "privateexponent:", "private_value(x):"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 16 * 1024));
        let lines = rest.lines().map(|line| line.trim()).take(32);
        let mut values = lines.filter_map(|line| MEMBERS.iter().find_map(|member| line.strip(member)));
        let Some(value) = values.next().map(|value| value.trim()) else { continue };
        if base64::decode(value.bytes()).is_some_and(|key| key.len() >= 12) {
            out(Found::here(
                &RULE,
                value,
                format!("private key of a DNS server, {} characters", value.len()),
            ));
        }
    }
}
