//! How a replica of MySQL or MariaDB reaches its source: `master.info`, of which each line has its place.
//!
//! Newer versions write first how many lines there are.

use super::judge::base_name;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "mysql-replica-password",
    "Password of a replica of MySQL",
    "Whoever holds it can read every change of the databases.",
)
.of("MySQL")
.source("https://dev.mysql.com/doc/refman/8.0/en/replica-logs-status.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "replica-info",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "var/lib/mysql/master.info",
            text: "33\nbin.000412\n817\n10.0.2.11\nrepl\np{lower:8}\n3306\n60\n",
            rule: "mysql-replica-password",
        },
        Example {
            path: "var/lib/mysql/master-eu.info",
            text: "bin.000412\n817\ndb.internal\nrepl\np{lower:8}\n3306\n60\n",
            rule: "mysql-replica-password",
        },
    ],
    misses: &[
        Example { path: "var/lib/mysql/master.info", text: "33\n\n4\n\nroot\n\n3306\n60\n", rule: "" },
        Example { path: "a/master.info", text: "a\nb\nc\nd\np{lower:8}\nf\n", rule: "" },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let name = base_name(hint);
    name == b"master.info" || name.starts_with(b"master-") && name.ends_with(b".info")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let number = |part: &Part<'_>| !part.is_empty() && part.bytes().iter().all(u8::is_ascii_digit);
    let mut lines = Part::of(text.bytes).lines().map(|line| line.trim()).take(7).peekable();
    lines.next_if(number);
    // The log and the place in it, the host, the user, the password and the port.
    let lines: Vec<Part<'b>> = lines.collect();
    let [_, place, _, _, password, port, ..] = lines.as_slice() else { return };
    if number(place) && number(port) {
        credential(&RULE, *password, "password of a replica").into_iter().for_each(&mut *out);
    }
}
