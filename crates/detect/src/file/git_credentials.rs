//! Git's credential store: one URL with user and password a line.

use super::judge::{is_called, lies_at};
use crate::context::judge::credential;
use crate::read::{Part, url};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "git-credential",
    "Stored Git credential",
    "Whoever holds it can read, and often write, the repositories of its owner.",
)
.of("Git")
.source("https://git-scm.com/docs/git-credential-store");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "git-credentials",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["git-credentials"]) || lies_at(hint, &["git/credentials"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.git-credentials",
            text: "https://bob:{base62:20}@git.example\n",
            rule: "git-credential",
        },
        Example {
            path: "root/.config/git/credentials",
            text: "https://bob:{base62:20}@git.example\n",
            rule: "git-credential",
        },
    ],
    misses: &[Example {
        path: "root/.git-credentials",
        text: "https://git.example\nhttps://bob@git.example\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines() {
        let Some((scheme, _)) = line.cut_at(b"://") else { continue };
        let password = url::around(text.bytes, scheme.span().end).and_then(|u| u.password);
        password.and_then(|p| credential(&RULE, p, "Git password")).into_iter().for_each(&mut *out);
    }
}
