//! rclone's configuration: passwords, which it only obscures, and tokens of cloud storage.
//!
//! Obscured is not encrypted: the key is in rclone's source.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::read::ini;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "rclone-password",
    "Password of rclone",
    "Whoever holds it can read and change what is stored there: rclone itself reveals it.",
)
.of("rclone")
.source("https://rclone.org/commands/rclone_obscure/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "rclone",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["rclone.conf"]),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "root/.config/rclone/rclone.conf",
            text: "[a]\ntype = sftp\npass = {b64u:30}\n",
            rule: "rclone-password",
        },
        Example { path: "rclone.conf", text: "[a]\nsecret_access_key = {b64:40}\n", rule: "rclone-password" },
    ],
    misses: &[Example { path: "rclone.conf", text: "[a]\ntype = s3\nenv_auth = true\npass =\n", rule: "" }],
};

const KEYS: &[&str] = &[
    "pass",
    "password",
    "password2",
    "secret_access_key",
    "key",
    "client_secret",
    "bearer_token",
    "sas_url",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for pair in ini::pairs(text.bytes) {
        if KEYS.iter().any(|key| pair.key.is(key)) {
            credential(&RULE, pair.value, "value of rclone").into_iter().for_each(&mut *out);
        }
    }
}
