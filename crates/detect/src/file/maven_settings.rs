//! Maven's `settings.xml`: passwords of servers and proxies.
//!
//! `{…}` is encrypted under the master password of `settings-security.xml`: a warning, for Maven 3's master password is
//! itself hidden under a constant. `${env.X}` is a reference.

use tightlip_report::{Confidence, Level};

use super::judge::ends_with;
use crate::context::judge::{credential, length_of};
use crate::read::xml;
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "maven-password",
    "Maven server password",
    "Whoever holds it can read, and often write, the artefact repository.",
)
.of("Maven")
.source("https://maven.apache.org/guides/mini/guide-encryption.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "maven-settings",
    rules: &[&RULE],
    wants: |hint| ends_with(hint, &["settings.xml", "settings-security.xml"]),
    keywords: &["<password>", "<passphrase>", "<master>"],
    find,
    hits: &[
        Example {
            path: "root/.m2/settings.xml",
            text: "<settings><servers><server><id>x</id>\n<password>p{lower:9}</password></server></servers></settings>",
            rule: "maven-password",
        },
        Example {
            path: "root/.m2/settings.xml",
            text: "<password>{{b64:32}=}</password>",
            rule: "maven-password",
        },
    ],
    misses: &[Example {
        path: "root/.m2/settings.xml",
        text: "<password>${env.P}</password><!-- <password>p{lower:9}</password> --><password></password>",
        rule: "",
    }],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for leaf in xml::leaves(text.bytes) {
        let what = match leaf.tag.bytes() {
            b"password" => "server password",
            b"passphrase" => "passphrase",
            b"master" => "master password",
            _ => continue,
        };
        let inside = leaf.value.trim_of(|b| b == b'{' || b == b'}');
        if leaf.value.bytes().starts_with(b"{") && inside.len() >= 24 {
            out(Found::here(&RULE, inside, length_of(&format!("encrypted {what}"), inside.len()))
                .at(Level::Warn, Confidence::Medium));
        } else {
            credential(&RULE, leaf.value, what).into_iter().for_each(&mut *out);
        }
    }
}
