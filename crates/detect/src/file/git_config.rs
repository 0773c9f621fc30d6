//! Git's configuration: `extraheader` with a login, as CI checkouts leave it, and URLs with passwords.

use crate::context::judge::{credential, length_of};
use crate::read::{Part, base64, ini, url};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "git-config-credential",
    "Credential in a Git configuration",
    "Whoever holds it can read, and often write, the repositories of its owner.",
)
.of("Git")
.source("https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpextraHeader");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "git-config",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "app/.git/config",
            text: "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic Ym9iOnB3ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}ZWx{base62:1}\n",
            rule: "git-config-credential",
        },
        Example {
            path: "app/.git/modules/x/config",
            text: "[remote \"origin\"]\n\turl = https://bob:{base62:20}@git.example/x.git\n",
            rule: "git-config-credential",
        },
        Example {
            path: "root/.gitconfig",
            text: "[url \"https://{base62:40}@github.com/\"]\n\tinsteadOf = https://github.com/\n",
            rule: "git-config-credential",
        },
    ],
    misses: &[
        Example {
            path: "app/.git/config",
            text: "[remote \"origin\"]\n\turl = https://git.example/x.git\n\turl = git@github.com:a/b.git\n\turl = ssh://git@h/x\n",
            rule: "",
        },
        Example {
            path: "root/.gitconfig",
            text: "[http]\n\textraheader = AUTHORIZATION: basic ***\n[credential]\n\thelper = store\n",
            rule: "",
        },
    ],
};

fn wants(hint: &Hint<'_>) -> bool {
    let path = hint.path();
    let in_git = || super::judge::holds(path, b".git/") || super::judge::holds(path, b"/vcs/");
    super::judge::is_called(hint, &["gitconfig", "config.worktree"])
        || (super::judge::is_called(hint, &["config"]) && in_git())
        || path.ends_with(b"git/config")
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes) {
        if pair.key.is("extraheader") {
            header(pair.value).into_iter().for_each(&mut *out);
        }
    }
    for at in memchr::memmem::find_iter(text.bytes, b"://") {
        let Some(url) = url::around(text.bytes, at) else { continue };
        // A token may stand alone in the place of the user.
        let alone = url.user.filter(|u| url.password.is_none() && u.len() >= 20);
        let value = url.password.or(alone);
        value.and_then(|v| credential(&RULE, v, "password in a URL")).into_iter().for_each(&mut *out);
    }
}

fn header<'b>(value: Part<'b>) -> Option<Found<'b>> {
    let (_, rest) = value.cut(|b| b == b':')?;
    let rest = rest.trim();
    let Some(digits) = rest.strip("basic ").map(|d| d.trim()) else {
        let token = rest.strip("bearer ").or_else(|| rest.strip("token "))?.trim();
        return credential(&RULE, token, "token in a header");
    };
    let (_, password) = base64::user_and_password(digits.bytes())?;
    let shape = length_of("password in a header", password.len());
    (!password.is_empty()).then(|| Found::here(&RULE, digits, shape).decoded(password, &["base64"]))
}
