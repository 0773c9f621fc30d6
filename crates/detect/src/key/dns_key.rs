//! Private keys as BIND keeps them: the `.private` files of DNSSEC and of dynamic updates.

use crate::placeholder::repeats;
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
        Example {
            path: "etc/bind/Kacme.dev.+008+04711.private",
            text: "Private-key-format: v1.3\nAlgorithm: 8 (RSASHA256)\nModulus: {b64:342}==\nPublicExponent: AQAB\nPrivateExponent: xxxxxxxxxxxxxxxxxxxxxxxx\nPrime1: {b64:170}==\nPrime2: {b64:170}==\n",
            rule: "bind-private-key",
        },
    ],
    misses: &[Example {
        path: "a.md",
        text: "Private-key-format: v1.3\nAlgorithm: 13\nPrivateKey: ...\n",
        rule: "",
    }],
};

/// The members of which each is enough.
const MEMBERS: &[&str] = &[
    "key:",
    "privatekey:",
    "privateexponent:",
    "private_value(x):",
    "prime1:",
    "prime2:",
    "exponent1:",
    "exponent2:",
    "coefficient:",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 16 * 1024));
        let lines = rest.lines().map(|line| line.trim()).take(32);
        let values = lines.filter_map(|line| MEMBERS.iter().find_map(|member| line.strip(member)));
        let real = |value: &Part<'_>| {
            !repeats(value.bytes(), 2) && base64::decode(value.bytes()).is_some_and(|key| key.len() >= 12)
        };
        let values: Vec<Part<'b>> = values.map(|value| value.trim()).filter(real).collect();
        let (Some(first), Some(last)) = (values.first(), values.last()) else { continue };
        let key = Part::between(text.bytes, first.span().start..last.span().end);
        let shape = format!("private key of a DNS server, {} characters", key.len());
        out(Found::here(&RULE, key, shape));
    }
}
