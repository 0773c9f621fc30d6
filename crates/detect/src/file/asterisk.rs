//! Secrets of Asterisk: `secret`, `remotesecret` and `md5secret` of peers and managers, logins in `register =>`.

use super::judge::{is_called, lies_in};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "asterisk-secret",
    "Secret of a telephone or a manager of Asterisk",
    "Whoever holds it can call at the cost of its owner, or rule the exchange.",
)
.of("Asterisk")
.source("https://docs.asterisk.org/Configuration/");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "asterisk",
    rules: &[&RULE],
    wants,
    keywords: &["secret", "register", "md5_cred", "password"],
    find,
    hits: &[
        Example { path: "etc/asterisk/sip.conf", text: "[a]\nsecret=otter-lamp\n", rule: "asterisk-secret" },
        Example {
            path: "etc/asterisk/sip.conf",
            text: "[a]\nremotesecret = p{lower:8} ; of the trunk\n",
            rule: "asterisk-secret",
        },
        Example {
            path: "etc/asterisk/iax.conf",
            text: "register => bob:otter-lamp@iax.acme.net\n",
            rule: "asterisk-secret",
        },
    ],
    misses: &[Example {
        path: "etc/asterisk/sip.conf",
        text: "[a]\n;secret=otter-lamp\nsecret=\nregister => bob@acme.net\nsecret=<secret>\nsecretary=otter-lamp\n",
        rule: "",
    }],
};

fn wants(hint: &Hint<'_>) -> bool {
    let names = ["sip.conf", "iax.conf", "pjsip.conf", "manager.conf"];
    lies_in(hint, "asterisk/") && hint.file_name().ends_with(b".conf") || is_called(hint, &names)
}

const NAMES: &[&str] = &["secret", "remotesecret", "md5secret", "md5_cred", "password"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        // What stands behind a semicolon is a comment.
        let line = line.cut_at(b" ;").map_or(line, |(line, _)| line.trim());
        let Some((name, value)) = line.cut(|b| b == b'=') else { continue };
        let (name, value) = (name.trim(), value.strip(">").unwrap_or(value).trim());
        let value = if name.is("register") { registered(value) } else { Some(value) };
        let named = name.is("register") || NAMES.iter().any(|known| name.is(known));
        let value = value.filter(|value| named && !value.bytes().contains(&b' '));
        value.and_then(|value| credential(&RULE, value, "secret")).into_iter().for_each(&mut *out);
    }
}

/// The password of `user:password@host/extension`, with a domain or a name for the login perhaps: `user@d:password:login@h`.
fn registered(value: Part<'_>) -> Option<Part<'_>> {
    let at = memchr::memrchr(b'@', value.bytes())?;
    let (_, password) = value.first(at).cut(|b| b == b':')?;
    Some(password.cut(|b| b == b':').map_or(password, |(password, _)| password))
}
