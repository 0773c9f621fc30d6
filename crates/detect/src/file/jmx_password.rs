//! Passwords of Java's remote management: `jmxremote.password`, `role password` a line.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "jmx-password",
    "Password of Java's remote management",
    "Whoever holds it can run code in the program.",
)
.of("Java")
.source("https://docs.oracle.com/en/java/javase/21/management/monitoring-and-management-using-jmx-technology.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "jmx-password",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["jmxremote.password", "jmx.password"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "conf/jmxremote.password",
        text: "# roles\nmonitorRole p{lower:8}\n",
        rule: "jmx-password",
    }],
    misses: &[Example {
        path: "conf/jmxremote.password",
        text: "# monitorRole p{lower:8}\n# controlRole  R&D\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let password = line.words().nth(1);
        password.and_then(|p| credential(&RULE, p, "password")).into_iter().for_each(&mut *out);
    }
}
