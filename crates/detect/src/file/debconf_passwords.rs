//! `passwords.dat` of debconf: the answers to questions for passwords, which packages keep apart from the others.
//!
//! bad: `debconf-set-selections` in a step, and `/var/cache/debconf/passwords.dat` in its layer
//! good: a package that is told its password when the container starts

use super::judge::lies_at;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "debconf-password",
    "Password that a package was told when it was installed",
    "Whoever can read the file has the password of the service that the package set up.",
)
.of("Debian")
.source("https://manpages.debian.org/debconf.7");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "debconf-passwords",
    rules: &[&RULE],
    wants: |hint| lies_at(hint, &["debconf/passwords.dat", "debconf/passwords.dat-old"]),
    keywords: &["\nvalue: "],
    find,
    hits: &[Example {
        path: "var/cache/debconf/passwords.dat",
        text: "Name: wiki/mysql/app-pass\nTemplate: wiki/mysql/app-pass\nValue: p{lower:6}97\nOwners: wiki\nFlags: seen\n",
        rule: "debconf-password",
    }],
    misses: &[
        Example {
            path: "var/cache/debconf/passwords.dat",
            text: "Name: passwd/user-password\nTemplate: passwd/user-password\nValue: \nOwners: passwd\n\nName: a/b\nTemplate: a/b\nOwners: a\n",
            rule: "",
        },
        Example {
            path: "var/cache/debconf/config.dat",
            text: "Name: wiki/mysql/method\nTemplate: wiki/mysql/method\nValue: p{lower:6}97\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines() {
        let value = line.strip("Value:").map(|value| value.trim()).filter(|value| !value.is_empty());
        value.and_then(|v| credential(&RULE, v, "answer to a question")).into_iter().for_each(&mut *out);
    }
}
