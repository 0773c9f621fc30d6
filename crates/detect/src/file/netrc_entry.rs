//! Entries of a `.netrc` in other files: copies under other names, dumps, patches that add one.

use super::netrc::{RULE, is_one};
use crate::context::judge::ground::{Ground, ground, is_named_manual};
use crate::context::judge::placed;
use crate::context::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "netrc-entry",
    rules: &[&RULE],
    wants: |hint| !is_one(hint),
    keywords: &["machine ", "machine\t"],
    find,
    hits: &[Example {
        path: "srv/0001-add.patch",
        text: "@@ -0,0 +1,3 @@\n+machine git.acme.dev\n+  login bob\n+  password {base62:20}\n",
        rule: "netrc-password",
    }],
    misses: &[
        Example {
            path: "a.txt",
            text: "machine h login u password $PASS\nmachine learning is\nmachine h login bob password frog\n",
            rule: "",
        },
        Example {
            path: "usr/share/man/man5/auth.conf.5",
            text: "machine h login bob password {base62:20}\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let explains = matches!(ground(&text.hint), Ground::Code | Ground::Noise) || is_named_manual(&text.hint);
    if text.binary || explains {
        return;
    }
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + LONGEST));
        let made = |value: &Part<'_>| is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak));
        if let Some(value) = entry(rest).filter(made) {
            placed(&RULE, value, "password").into_iter().for_each(&mut *out);
        }
    }
}

/// An entry of a copy, a dump or a patch is no longer, in bytes.
const LONGEST: usize = 400;

/// The password of an entry that stands anywhere: a machine, a login and a password one after the other, in a patch behind the
/// marks of new lines.
fn entry(rest: Part<'_>) -> Option<Part<'_>> {
    let mut words = rest.words().filter(|word| !word.is("+"));
    let mut word = |name: &str| {
        let key = words.next()?;
        (key.is(name) || key.strip("+").is_some_and(|key| key.is(name))).then(|| words.next())?
    };
    word("machine")?;
    word("login")?;
    word("password").filter(|value| value.bytes().iter().all(u8::is_ascii_graphic))
}
