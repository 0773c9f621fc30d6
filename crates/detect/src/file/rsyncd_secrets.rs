//! Users of an rsync daemon: `user:password` a line, in the file that `secrets file` names.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "rsyncd-secret",
    "Password of an rsync module",
    "Whoever holds it can read, and mostly write, the module.",
)
.of("rsync")
.source("https://download.samba.org/pub/rsync/rsyncd.conf.5");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "rsyncd-secrets",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["rsyncd.secrets", "rsync.secrets"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "etc/rsyncd.secrets",
        text: "# users\nbackup:p{lower:8}9\n@group:\n",
        rule: "rsyncd-secret",
    }],
    misses: &[Example { path: "etc/rsyncd.secrets", text: "# bob:p{lower:8}9\nbob:\n", rule: "" }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let password = line.cut(|b| b == b':').map(|(_, password)| password);
        password.and_then(|p| credential(&RULE, p, "password")).into_iter().for_each(&mut *out);
    }
}
