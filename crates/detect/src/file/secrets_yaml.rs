//! `secrets.yaml` of Home Assistant and ESPHome: what `!secret name` refers to, whatever the name says.
//!
//! Names of users, networks and places stand there too, so that only what looks random is told here.

use tightlip_report::{Confidence, Level};

use super::judge::is_called;
use crate::context::judge::length_of;
use crate::context::judge::name::words;
use crate::context::judge::value::is_random;
use crate::context::judge::value::{Worth, worth};
use crate::read::{Part, yaml};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "secrets-yaml",
    "Secret of a file of secrets",
    "Whoever can read the file has all that its settings refer to.",
)
.source("https://www.home-assistant.io/docs/configuration/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "secrets-yaml",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["secrets.yaml", "secrets.yml"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "config/secrets.yaml",
        text: "wifi_ssid: Acme\nporch_ota: a1{hex:30}\n",
        rule: "secrets-yaml",
    }],
    misses: &[Example {
        path: "config/secrets.yaml",
        text: "wifi_ssid: Acme\nporch_ota: !secret ota\ndevice_id: a1{hex:30}\nimage: {{digest: a1{hex:30}}}\nhook_url: https://a.lan/a1{hex:30}\nlatitude: 64.1466123456\nkind: a1\n  - x: a1{hex:30}\n",
        rule: "",
    }],
};

/// Words of names of what is no secret.
const OTHERS: &[&str] = &[
    "id",
    "ids",
    "uuid",
    "user",
    "username",
    "login",
    "ssid",
    "host",
    "hostname",
    "url",
    "uri",
    "name",
    "hash",
    "digest",
    "checksum",
    "sha",
    "mail",
    "email",
    "public",
    "pub",
    "fingerprint",
    "mac",
    "topic",
    "domain",
    "address",
    "entity",
    "recipient",
    "chat",
    "version",
    "commit",
    "revision",
    "latitude",
    "longitude",
    "elevation",
    "image",
    "tag",
    "serial",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        let value = leaf.value.unquote();
        let plain = value.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b));
        let other = words(leaf.key()).iter().any(|word| OTHERS.contains(&word.as_str()));
        let strong = worth(value.bytes()) == Worth::Strong && is_random(value.bytes());
        if leaf.path.len() == 1 && plain && value.len() >= 16 && strong && !other {
            out(Found::here(&RULE, value, length_of("value of a file of secrets", value.len())));
        }
    });
}
