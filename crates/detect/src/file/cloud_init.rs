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
    hits: &[
        Example {
            path: "user-data",
            text: "#cloud-config\nchpasswd:\n  list: |\n    root:p{lower:8}\n  expire: false\n",
            rule: "cloud-init-password",
        },
        Example {
            path: "user-data",
            text: "#cloud-config\nchpasswd:\n  expire: false\n  list:\n    - root:p{lower:8}\n",
            rule: "cloud-init-password",
        },
    ],
    misses: &[Example {
        path: "user-data",
        text: "#cloud-config\nchpasswd:\n  list: |\n    # user:p{lower:8}\n    root:RANDOM\n    bob:$6${base62:8}${base62:86}\n  expire: false\n",
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
        leaf.value.lines().filter_map(login).for_each(&mut *out);
    });
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 4096));
        items(rest).filter_map(login).for_each(&mut *out);
    }
}

/// The items of a list right below `chpasswd:`, as newer versions write it.
fn items(rest: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    let lines = rest.lines().skip(1).take_while(|line| line.is_empty() || line.bytes().starts_with(b" "));
    let list = lines.map(|line| line.trim()).skip_while(|line| !line.is("list:")).skip(1);
    list.map_while(|line| line.strip("- ")).map(|item| item.trim().unquote())
}

/// The password of `user:password`; some values ask for one that is made.
fn login(line: Part<'_>) -> Option<Found<'_>> {
    let line = Some(line.trim()).filter(|line| !line.bytes().starts_with(b"#"))?;
    let (_, password) = line.cut(|b| b == b':')?;
    let made = matches!(password.bytes(), b"RANDOM" | b"R") || is_password_hash(password.bytes());
    if made { None } else { credential(&RULE, password, "password") }
}
