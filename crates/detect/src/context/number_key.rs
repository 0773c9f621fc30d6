//! Keys of networks of devices that a configuration has as a list of numbers: `network_key: [14, 203, …]` of Zigbee.
//!
//! bad: `network_key: [14, 203, 77, …]`
//! good: `network_key: !secret network_key`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::reading::reach;
use super::judge::site::name_around;
use super::key_bytes::{is_key, number};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "network-key",
    "Key of a network of devices",
    "Whoever is near can read and send what the devices say to each other.",
)
.source("https://www.zigbee2mqtt.io/guide/configuration/zigbee-network.html#network-config")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "number-key",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Yaml | Ground::Quoted | Ground::Lines),
    keywords: &["network_key", "networkkey", "encryption_key", "pan_key", "link_key"],
    find,
    hits: &[
        Example {
            path: "configuration.yaml",
            text: "advanced:\n  network_key: [14, 203, 77, 9, 181, 62, 240, 118, 33, 91, 150, 7, 226, 45, 172, 88]\n",
            rule: "network-key",
        },
        Example {
            path: "configuration.yaml",
            text: "  network_key:\n    - 14\n    - 203\n    - 77\n    - 9\n    - 181\n    - 62\n    - 240\n    - 118\n    - 33\n    - 91\n    - 150\n    - 7\n    - 226\n    - 45\n    - 172\n    - 88\n  channel: 11\n",
            rule: "network-key",
        },
        Example {
            path: "nodes.json",
            text: r#"{"networkKey": ["0x0e", "0xcb", "0x4d", "0x09", "0xb5", "0x3e", "0xf0", "0x76", "0x21", "0x5b", "0x96", "0x07", "0xe2", "0x2d", "0xac", "0x58"]}"#,
            rule: "network-key",
        },
    ],
    misses: &[
        Example {
            path: "configuration.yaml",
            text: "network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]\n",
            rule: "",
        },
        Example {
            path: "configuration.yaml",
            text: "network_key: GENERATE\nnetwork_key: !secret k\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut done = 0;
    for &at in text.at.iter().filter(|_| !text.binary) {
        let name = name_around(text.bytes, at);
        let rest = reach(text.bytes, name.span().end);
        let rest = rest.after(&rest.while_(|b| matches!(b, b'"' | b'\'' | b' ')));
        let Some(after) = rest.strip(":").or_else(|| rest.strip("=")).filter(|_| at >= done) else {
            continue;
        };
        let list = after.trim().strip("[").and_then(|list| list.cut(|b| b == b']')).map(|(list, _)| list);
        let Some(list) = list.or_else(|| items(after)) else { continue };
        let numbers = list.bytes().split(|b| b",\n".contains(b)).map(bare).filter(|item| !item.is_empty());
        let bytes: Option<Vec<u8>> = numbers.map(number).collect();
        // The key that every network of Zigbee2MQTT has until somebody changes it is in its documentation.
        let own = |bytes: &Vec<u8>| is_key(bytes) && !bytes.starts_with(&[1, 3, 5, 7, 9, 11, 13, 15]);
        if bytes.is_some_and(|bytes| own(&bytes)) {
            done = list.span().end;
            out(Found::here(&RULE, list.trim(), "key of a network, as numbers"));
        }
    }
}

/// The lines of a list below a name in YAML.
fn items(after: Part<'_>) -> Option<Part<'_>> {
    let mut lines = after.lines().skip(1).take_while(|line| line.trim().bytes().starts_with(b"- "));
    let first = lines.next()?;
    Some(lines.last().map_or(first, |last| first.through(&last)))
}

/// An item without its dash and quotes.
fn bare(item: &[u8]) -> &[u8] {
    let item = item.trim_ascii();
    let item = item.strip_prefix(b"- ").unwrap_or(item).trim_ascii();
    let inside = item.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    inside.unwrap_or(item)
}
