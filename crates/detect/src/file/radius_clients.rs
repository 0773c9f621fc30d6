//! Secrets that FreeRADIUS shares with its clients, `clients.conf`: `secret = …`.

use super::judge::{is_called, lies_in};
use tightlip_report::{Confidence, Level};

use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "radius-secret",
    "Secret of a RADIUS client",
    "Whoever holds it can ask the server who may log in, and read the passwords that pass.",
)
.of("FreeRADIUS")
.source("https://www.freeradius.org/documentation/freeradius-server/3.2.9/reference/raddb/clients.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "radius-clients",
    rules: &[&RULE],
    wants: |hint| {
        let here = lies_in(hint, "freeradius/") || lies_in(hint, "raddb/") || lies_in(hint, "radius/");
        here && is_called(hint, &["clients.conf", "proxy.conf"])
    },
    keywords: &["secret"],
    find,
    hits: &[Example {
        path: "etc/freeradius/3.0/clients.conf",
        text: "client a {{\n\tsecret = \"otter-lamp\"\n}}\n",
        rule: "radius-secret",
    }],
    misses: &[Example {
        path: "etc/raddb/clients.conf",
        text: "client a {{\n#\tsecret = otter-lamp\n\tsecret = <secret>\n\tsecretary = otter\n}}\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let value = line.strip("secret").and_then(|rest| rest.trim().strip("="));
        let value = value.map(|value| value.cut_at(b" #").map_or(value, |(value, _)| value).trim().unquote());
        let Some(found) = value.and_then(|value| credential(&RULE, value, "secret")) else { continue };
        // What the package brings along for the machine itself.
        let brought = value.is_some_and(|value| value.is("testing123"));
        out(if brought { found.at(Level::Warn, Confidence::Low) } else { found });
    }
}
