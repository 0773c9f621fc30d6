//! What a client of RADIUS shares with each server: `server secret timeout` a line of `pam_radius_auth.conf` and of radcli's
//! `servers`.

use super::judge::{is_called, lies_at};
use crate::context::judge::credential;
use crate::read::Part;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "radius-server-secret",
    "Secret that is shared with a RADIUS server",
    "Whoever holds it can ask the server as this machine does, and read the passwords that pass.",
)
.source("https://github.com/FreeRADIUS/pam_radius/blob/master/pam_radius_auth.conf");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "radius-servers",
    rules: &[&RULE],
    wants: |hint| {
        is_called(hint, &["pam_radius_auth.conf", "pam_radius.conf"])
            || lies_at(
                hint,
                &["etc/raddb/server", "radiusclient/servers", "radiusclient-ng/servers", "radcli/servers"],
            )
    },
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/pam_radius_auth.conf",
            text: "# server secret timeout\n10.0.0.1:1812 p{lower:6}97 3\n",
            rule: "radius-server-secret",
        },
        Example {
            path: "etc/radcli/servers",
            text: "radius.internal p{lower:6}97\n",
            rule: "radius-server-secret",
        },
    ],
    misses: &[Example {
        path: "etc/pam_radius_auth.conf",
        text: "#10.0.0.1 p{lower:6}97 3\nother-server other-secret 3\n[2001:0db8::1]:1812 other6-secret 3\nrequire_message_authenticator yes\n",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for line in Part::of(text.bytes).lines().map(|line| line.trim()).filter(|l| !l.bytes().starts_with(b"#"))
    {
        let mut words = line.words();
        let (Some(server), Some(secret)) = (words.next(), words.next()) else { continue };
        let place = server.bytes().iter().any(|b| matches!(b, b'.' | b':'));
        // What the file has that it comes with.
        let shown = secret.is("other-secret") || secret.is("other6-secret");
        if place && !shown {
            credential(&RULE, secret, "shared secret").into_iter().for_each(&mut *out);
        }
    }
}
