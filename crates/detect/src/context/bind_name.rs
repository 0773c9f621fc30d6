//! Passwords behind the name that a program logs in to a directory with: `Connection(srv, 'cn=sync,dc=acme', '…')`,
//! `ldap_bind($c, "cn=sync,dc=acme", "…")`, `conn.Bind("uid=sync,ou=svc", "…")`.
//!
//! The name of an entry in a directory is written as nothing else is, and behind it stands the password, in every library.
//!
//! bad: `conn.simple_bind_s('cn=sync,dc=acme,dc=dev', 'Kiesel-Fasan!')`
//! good: `conn.simple_bind_s('cn=sync,dc=acme,dc=dev', os.environ['BIND_PASSWORD'])`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::{line_before, line_from, text_in_quotes};
use super::judge::value::{Worth, worth};
use crate::{Example, Finder, Found, Rule, Text};

static RULE: Rule = Rule::new(
    "bind-password",
    "Password of a directory's entry in a program",
    "Whoever can read the program can log in to the directory as it does.",
)
.source("https://www.rfc-editor.org/rfc/rfc4513#section-5.1")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "bind-name",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Code || hint.file_name().ends_with(b".ps1"),
    keywords: &["\"cn=", "'cn=", "\"uid=", "'uid=", "\"ou=", "'ou=", "\"dc=", "'dc="],
    find,
    hits: &[
        Example {
            path: "a.py",
            text: "c = Connection(srv, 'cn=sync,ou=svc,dc=acme,dc=dev', 'P{lower:6}-klingel!', auto_bind=True)\n",
            rule: "bind-password",
        },
        Example {
            path: "a.php",
            text: "ldap_bind($c, \"uid=web,ou=svc,o=acme\", \"p{lower:6}97\");\n",
            rule: "bind-password",
        },
        Example {
            path: "a.go",
            text: "err = l.Bind(\"cn=read,dc=acme,dc=dev\", \"P{lower:6}_und_Fasan\")\n",
            rule: "bind-password",
        },
    ],
    misses: &[Example {
        path: "a.py",
        text: "c.search('ou=people,dc=acme,dc=dev', '(objectClass=person)', SUBTREE)\nc.bind('cn=sync,dc=acme', password)\nc.bind('cn=sync,dc=acme', 'password')\nc.modify_dn('cn=a,dc=acme', 'cn=b')\nf('uid=a,ou=b', 'userPassword')\nldap_search($c, 'dc=acme,dc=dev', 'uid=bob')\n",
        rule: "",
    }],
};

/// Parts of the names of calls that log in, in lower case.
const CALLS: &[&[u8]] = &[
    b"bind",
    b"connect",
    b"login",
    b"auth",
    b"credential",
    b"session",
    b"client",
    b"dial",
    b"directoryentry",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let Some((name, after)) = text_in_quotes(line_from(text.bytes, at)) else { continue };
        let entry = name.bytes().contains(&b',') && name.bytes().iter().filter(|b| **b == b'=').count() >= 2;
        let before = line_before(text.bytes, at).to_ascii_lowercase();
        let call =
            before.iter().rposition(|b| *b == b'(').and_then(|open| before.get(..open)).unwrap_or_default();
        let called = call.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_').next().unwrap_or_default();
        let searches = [&b"search"[..], b"modify", b"add", b"delete", b"compare", b"list", b"read"]
            .iter()
            .any(|word| memchr::memmem::find(called, word).is_some());
        let logs_in = !searches && CALLS.iter().any(|word| memchr::memmem::find(called, word).is_some());
        let value =
            after.trim().strip(",").and_then(|rest| text_in_quotes(rest.trim())).map(|(value, _)| value);
        let Some(value) = value.filter(|_| entry && logs_in) else { continue };
        let bytes = value.bytes();
        let told = worth(bytes) == Worth::Strong || is_own_password(bytes);
        if told
            && !bytes.contains(&b'=')
            && !bytes.starts_with(b"(")
            && bytes.iter().any(|b| !b.is_ascii_alphabetic())
        {
            out(Found::here(&RULE, value, length_of("password of an entry", value.len())));
        }
    }
}
