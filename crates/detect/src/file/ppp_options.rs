//! The password with which pppd shows who it is, in `options` and the files of peers: `password …`.

use super::judge::lies_in;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "ppp-password",
    "Password of a PPP peer",
    "Whoever holds it can dial in, or open the tunnel, as its owner.",
)
.of("PPP")
.source("https://manpages.debian.org/stable/ppp/pppd.8.en.html#AUTHENTICATION");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "ppp-options",
    rules: &[&RULE],
    wants,
    keywords: &["password"],
    find,
    hits: &[
        Example {
            path: "etc/ppp/options.l2tpd.client",
            text: "name bob\npassword otter-lamp\n",
            rule: "ppp-password",
        },
        Example {
            path: "etc/ppp/peers/isp",
            text: "user \"bob\"\npassword \"otter-lamp\"\n",
            rule: "ppp-password",
        },
    ],
    misses: &[Example {
        path: "etc/ppp/options",
        text: "# password otter-lamp\nhide-password\nshow-password\npassword\n",
        rule: "",
    }],
};

fn wants(hint: &Hint<'_>) -> bool {
    lies_in(hint, "ppp/peers/") || lies_in(hint, "ppp/") && hint.file_name().starts_with(b"options")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let value = line.strip("password ").map(|value| value.trim().unquote());
        value.and_then(|value| credential(&RULE, value, "password")).into_iter().for_each(&mut *out);
    }
}
