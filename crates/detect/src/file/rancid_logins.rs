//! Logins of RANCID for the devices that it saves: `add password device {x} {y}` of `.cloginrc`.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "rancid-password",
    "Password of a network's devices",
    "Whoever can read it can log in to the devices and change them.",
)
.of("RANCID")
.source("https://shrubbery.net/rancid/man/cloginrc.5.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "rancid-logins",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["cloginrc"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "home/rancid/.cloginrc",
            text: "add user * bob\nadd password * {p{lower:6}97}\n",
            rule: "rancid-password",
        },
        Example {
            path: "home/rancid/.cloginrc",
            text: "add userpassword sw1 p{lower:6}97\n",
            rule: "rancid-password",
        },
    ],
    misses: &[Example {
        path: "home/rancid/.cloginrc",
        text: "# add password * {p{lower:6}97}\nadd user * bob97x12\nadd method * ssh\nadd autoenable sw1 1\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        let named = ["add password ", "add userpassword ", "add passphrase "];
        let Some(rest) = named.iter().find_map(|name| line.strip(name)) else { continue };
        // Behind the device stand the password and the one that enables.
        for value in rest.words().skip(1).take(2) {
            let value = value.trim_of(|b| matches!(b, b'{' | b'}' | b'"'));
            credential(&RULE, value, "password of a device").into_iter().for_each(&mut *out);
        }
    }
}
