//! acme.sh's `account.conf` and settings of domains: what it was given for a provider's DNS, kept under `SAVED_…`.
//!
//! The providers' names for it say little (`OVH_AS`, `GD_Key`, `DP_Id`), so that the value tells; what a name calls a user, an
//! address or an identifier is none.

use tightlip_report::{Confidence, Level};

use super::judge::lies_in;
use crate::context::judge::length_of;
use crate::context::judge::value::{Worth, is_chosen, worth};
use crate::read::{Part, base64, ini};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "acme-sh-credential",
    "Credential that acme.sh keeps",
    "Whoever holds it changes the names of the domain, and has certificates made for it.",
)
.of("acme.sh")
.source("https://github.com/acmesh-official/acme.sh/wiki/dnsapi")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "acme-sh",
    rules: &[&RULE],
    wants: |hint| lies_in(hint, ".acme.sh/") && hint.file_name().ends_with(b".conf"),
    keywords: &["saved_"],
    find,
    hits: &[
        Example {
            path: "root/.acme.sh/account.conf",
            text: "SAVED_OVH_AK='a1B{base62:13}'\nSAVED_OVH_AS='a1B{base62:29}'\n",
            rule: "acme-sh-credential",
        },
        Example {
            path: "root/.acme.sh/a.lan/a.lan.conf",
            text: "SAVED_ISPC_Remote='p{lower:6}!97'\n",
            rule: "acme-sh-credential",
        },
    ],
    misses: &[Example {
        path: "root/.acme.sh/account.conf",
        text: "UPGRADE_HASH='{hex:40}'\nSAVED_OVH_AK='a1B{base62:13}'\nSAVED_CF_Account_ID='{hex:32}'\nSAVED_CF_Email='bob@a.lan'\nSAVED_DP_Id='123456'\nSAVED_KNOT_SERVER='ns.a.lan'\nSAVED_X=''\n",
        rule: "",
    }],
};

/// Ends of names of what is no secret: users, places, and the keys that are only names of the secret beside them.
const OTHERS: &[&str] = &[
    "_id",
    "_ak",
    "email",
    "mail",
    "user",
    "username",
    "login",
    "server",
    "url",
    "host",
    "api",
    "endpoint",
    "zone",
    "account",
    "region",
    "ttl",
    "domain",
    "customer",
    "tenantid",
    "subscriptionid",
    "appid",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes) {
        let name = pair.key.bytes().to_ascii_lowercase();
        let saved = name.starts_with(b"saved_") && !OTHERS.iter().any(|end| name.ends_with(end.as_bytes()));
        // What has signs of its own is kept in base64.
        let coded =
            pair.value.strip("__acme__b64__start_").and_then(|rest| rest.cut_at(b"__acme__b64__end_"));
        let plain = coded.map(|(coded, _)| base64::decode(coded.bytes()));
        let value: Part<'b> = coded.map_or(pair.value, |(coded, _)| coded);
        let shown = plain.as_ref().map_or(Some(value.bytes()), |plain| plain.as_deref());
        let Some(shown) = shown.filter(|shown| saved && is_credential(shown)) else { continue };
        let found = Found::here(&RULE, value, length_of("value that acme.sh keeps", shown.len()));
        out(match plain.flatten() {
            Some(plain) => found.decoded(plain, &["base64"]),
            None => found,
        });
    }
}

fn is_credential(value: &[u8]) -> bool {
    match worth(value) {
        Worth::Strong | Worth::Uuid => true,
        Worth::Weak => value.len() >= 8 && is_chosen(value),
        _ => false,
    }
}
