//! Secrets of strongSwan, Libreswan and Openswan, `ipsec.secrets`: `: PSK "…"`, `carol : EAP "…"`, `: XAUTH "…"`, passphrases of keys.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "ipsec-secret",
    "Secret of an IPsec tunnel",
    "Whoever holds it can join the network, or read what goes through the tunnel.",
)
.of("strongSwan")
.source("https://docs.strongswan.org/docs/latest/config/ipsecSecrets.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ipsec-secrets",
    rules: &[&RULE],
    wants: |hint| {
        is_called(hint, &["ipsec.secrets"])
            || lies_in(hint, "ipsec.d/") && hint.file_name().ends_with(b".secrets")
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/ipsec.secrets",
            text: "carol : EAP \"tortuga marble willow pepper\"\n",
            rule: "ipsec-secret",
        },
        Example { path: "etc/ipsec.d/a.secrets", text: "@a @b: PSK p{lower:8}\n", rule: "ipsec-secret" },
        Example { path: "etc/ipsec.secrets", text: ": RSA key.pem \"otter-lamp\"\n", rule: "ipsec-secret" },
    ],
    misses: &[Example {
        path: "etc/ipsec.secrets",
        text: "# : PSK \"p{lower:8}\"\n: RSA key.pem\n: RSA key.pem %prompt\n: PIN %smartcard1 %prompt\ninclude /etc/x.secrets\n: PSK \"<psk>\"\n",
        rule: "",
    }],
};

/// Kinds whose value follows, and kinds before whose value a file is named.
const PLAIN: &[&str] = &["psk", "eap", "xauth", "ntlm"];
const OF_FILE: &[&str] = &["rsa", "ecdsa", "p12", "pkcs12", "pkcs8", "ppk", "private"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let value = value(line).filter(|value| !value.bytes().starts_with(b"%"));
        value.and_then(|value| credential(&RULE, value, "secret")).into_iter().for_each(&mut *out);
    }
}

fn value(line: Part<'_>) -> Option<Part<'_>> {
    let (_, rest) = line.cut_at(b": ").or_else(|| line.cut_at(b":\t"))?;
    let rest = rest.trim();
    let kind = rest.words().next()?;
    let after = rest.after(&kind).trim();
    if PLAIN.iter().any(|plain| kind.is(plain)) {
        return text(after);
    }
    let name = OF_FILE.iter().any(|of_file| kind.is(of_file)).then(|| after.words().next())??;
    let quoted = after.after(&name).trim();
    quoted.bytes().starts_with(b"\"").then(|| text(quoted))?
}

/// In quotes, or up to the next blank.
fn text(rest: Part<'_>) -> Option<Part<'_>> {
    match rest.strip("\"") {
        Some(inside) => inside.cut(|b| b == b'"').map(|(value, _)| value),
        None => rest.words().next(),
    }
}
