//! Settings of OpenWrt in `/etc/config`: `option key 'x'` of a wireless network, `option password 'x'` of a dialled line, keys of
//! WireGuard.
//!
//! bad: `COPY files/etc/config/wireless /etc/config/`
//! good: `uci set` when the device starts for the first time

use super::judge::holds;
use crate::context::judge::length_of;
use crate::context::judge::name::{Says, says};
use crate::context::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "openwrt-secret",
    "Secret in the settings of OpenWrt",
    "Whoever can read them can join the network, or log in as the device.",
)
.of("OpenWrt")
.source("https://openwrt.org/docs/guide-user/base-system/uci");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "uci",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/config/wireless",
            text: "config wifi-iface 'a'\n\toption ssid 'Attic'\n\toption key 'p{lower:6}97'\n",
            rule: "openwrt-secret",
        },
        Example {
            path: "etc/config/network",
            text: "config interface 'wan'\n\toption proto 'pppoe'\n\toption username 'bob'\n\toption password p{lower:6}97\n",
            rule: "openwrt-secret",
        },
        Example {
            path: "etc/config/network",
            text: "config interface 'vpn'\n\toption private_key \"a1B{base62:40}=\"\n",
            rule: "openwrt-secret",
        },
    ],
    misses: &[
        Example {
            path: "etc/config/wireless",
            text: "config wifi-iface\n\toption encryption 'none'\n\toption key '1'\n#\toption key 'p{lower:6}97'\n\toption public_key 'a1B{base62:40}='\n",
            rule: "",
        },
        Example {
            path: "etc/config/uhttpd",
            text: "config uhttpd 'main'\n\toption key '/etc/uhttpd.key'\nconfig cert 'px5g'\n\toption key 'p{lower:6}97'\n",
            rule: "",
        },
        Example { path: "etc/config/app", text: "option key 'p{lower:6}97'\n", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    holds(hint.path(), b"etc/config/") && !hint.file_name().contains(&b'.')
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut section = None;
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        if let Some(kind) = line.strip("config ") {
            section = Some(kind.trim().while_(|b| !b.is_ascii_whitespace()));
            continue;
        }
        let (Some(section), Some(option)) = (section, line.strip("option ")) else { continue };
        let option = option.trim();
        let name = option.while_(|b| !b.is_ascii_whitespace());
        let value = option.after(&name).trim().unquote();
        let set = value.len() >= 4 && worth(value.bytes()) > Worth::Trivial;
        if set && is_secret(section, name) {
            out(Found::here(&RULE, value, length_of("value of an option", value.len())));
        }
    }
}

/// A key of a wireless network is its passphrase; elsewhere a `key` is any key.
fn is_secret(section: Part<'_>, name: Part<'_>) -> bool {
    let own = ["private_key", "preshared_key"].iter().any(|key| name.is(key));
    let wireless = section.is("wifi-iface") || section.is("wifi-station");
    own || wireless && name.is("key") || says(name.bytes()) == Says::Secret
}
