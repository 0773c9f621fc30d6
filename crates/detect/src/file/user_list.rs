//! Lists of users with their passwords, as servers keep them: `realm.properties` of Jetty, `users.properties` of Karaf and
//! ActiveMQ, `[admins]` of CouchDB, `[users]` of Subversion and Shiro, `auth` of Deluge, the passwords that Airflow makes up.
//!
//! Hashes are left out: a realm and CouchDB write them so that they cannot be mistaken.

use tightlip_report::{Confidence, Level};

use super::judge::{base_name, is_called};
use crate::context::judge::credential;
use crate::context::judge::value::is_password_hash;
use crate::read::{Part, json};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "user-list-password",
    "Password in a server's list of users",
    "Whoever can read the list can log in as each of them.",
)
.source("https://jetty.org/docs/jetty/12/operations-guide/security/index.html");

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "user-list",
    rules: &[&RULE],
    wants: |hint| form(hint).is_some(),
    keywords: &[],
    find,
    hits: &[
        Example {
            path: "etc/activemq/jetty-realm.properties",
            text: "# users\nadmin: p{lower:6}97, admin\n",
            rule: "user-list-password",
        },
        Example {
            path: "opt/karaf/etc/users.properties",
            text: "karaf = p{lower:6}97,_g_:admingroup\n_g_\\:admingroup = group,admin\n",
            rule: "user-list-password",
        },
        Example {
            path: "opt/couchdb/etc/local.ini",
            text: "[couchdb]\nuuid = a\n[admins]\nadmin = p{lower:6}97\n",
            rule: "user-list-password",
        },
        Example {
            path: "srv/svn/conf/passwd",
            text: "[users]\nharry = p{lower:6}97\n",
            rule: "user-list-password",
        },
        Example { path: "config/deluge/auth", text: "bob:p{lower:6}97:10\n", rule: "user-list-password" },
        Example {
            path: "config/deluge/auth",
            text: "localclient:a1{hex:38}:10\n",
            rule: "user-list-password",
        },
        Example {
            path: "opt/airflow/simple_auth_manager_passwords.json.generated",
            text: r#"{"admin": "p{lower:6}97"}"#,
            rule: "user-list-password",
        },
        Example {
            path: "opt/zeppelin/conf/shiro.ini",
            text: "[users]\nadmin = p{lower:6}97, admin\n[roles]\nrole1 = *\n",
            rule: "user-list-password",
        },
    ],
    misses: &[
        Example { path: "home/a/auth", text: "bob:p{lower:6}97:10\n", rule: "" },
        Example {
            path: "etc/jetty/realm.properties",
            text: "#admin: p{lower:6}97,admin\nbob: MD5:{hex:32},user\nann: CRYPT:ab{base62:11},user\n: x\n",
            rule: "",
        },
        Example {
            path: "opt/karaf/etc/users.properties",
            text: "karaf = {{CRYPT}}{hex:64}{{CRYPT}},_g_:admingroup\n_g_\\:admingroup = group,admin,ssh\n",
            rule: "",
        },
        Example { path: "src/i18n/users.properties", text: "title = Users2024x\n", rule: "" },
        Example {
            path: "opt/couchdb/etc/local.ini",
            text: "[log]\nlevel = info97x\n[admins]\n;admin = mysecretpassword\nbob = -pbkdf2-{hex:40},{hex:32},10\n",
            rule: "",
        },
        Example { path: "etc/passwd", text: "root:x:0:0:root:/root:/bin/bash\n", rule: "" },
    ],
};

/// How a list is written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `user: password, role`, all of the file.
    Realm,
    /// `user = password,role`, all of the file.
    Properties,
    /// `user = password` below this line.
    Section(&'static str),
    /// `user:password:level`, all of the file.
    Levels,
    /// `{"user": "password"}`, all of the file.
    Map,
}

fn form(hint: &Hint<'_>) -> Option<Form> {
    let name = base_name(hint);
    let path = hint.path().to_ascii_lowercase();
    let folders = || path.split(|b| *b == b'/').rev().skip(1);
    let within = |names: &[&str]| folders().any(|part| names.iter().any(|known| part == known.as_bytes()));
    let settings = folders().next().is_some_and(|last| {
        [&b"etc"[..], b"conf", b"configuration", b"activemq", b"artemis", b"karaf"].contains(&last)
    });
    if name == b"realm.properties" || name.ends_with(b"-realm.properties") {
        Some(Form::Realm)
    } else if name == b"artemis-users.properties" || name == b"users.properties" && settings {
        Some(Form::Properties)
    } else if name == b"auth" && within(&["deluge"]) {
        Some(Form::Levels)
    } else if is_called(hint, &["simple_auth_manager_passwords.json.generated"]) {
        Some(Form::Map)
    } else if is_called(hint, &["shiro.ini", "passwd", "svnserve.passwd", "svn.passwd"]) {
        Some(Form::Section("[users]"))
    } else if name.ends_with(b".ini") && within(&["couchdb", "local.d", "default.d", "etc"]) {
        Some(Form::Section("[admins]"))
    } else {
        None
    }
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let Some(form) = form(&text.hint).filter(|_| !text.binary) else { return };
    if form == Form::Map {
        json::leaves(text.bytes, &mut |leaf| {
            credential(&RULE, leaf.value, "password of a user").into_iter().for_each(&mut *out);
        });
        return;
    }
    let mut inside = !matches!(form, Form::Section(_));
    for line in Part::of(text.bytes).lines().map(|line| line.trim()) {
        match (form, line.bytes().first()) {
            (Form::Section(name), Some(b'[')) => inside = line.is(name),
            (_, None | Some(b'#' | b';' | b'!')) => {}
            _ if inside => login(form, line).into_iter().for_each(&mut *out),
            _ => {}
        }
    }
}

fn login<'b>(form: Form, line: Part<'b>) -> Option<Found<'b>> {
    let user = line.while_(|b| b.is_ascii_alphanumeric() || b"._@-".contains(&b));
    let rest = line.after(&user).trim();
    let colon = matches!(form, Form::Realm | Form::Levels);
    let sign = if colon { rest.strip(":") } else { None }.or_else(|| rest.strip("="))?;
    // The roles, or the group, follow a comma; the level of Deluge a colon.
    let ends = if form == Form::Levels { b':' } else { b',' };
    let value = sign.while_(|b| b != ends).trim();
    let bytes = value.bytes();
    let sealed = ["md5:", "crypt:", "-pbkdf2-", "-hashed-", "{crypt}"];
    // `page.size=25` is a setting of another program; a user with a dot in his name has a role as well.
    let setting = form == Form::Properties && user.bytes().contains(&b'.') && value.len() == sign.len();
    if user.is_empty() || setting || sealed.iter().any(|mark| value.strip(mark).is_some()) {
        return None;
    }
    // What is written in hexadecimal as long as a digest is one; Jetty's own scrambling can be undone.
    // Deluge makes up such a password for its own use.
    let digest = form != Form::Levels
        && matches!(bytes.len(), 32 | 40 | 64 | 128)
        && bytes.iter().all(u8::is_ascii_hexdigit);
    let scrambled = value.strip("obf:").is_some();
    let found = credential(&RULE, value, "password of a user")?;
    let doubt = digest || scrambled || is_password_hash(bytes);
    Some(if doubt { found.at(Level::Warn, Confidence::Low) } else { found })
}
