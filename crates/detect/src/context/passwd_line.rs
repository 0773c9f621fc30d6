//! Accounts with their passwords as `newusers` takes them, and as `/etc/passwd` had them before there was a file for hashes:
//! `ann:…:1001:1001:Ann:/home/ann:/bin/bash`.
//!
//! bad: `ann:hunter22x:1001:1001::/home/ann:/bin/bash`
//! good: `ann:x:1001:1001::/home/ann:/bin/bash`
//!
//! Source: <https://man7.org/linux/man-pages/man8/newusers.8.html>

use super::directive::RULE;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::{is_chosen, is_password_hash, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "passwd-line",
    rules: &[&RULE],
    wants: |hint| {
        matches!(hint, Hint::File(_))
            && !matches!(ground(hint), Ground::Noise | Ground::Code)
            && !is_named_manual(hint)
    },
    keywords: &[":/bin/", ":/sbin/", ":/usr/bin/", ":/usr/sbin/"],
    find,
    hits: &[
        Example {
            path: "root/newusers.txt",
            text: "ann:p{lower:6}97:1001:1001:Ann O.:/home/ann:/bin/bash\n",
            rule: "password-directive",
        },
        Example {
            path: "etc/passwd.new",
            text: "root:x:0:0:root:/root:/bin/sh\nbob:{base62:20}::100::/home/bob:/usr/bin/zsh\n",
            rule: "password-directive",
        },
    ],
    misses: &[Example {
        path: "etc/passwd",
        text: "root:x:0:0:root:/root:/bin/bash\nann:*:1:1::/:/usr/sbin/nologin\nbob:!!:2:2::/:/bin/sh\neve:{b64:13}:3:3::/:/bin/sh\nshell:/usr/bin/env:9\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let start = at - line_before(text.bytes, at).len();
        let line = Part::between(text.bytes, start..at);
        let Some((name, rest)) = line.cut(|b| b == b':') else { continue };
        let Some((value, rest)) = rest.cut(|b| b == b':') else { continue };
        let mut fields = rest.bytes().split(|b| *b == b':');
        let number = |field: Option<&[u8]>| field.is_some_and(|field| field.iter().all(u8::is_ascii_digit));
        // Its number, that of its group, what is said of it, and its home.
        let account = number(fields.next()) && number(fields.next()) && fields.count() == 2;
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$');
        // The hash of DES has thirteen signs.
        let hash = is_password_hash(value.bytes()) || value.len() == 13;
        let told = is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak));
        if account && !name.is_empty() && name.bytes().iter().all(plain) && told && !hash {
            out(Found::here(&RULE, value, length_of("password of an account", value.len())));
        }
    }
}
