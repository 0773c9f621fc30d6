//! Files of a remote desktop (`.rdp`) with a password in the open, as FreeRDP and its kin read them.
//!
//! Windows itself seals it for one user: `password 51:b:…` is none.

use super::judge::ends_with;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "rdp-password",
    "Password of a remote desktop",
    "Whoever can read the file logs in to the machine that it names.",
)
.source("https://github.com/FreeRDP/FreeRDP/blob/master/client/common/file.c");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "remote-desktop",
    rules: &[&RULE],
    wants: |hint| ends_with(hint, &[".rdp", ".rdpw"]),
    keywords: &["password:s:"],
    find,
    hits: &[Example {
        path: "home/bob/till.rdp",
        text: "full address:s:ts.a.lan\nusername:s:bob\npassword:s:p{lower:6}*97\r\n",
        rule: "rdp-password",
    }],
    misses: &[Example {
        path: "home/bob/till.rdp",
        text: "password 51:b:01000000D08C9DDF{hex:40}\npassword:s:\nprompt for credentials:i:1\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let value = ["password:s:", "gatewaypassword:s:"].iter().find_map(|name| line.strip(name));
        value.and_then(|value| credential(&RULE, value, "password")).into_iter().for_each(&mut *out);
    }
}
