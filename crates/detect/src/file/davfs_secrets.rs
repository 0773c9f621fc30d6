//! Logins of davfs2: `https://host/share user password`, or a mount point in place of the address.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "davfs-secret",
    "Password of a WebDAV share",
    "Whoever holds it can read and change the share as its user.",
)
.source("https://manpages.debian.org/stable/davfs2/davfs2.conf.5.en.html#SECRETS_FILE");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "davfs-secrets",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["secrets"]) && memchr::memmem::find(hint.path(), b"davfs2/").is_some(),
    keywords: &[],
    find,
    hits: &[Example {
        path: "etc/davfs2/secrets",
        text: "# shares\n/mnt/dav \"bob b\" \"p{lower:8}9\"\n",
        rule: "davfs-secret",
    }],
    misses: &[Example {
        path: "etc/davfs2/secrets",
        text: "# https://h/ bob p{lower:8}9\n/mnt bob\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let password = password_of(line);
        password.and_then(|p| credential(&RULE, p, "password")).into_iter().for_each(&mut *out);
    }
}

/// The third word of a line; one in quotes may hold blanks.
fn password_of(line: Part<'_>) -> Option<Part<'_>> {
    let mut rest = line;
    for _ in 0..2 {
        let word = match rest.bytes().first()? {
            b'"' => rest.skip(1).cut(|b| b == b'"')?.1,
            _ => rest.after(&rest.words().next()?),
        };
        rest = word.trim();
    }
    match rest.bytes().first()? {
        b'"' => rest.skip(1).cut(|b| b == b'"').map(|(value, _)| value),
        _ => rest.words().next(),
    }
}
