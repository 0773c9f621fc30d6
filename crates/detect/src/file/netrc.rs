//! `.netrc`: the passwords of curl, git, ftp and pip, by machine.

use super::judge::is_called;
use crate::context::judge::placed;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "netrc-password",
    "Password in a .netrc file",
    "Whoever holds it can log in to the machine it is for.",
)
.of("netrc")
.source("https://everything.curl.dev/usingcurl/netrc.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "netrc",
    rules: &[&RULE],
    wants: is_one,
    keywords: &[],
    find: all,
    hits: &[
        Example {
            path: "root/.netrc",
            text: "machine git.example login bob password {base62:20}\n",
            rule: "netrc-password",
        },
        Example { path: "_netrc", text: "machine h login bob password simple\n", rule: "netrc-password" },
        Example {
            path: "_netrc",
            text: "machine h\n  login bob\n  password \"a b{lower:9}\"\n",
            rule: "netrc-password",
        },
        Example {
            path: "etc/apt/auth.conf.d/x.conf",
            text: "machine h login u password p{lower:8}",
            rule: "netrc-password",
        },
    ],
    misses: &[
        Example {
            path: "root/.netrc",
            text: "# machine h login u password {base62:20}\nmachine h login u\n",
            rule: "",
        },
        Example { path: "root/.netrc", text: "default login anonymous password bob@{lower:9}9\n", rule: "" },
        Example {
            path: "root/.netrc",
            text: "macdef init\nquote password {base62:20}\n\nmachine h login u\n",
            rule: "",
        },
    ],
};

/// apt has the same form in `auth.conf`.
pub(super) fn is_one(hint: &Hint<'_>) -> bool {
    is_called(hint, &["netrc", "authinfo"])
        || super::judge::lies_at(hint, &["etc/apt/auth.conf"])
        || super::judge::holds(hint.path(), b"apt/auth.conf.d/")
}

/// Every password of such a file.
fn all<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let mut previous = Part::of(text.bytes).first(0);
    let (mut in_macro, mut anonymous) = (false, false);
    for line in Part::of(text.bytes).lines() {
        if line.trim().is_empty() {
            in_macro = false;
            continue;
        }
        in_macro |= line.trim().strip("macdef").is_some();
        if in_macro || line.trim().bytes().starts_with(b"#") {
            continue;
        }
        for word in line.words() {
            if previous.is("login") {
                // Who has no account gives his address for a password.
                anonymous = word.is("anonymous") || word.is("ftp");
            }
            if (previous.is("password") || previous.is("passwd")) && !anonymous {
                let value = quoted(line, word);
                placed(&RULE, value, "password").into_iter().for_each(&mut *out);
            }
            anonymous &= !word.is("machine");
            previous = word;
        }
    }
}

/// The word, or up to the closing quote where it opens one.
fn quoted<'b>(line: Part<'b>, word: Part<'b>) -> Part<'b> {
    let rest = line.skip(word.span().start - line.span().start);
    match rest.strip("\"").and_then(|inside| inside.cut(|b| b == b'"')) {
        Some((value, _)) => value,
        None => word,
    }
}
