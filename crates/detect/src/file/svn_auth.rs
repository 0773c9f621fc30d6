//! What Subversion keeps of logins: a name and its value in turns, each below its length.

use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "subversion-password",
    "Password that Subversion keeps",
    "Whoever holds it can read and change the repository as its owner.",
)
.of("Subversion")
.source("https://svnbook.red-bean.com/en/1.8/svn.serverconfig.netmodel.html#svn.serverconfig.netmodel.creds");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "svn-auth",
    rules: &[&RULE],
    wants: |hint: &Hint<'_>| {
        let folders = [&b"auth/svn.simple/"[..], b"auth/svn.ssl.client-passphrase/"];
        folders.iter().any(|folder| super::judge::holds(hint.path(), folder))
    },
    keywords: &[],
    find,
    hits: &[Example {
        path: "root/.subversion/auth/svn.simple/1b2c",
        text: "K 8\npasstype\nV 6\nsimple\nK 8\npassword\nV 10\np{lower:7}97\nK 15\nsvn:realmstring\nV 1\nx\nEND\n",
        rule: "subversion-password",
    }],
    misses: &[
        Example {
            path: "root/.subversion/auth/svn.simple/1b2c",
            text: "K 8\npasstype\nV 13\ngnome-keyring\nK 8\nusername\nV 10\np{lower:7}97\nEND\n",
            rule: "",
        },
        Example { path: "a/1b2c", text: "K 8\npassword\nV 10\np{lower:7}97\nEND\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let lines: Vec<Part<'b>> = Part::of(text.bytes).lines().map(|line| line.trim()).collect();
    for [name, length, value] in lines.array_windows() {
        let named = name.is("password") || name.is("passphrase");
        if named && length.strip("V ").is_some() {
            credential(&RULE, *value, "password").into_iter().for_each(&mut *out);
        }
    }
}
