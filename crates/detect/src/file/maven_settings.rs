//! Maven's `settings.xml`: passwords of servers and proxies.
//!
//! `{…}` is encrypted under the master password of `settings-security.xml`: a warning. The master password itself is only
//! hidden under a constant of Maven 3, so it counts in full: with it the others are open. `${env.X}` is a reference.

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
        text: "<password>${env.P}</password><!-- <password>p{lower:9}</password> --><password></password><passphrase>optional; leave empty if not used.</passphrase>",
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
            // Only the master password opens the others; what opens that is a constant of Maven.
            let level = if leaf.tag.is("master") { Level::Deny } else { Level::Warn };
            out(Found::here(&RULE, inside, length_of(&format!("encrypted {what}"), inside.len()))
                .at(level, Confidence::Medium));
        } else {
            credential(&RULE, leaf.value, what).into_iter().for_each(&mut *out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finder::tests::{expand, found_in};

    #[test]
    fn the_master_password_counts_and_what_it_locks_is_a_warning() {
        let text = expand("<master>{{b64:43}=}</master><password>{{b64:43}=}</password>");
        let found = found_in(&FINDER, ".m2/settings-security.xml", text.as_bytes());
        let levels: Vec<_> = found.iter().map(|found| found.level).collect();
        assert_eq!(levels, [Some(Level::Deny), Some(Level::Warn)]);
    }
}
