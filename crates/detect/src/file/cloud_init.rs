//! cloud-init's user data: the logins under `chpasswd`, one `user:password` a line.
//!
//! Passwords that stand as values of their own (`password:`, `plain_text_passwd:`) are told by their names.

use crate::context::judge::credential;
use crate::context::judge::value::is_password_hash;
use crate::read::{Part, yaml};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "cloud-init-password",
    "Password of a new machine",
    "Whoever holds it can log in to the machine.",
)
.of("cloud-init")
.source("https://cloudinit.readthedocs.io/en/latest/reference/modules.html#set-passwords");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "cloud-init",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)),
    keywords: &["chpasswd:"],
    find,
    hits: &[Example {
        path: "user-data",
        text: "#cloud-config\nchpasswd:\n  list: |\n    root:p{lower:8}\n  expire: false\n",
        rule: "cloud-init-password",
    }],
    misses: &[Example {
        path: "user-data",
        text: "#cloud-config\nchpasswd:\n  list: |\n    root:RANDOM\n    bob:$6${base62:8}${base62:86}\n  expire: false\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    yaml::leaves(Part::of(text.bytes), &mut |leaf| {
        if leaf.key() != b"list" || !leaf.under("chpasswd") {
            return;
        }
        for line in leaf.value.lines().map(|line| line.trim()) {
            let password = line.cut(|b| b == b':').map(|(_, password)| password);
            let password =
                password.filter(|p| !matches!(p.bytes(), b"RANDOM" | b"R") && !is_password_hash(p.bytes()));
            password.and_then(|p| credential(&RULE, p, "password")).into_iter().for_each(&mut *out);
        }
    });
}
