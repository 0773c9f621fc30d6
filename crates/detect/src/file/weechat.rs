//! The values that WeeChat keeps in its `sec.conf`: unless somebody set a passphrase, they stand there in the open.
//! <https://weechat.org/files/doc/weechat/stable/weechat_user.en.html#secured_data>

use super::judge::holds;
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "weechat-secured-data",
    "Value that WeeChat keeps as a secret",
    "Whoever can read it can log in to the network or service it is for.",
)
.of("WeeChat")
.source("https://weechat.org/files/doc/weechat/stable/weechat_user.en.html#secured_data");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "weechat",
    rules: &[&RULE],
    wants: |hint: &Hint<'_>| {
        hint.file_name() == b"sec.conf" && holds(&hint.path().to_ascii_lowercase(), b"weechat")
    },
    keywords: &[],
    find,
    hits: &[Example {
        path: "root/.config/weechat/sec.conf",
        text: "[crypt]\ncipher = aes256\n\n[data]\n__passphrase__ = off\nlibera = \"p{lower:6}97\"\n",
        rule: "weechat-secured-data",
    }],
    misses: &[
        // With a passphrase each value is encrypted.
        Example {
            path: "root/.weechat/sec.conf",
            text: "[crypt]\nhash_algo = sha256\n[data]\n__passphrase__ = on\nlibera = \"{hex:128}\"\n",
            rule: "",
        },
        Example {
            path: "root/.weechat/sec.conf",
            text: "[crypt]\nsalt = on\n[data]\nlibera = \"${{env:PASS}}\"\n",
            rule: "",
        },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let all = Part::of(text.bytes);
    if all.lines().any(|line| line.trim().is("__passphrase__ = on")) {
        return;
    }
    let mut inside = false;
    for line in all.lines().map(|line| line.trim()) {
        if line.bytes().starts_with(b"[") {
            inside = line.is("[data]");
        } else if inside
            && let Some((name, value)) = line.cut(|b| b == b'=')
            && !name.trim().bytes().starts_with(b"__")
        {
            credential(&RULE, value.trim().unquote(), "value").into_iter().for_each(&mut *out);
        }
    }
}
