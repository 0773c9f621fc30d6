//! curl's `.curlrc`: `user = "bob:password"`, `-u bob:password`, and the same for a proxy.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "curlrc-password",
    "Password in curl's configuration",
    "Whoever holds it can log in as its user.",
)
.of("curl")
.source("https://everything.curl.dev/cmdline/configfile.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "curlrc",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["curlrc"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.curlrc",
            text: "silent\nuser = \"bob:p{lower:8}\"\n",
            rule: "curlrc-password",
        },
        Example { path: "root/.curlrc", text: "-u bob:p{lower:8}\n", rule: "curlrc-password" },
        Example { path: "root/_curlrc", text: "proxy-user bob:p{lower:8}\n", rule: "curlrc-password" },
    ],
    misses: &[Example {
        path: "root/.curlrc",
        text: "# user = bob:p{lower:8}\nuser-agent = \"a:b\"\nuser = bob\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim().trim_of(|b| b == b'-')) {
        let name = line.while_(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !["u", "user", "proxy-user"].iter().any(|known| name.is(known)) {
            continue;
        }
        let login = line.after(&name).trim_of(|b| matches!(b, b' ' | b'\t' | b'=' | b':')).unquote();
        let password = login.cut(|b| b == b':').map(|(_, password)| password);
        password.and_then(|p| credential(&RULE, p, "password")).into_iter().for_each(&mut *out);
    }
}
