//! Monit's control file: who may open its page, and how it logs in elsewhere: `allow admin:…`.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "monit-password",
    "Password of Monit's page",
    "Whoever reaches the page with it can stop and start what the machine runs.",
)
.of("Monit")
.source("https://mmonit.com/monit/documentation/monit.html#Authentication");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "monitrc",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["monitrc", "monit.conf"]) || lies_in(hint, "monit/"),
    keywords: &["allow "],
    find,
    hits: &[
        Example {
            path: "etc/monit/monitrc",
            text: "set httpd port 2812 and\n  allow localhost\n  allow ops:p{lower:6}97 readonly\n",
            rule: "monit-password",
        },
        Example {
            path: "root/.monitrc",
            text: "set httpd port 2812 allow ops:\"p{lower:6} 97\"\n",
            rule: "monit-password",
        },
    ],
    misses: &[
        Example {
            path: "etc/monit/monitrc",
            text: "#  allow ops:p{lower:6}97\n  allow localhost\n  allow 10.0.0.0/255.0.0.0\n  allow fe80::1\n  allow md5 /etc/htpasswd\n  allow admin:monit\n",
            rule: "",
        },
        Example { path: "etc/app.conf", text: "allow ops:p{lower:6}97\n", rule: "" },
    ],
};

/// What the manual writes.
const DEFAULT: &str = "monit";

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let login = if line.strip("allow ").is_some() { line.strip("allow ") } else { behind_port(line) };
        let Some((user, password)) = login.and_then(|login| login.trim().cut(|b| b == b':')) else {
            continue;
        };
        if user.is_empty() || !user.bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"_-\"".contains(b)) {
            continue;
        }
        let password = match password.bytes().first() {
            Some(quote @ (b'"' | b'\'')) => password.skip(1).while_(|b| b != *quote),
            _ => password.while_(|b| !b.is_ascii_whitespace()),
        };
        // An address has more of them.
        if password.bytes().contains(&b':') && user.bytes().iter().all(u8::is_ascii_hexdigit)
            || password.is(DEFAULT)
        {
            continue;
        }
        credential(&RULE, password, "password of the page").into_iter().for_each(&mut *out);
    }
}

fn behind_port(line: Part<'_>) -> Option<Part<'_>> {
    line.strip("set httpd ")?.cut_at(b" allow ").map(|(_, login)| login)
}
