//! Attributes of resources in the scripts by which servers of WildFly and JBoss are set up: `:add(user-name=a, password=…)`,
//! `credential-reference={clear-text=…}`, `write-attribute(name=password, value=…)`.
//!
//! bad: `/subsystem=mail/mail-session=m/server=smtp:add(username=u, password=hunter22x)`
//! good: `password=${env.SMTP_PASSWORD}`, or the alias of a credential store

use tightlip_report::{Confidence, Level};

use super::directive::RULE;
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::length_of;
use super::judge::name::{Says, says};
use super::judge::reading::{line_before, line_from};
use super::judge::site::name_around;
use super::judge::value::{Worth, is_chosen, is_wordy, worth};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "resource-attribute",
    rules: &[&RULE],
    wants: |hint| ground(hint) != Ground::Noise && !is_named_manual(hint),
    keywords: &["password=", "passphrase=", "secret=", "clear-text=", "name=password", "name=clear-text"],
    find,
    hits: &[
        Example {
            path: "setup.cli",
            text: "/subsystem=datasources/data-source=A:add(user-name=a,password=p{lower:6}97,enabled=true)\n",
            rule: "password-directive",
        },
        Example {
            path: "setup.cli",
            text: "/subsystem=elytron/credential-store=c:add(credential-reference={clear-text=\"p{lower:6}97\"}, create=true)\n",
            rule: "password-directive",
        },
        Example {
            path: "setup.cli",
            text: "/subsystem=datasources/data-source=A:write-attribute(name=password, value=p{lower:6}97)\n",
            rule: "password-directive",
        },
        Example {
            path: "setup.cli",
            text: "data-source add --name=A --user-name=a --password=p{lower:6}97\n",
            rule: "password-directive",
        },
        Example {
            path: "Dockerfile",
            text: "RUN jboss-cli.sh --command=\"/subsystem=elytron/key-store=k:add(credential-reference={clear-text=p{lower:6}97})\"\n",
            rule: "password-directive",
        },
    ],
    misses: &[
        Example {
            path: "setup.cli",
            text: "/subsystem=datasources/data-source=A:add(password=${env.DB_PASSWORD}, alias=p{lower:6}97)\n/x:add(password=)\n",
            rule: "",
        },
        Example { path: "a.sh", text: "run password=p{lower:6}97 clear-text=off\n", rule: "" },
    ],
};

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let script = is_script(&text.hint);
    for &at in text.at.iter().filter(|_| !text.binary) {
        let inside = || {
            let before = line_before(text.bytes, at);
            [&b"subsystem="[..], b"{clear-text=", b"/core-service="]
                .iter()
                .any(|mark| memchr::memmem::find(before, mark).is_some())
        };
        if !script && !inside() {
            continue;
        }
        let Some(value) = value(text.bytes, at) else { continue };
        let counts = match worth(value.bytes()) {
            Worth::Strong | Worth::Number => true,
            Worth::Weak => is_chosen(value.bytes()) || !is_wordy(value.bytes()),
            _ => false,
        };
        if counts && value.len() >= 4 {
            out(Found::here(&RULE, value, length_of("password of a resource", value.len()))
                .at(Level::Deny, Confidence::Medium));
        }
    }
}

fn is_script(hint: &Hint<'_>) -> bool {
    hint.file_name().to_ascii_lowercase().ends_with(b".cli")
}

/// What an attribute is set to, up to the end of the list or structure that it stands in.
fn value(text: &[u8], at: usize) -> Option<Part<'_>> {
    let named = line_from(text, at).strip("name=");
    let name = named.map_or_else(
        || name_around(text, at),
        |name| name.while_(|b| b.is_ascii_alphanumeric() || b == b'-'),
    );
    if says(name.bytes()) != Says::Secret {
        return None;
    }
    let rest = line_from(text, name.span().end);
    let after = match named {
        Some(_) => rest.strip(",")?.trim().strip("value=")?,
        None => rest.strip("=")?,
    };
    let quote = after.bytes().first().copied().filter(|b| matches!(b, b'"' | b'\''));
    Some(match quote {
        Some(quote) => after.skip(1).while_(|b| b != quote),
        None => after.while_(|b| b.is_ascii_graphic() && !matches!(b, b',' | b')' | b'}' | b'"' | b'\'')),
    })
}
