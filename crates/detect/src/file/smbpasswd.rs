//! Samba's `smbpasswd`: hashes that open a session as they are, without the password.

use super::judge::is_called;
use crate::context::judge::length_of;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "smbpasswd-hash",
    "NT hash of a Samba user",
    "NTLM takes the hash in place of the password: whoever holds it can log in.",
)
.of("Samba")
.source("https://www.samba.org/samba/docs/current/man-html/smbpasswd.5.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "smbpasswd",
    rules: &[&RULE],
    wants: |hint| is_called(hint, &["smbpasswd"]),
    keywords: &[],
    find,
    hits: &[Example {
        path: "etc/samba/smbpasswd",
        text: "bob:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:{hex:32}:[U          ]:LCT-5F3A1B2C:\n",
        rule: "smbpasswd-hash",
    }],
    misses: &[Example {
        path: "etc/samba/smbpasswd",
        text: "# bob:1001:X:{hex:32}:\nbob:1001:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU]:\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().filter(|line| !line.bytes().starts_with(b"#")) {
        let mut rest = Some(line);
        let fields = std::iter::from_fn(|| {
            let now = rest?;
            let cut = now.cut(|b| b == b':');
            rest = cut.map(|(_, after)| after);
            Some(cut.map_or(now, |(field, _)| field))
        });
        let hash = fields
            .skip(2)
            .take(2)
            .find(|field| field.len() == 32 && field.bytes().iter().all(u8::is_ascii_hexdigit));
        if let Some(hash) = hash {
            out(Found::here(&RULE, hash, length_of("NT hash", hash.len())));
        }
    }
}
