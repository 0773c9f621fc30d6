//! Passphrases of hostapd for single devices: `address passphrase` a line of `hostapd.wpa_psk`.

use super::judge::ends_with;
use crate::context::judge::length_of;
use crate::context::judge::value::{Worth, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "wireless-passphrase",
    "Passphrase of a wireless network",
    "Whoever is near can join the network.",
)
.of("hostapd")
.source("https://w1.fi/cgit/hostap/plain/hostapd/hostapd.wpa_psk");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "wireless-keys",
    rules: &[&RULE],
    wants: |hint| ends_with(hint, &[".wpa_psk", ".sae_passwords"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "etc/hostapd/hostapd.wpa_psk",
        text: "# all\nvlanid=3 00:00:00:00:00:00 plum {lower:6} tree\n",
        rule: "wireless-passphrase",
    }],
    misses: &[Example {
        path: "etc/hostapd.wpa_psk",
        text: "#00:00:00:00:00:00 plum {lower:6} tree\n00:11:22:33:44:55 secret passphrase\n00:22:33:44:55:66 another passphrase\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let address = |word: &Part<'_>| {
            word.len() == 17 && word.bytes().iter().all(|b| b.is_ascii_hexdigit() || *b == b':')
        };
        let option = |word: &Part<'_>| word.bytes().contains(&b'=');
        let Some(device) = line.words().find(|word| !option(word)).filter(address) else { continue };
        let value = line.after(&device).trim();
        // What the file that it comes with has.
        let shown = value.is("secret passphrase") || value.is("another passphrase");
        let set = (8..=64).contains(&value.len()) && worth(value.bytes()) > Worth::Trivial;
        if set && !shown {
            out(Found::here(&RULE, value, length_of("passphrase", value.len())));
        }
    }
}
