//! How sendmail logs in to a relay: `AuthInfo:host "U:user" "P:password"` of its access map, with `P=` in base64.

use super::judge::is_called;
use crate::context::judge::credential;
use crate::context::judge::ground::{Ground, ground, is_named_manual};
use crate::context::judge::reading::line_from;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "sendmail-password",
    "Password of a mail relay",
    "Whoever holds it can send mail as its owner.",
)
.of("sendmail")
.source("https://www.sendmail.org/~ca/email/auth.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "sendmail-authinfo",
    rules: &[&RULE],
    wants: |hint| {
        let other = ground(hint) == Ground::Noise || is_named_manual(hint);
        !other && !is_called(hint, &["sendmail.cf"])
    },
    keywords: &["authinfo:"],
    find,
    hits: &[
        Example {
            path: "etc/mail/authinfo",
            text: "AuthInfo:smtp.internal \"U:root\" \"I:bob\" \"P:p {lower:8}\" \"M:PLAIN\"\n",
            rule: "sendmail-password",
        },
        Example {
            path: "etc/mail/access",
            text: "AuthInfo:smtp.internal \"U:root\" \"P=aHVuZ3J5MTIz\"\n",
            rule: "sendmail-password",
        },
    ],
    misses: &[Example {
        path: "etc/mail/authinfo",
        text: "# AuthInfo:h \"U:u\" \"P:p{lower:8}\"\nAuthInfo:h \"U:u\" \"M:EXTERNAL\"\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let starts = at == 0 || text.bytes.get(at - 1) == Some(&b'\n');
        let line = line_from(text.bytes, at);
        let Some((_, after)) = line.cut_at(b"\"P").filter(|_| starts) else { continue };
        let Some(value) = after.skip(1).cut(|b| b == b'"').map(|(value, _)| value) else { continue };
        match after.bytes().first() {
            Some(b':') => credential(&RULE, value, "mail password").into_iter().for_each(&mut *out),
            Some(b'=') => encoded(value).into_iter().for_each(&mut *out),
            _ => {}
        }
    }
}

fn encoded(value: Part<'_>) -> Option<Found<'_>> {
    let plain = base64::decode(value.bytes()).filter(|plain| plain.iter().all(|b| *b >= b' '))?;
    let found = credential(&RULE, value, "mail password")?;
    Some(found.decoded(plain, &["base64"]))
}
