//! Secrets of strongSwan, `swanctl.conf`: `secret = …` in the sections of `secrets`.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "swanctl-secret",
    "Secret of an IPsec tunnel",
    "Whoever holds it can join the network, or read what goes through the tunnel.",
)
.of("strongSwan")
.source("https://docs.strongswan.org/docs/latest/swanctl/swanctlConf.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "swanctl",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["swanctl.conf"]) || lies_in(hint, "swanctl/conf.d/"),
    keywords: &["secret"],
    find,
    hits: &[Example {
        path: "etc/swanctl/swanctl.conf",
        text: "secrets {{\n  eap-carol {{\n    id = carol\n    secret = otter lamp fjord\n  }}\n}}\n",
        rule: "swanctl-secret",
    }],
    misses: &[Example {
        path: "etc/swanctl/swanctl.conf",
        text: "secrets {{\n  eap {{\n    # secret = otter-lamp\n    secret =\n    file = a.pem\n  }}\n}}\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let value = line.strip("secret").and_then(|rest| rest.trim().strip("="));
        let value = value.map(|value| value.cut_at(b" #").map_or(value, |(value, _)| value).trim().unquote());
        value.and_then(|value| credential(&RULE, value, "secret")).into_iter().for_each(&mut *out);
    }
}
