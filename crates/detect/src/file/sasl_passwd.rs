//! Passwords of a mail relay: Postfix' `sasl_passwd` (`host user:password`) and Exim's `passwd.client` (`host:user:password`).

use super::judge::{is_called, lies_at};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

pub(super) static RULE: Rule = Rule::new(
    "mail-relay-password",
    "Password of a mail relay",
    "Whoever holds it can send mail as its owner.",
)
.source("https://www.postfix.org/SASL_README.html#client_sasl_enable");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "sasl-passwd",
    rules: &[&RULE],
    // OpenSMTPD has the same form as Postfix, and dma one of its own: `user|host:password`.
    wants: |hint| {
        is_called(hint, &["sasl_passwd", "saslpass", "smtp_auth", "passwd.client"])
            || lies_at(hint, &["etc/mail/secrets", "smtpd/secrets", "opensmtpd/secrets", "dma/auth.conf"])
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/postfix/sasl_passwd",
            text: "# relay\n[smtp.internal]:587 bob:p{lower:8}\n",
            rule: "mail-relay-password",
        },
        Example {
            path: "etc/dma/auth.conf",
            text: "bob|smtp.internal:p{lower:8}\n",
            rule: "mail-relay-password",
        },
        Example { path: "etc/mail/secrets", text: "relay bob:p{lower:8}\n", rule: "mail-relay-password" },
        Example {
            path: "etc/exim4/passwd.client",
            text: "smtp.internal:bob:p{lower:8}\n",
            rule: "mail-relay-password",
        },
    ],
    misses: &[
        Example { path: "etc/dma/auth.conf", text: "# bob|h:p{lower:8}\n", rule: "" },
        Example { path: "etc/postfix/sasl_passwd", text: "# h bob:p{lower:8}\nh bob:\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        // The host may hold a port; what stands behind a blank or, without one, behind the first colon is the login.
        let dma = line.cut(|b| b == b'|').map(|(_, login)| login);
        let login =
            dma.or_else(|| line.words().nth(1)).or_else(|| line.cut(|b| b == b':').map(|(_, login)| login));
        let password = login.and_then(|login| login.cut(|b| b == b':')).map(|(_, password)| password);
        password.and_then(|p| credential(&RULE, p, "mail password")).into_iter().for_each(&mut *out);
    }
}
