//! Sections whose every value is a secret by what their program says of them, whatever its name: `secureJsonData` of the data
//! sources of Grafana, `secureSettings` of its contact points.
//!
//! bad: `secureJsonData:` above `httpHeaderValue1: Bearer q8Rk2…`
//! good: `secureJsonData:` above `httpHeaderValue1: $PROM_TOKEN`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, ground_of};
use super::judge::length_of;
use super::judge::site::{Written, name_around, value_of};
use super::judge::value::{Worth, is_chosen, worth};
use super::nested::below;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-section",
    "Value in a section for secrets",
    "Whoever can read the file has what the program has.",
)
.source("https://grafana.com/docs/grafana/latest/administration/provisioning/#secure-json-data")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "secure-section",
    rules: &[&RULE],
    wants: |hint| !matches!(ground(hint), Ground::Noise | Ground::Prose),
    keywords: &["securejsondata", "securesettings", "secure_json_data", "secure_settings"],
    find,
    hits: &[
        Example {
            path: "ds.yaml",
            text: "  - name: a\n    secureJsonData:\n      httpHeaderValue1: Bearer a1B{base62:30}\n    x: 1\n",
            rule: "secret-section",
        },
        Example {
            path: "ds.json",
            text: r#"{"secureJsonData": {"basicAuthPassword": "plum.{lower:6}.tree"}, "uid": "a1B{base62:9}"}"#,
            rule: "secret-section",
        },
        Example {
            path: "contact.yml",
            text: "secureSettings: {integrationKey: p{lower:8}97}\n",
            rule: "secret-section",
        },
    ],
    misses: &[
        Example {
            path: "ds.yaml",
            text: "    secureJsonData:\n      password: $PG_PASSWORD\n      tlsSkip: true\n    secureJsonFields: {password: a1b2c3d4}\n",
            rule: "",
        },
        Example { path: "a.ts", text: "const a = { secureJsonData: { password: 'words' } };\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let ground = ground_of(text);
    for &at in text.at.iter().filter(|_| !text.binary) {
        let section = name_around(text.bytes, at);
        for name in below(text.bytes, section, ground) {
            value(text.bytes, ground, name).into_iter().for_each(&mut *out);
        }
    }
}

fn value<'b>(text: &'b [u8], ground: Ground, name: Part<'b>) -> Option<Found<'b>> {
    let site = value_of(text, name)?;
    let value = match site.written {
        Written::Bare if ground == Ground::Code => return None,
        Written::Bare => site.value.cut_at(b" #").map_or(site.value, |(value, _)| value),
        _ => site.value,
    };
    let value = value.while_(|b| site.written != Written::Bare || !matches!(b, b',' | b'}')).trim().unquote();
    // What goes into a header has the kind of login before it.
    let kinds = ["bearer ", "token ", "basic ", "apikey ", "splunk "];
    let value = kinds.iter().find_map(|kind| value.strip(kind)).unwrap_or(value);
    let bytes = value.bytes();
    let words = bytes.contains(&b' ') || bytes.starts_with(b"-----BEGIN");
    let found = Found::here(&RULE, value, length_of("value of a section for secrets", value.len()));
    match worth(bytes) {
        _ if words => None,
        Worth::Nothing | Worth::Reference | Worth::Hollow | Worth::Trivial | Worth::Prose => None,
        Worth::Default => Some(found.at(Level::Warn, Confidence::Low)),
        Worth::Weak | Worth::Number | Worth::Uuid if ground == Ground::Code && !is_chosen(bytes) => None,
        _ => Some(found),
    }
}
