//! Passwords that one command hands to another: `echo root:… | chpasswd`, `echo … | docker login --password-stdin`.
//!
//! bad: `RUN echo "root:secret123" | chpasswd`
//! good: `RUN --mount=type=secret,id=root chpasswd < /run/secrets/root`

use tightlip_report::{Confidence, Level};

use super::command::said_before;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::value::{Worth, worth};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "piped-password",
    "Password handed from one command to another",
    "Whoever can read the command, in the image's history, a script or a log, has it.",
)
.source("https://docs.docker.com/build/building/secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "piped",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Shell | Ground::Yaml),
    keywords: &["chpasswd", "--password-stdin", "passwd --stdin"],
    find,
    hits: &[
        Example {
            path: "Dockerfile",
            text: "FROM x\nRUN echo \"root:p{lower:6}9\" | chpasswd\n",
            rule: "piped-password",
        },
        Example { path: "", text: "/bin/sh -c echo 'app:p{lower:6}9' | chpasswd", rule: "piped-password" },
        Example {
            path: "a.sh",
            text: "set -e; printf p{lower:6}9 | docker login -u x --password-stdin r.internal\n",
            rule: "piped-password",
        },
    ],
    misses: &[
        Example {
            path: "a.sh",
            text: "echo \"$TOKEN\" | docker login -u x --password-stdin\nchpasswd < /run/secrets/root\necho root:${PW} | chpasswd\n",
            rule: "",
        },
        Example {
            path: "a.sh",
            text: "cat pw.txt | docker login -u x --password-stdin\necho Done\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        let Some(value) = said_before(text.bytes, at).filter(|value| value.span().start >= done) else {
            continue;
        };
        let login = text.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"chpasswd"));
        let value = if login { value.cut(|b| b == b':').map(|(_, password)| password) } else { Some(value) };
        let Some(value) = value else { continue };
        if matches!(worth(value.bytes()), Worth::Nothing | Worth::Reference | Worth::Hollow) {
            continue;
        }
        done = value.span().end;
        out(Found::here(&RULE, value, length_of("password", value.len())));
    }
}
