//! A user and a password in one value: `user=turn:…`, `login=svc:…`, `-Dbasicauth=solr:…`, `auth = "bob:…"`.
//!
//! Only what looks chosen or made counts: users and groups, hosts and ports are written alike.
//!
//! bad: `cache_peer proxy parent 8080 0 login=svc:hunter22x`
//! good: `cache_peer proxy parent 8080 0 login=PASSTHRU`

use tightlip_report::{Confidence, Level};

use super::judge::ground::{Ground, ground, is_page};
use super::judge::length_of;
use super::judge::reading::{is_cut, reach};
use super::judge::value::{is_chosen, is_secret};
use super::judge::weak::is_made;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("login-pair", "User and password in one value", "Whoever can read it can log in as that user.")
        .at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "login-pair",
    rules: &[&RULE],
    wants: |hint| {
        let told = !matches!(ground(hint), Ground::Noise | Ground::Prose) || is_page(hint);
        told && !matches!(hint, Hint::Named(_))
    },
    keywords: NAMES,
    find,
    hits: &[
        Example { path: "etc/turnserver.conf", text: "user=turn:Xk9{lower:4}97!\n", rule: "login-pair" },
        Example {
            path: "solr.in.sh",
            text: "SOLR_OPTS=\"-Dbasicauth=solr:Xk9{lower:4}97!\"\n",
            rule: "login-pair",
        },
        Example { path: "a.py", text: "auth = \"bob:Xk9{lower:4}97\"\n", rule: "login-pair" },
        Example {
            path: "a.js",
            text: "h = {Authorization: 'Basic ' + btoa('web:Xk9{lower:4}97!')};\n",
            rule: "login-pair",
        },
        Example { path: "a.py", text: "auth = \"bob:{base62:300}\"\n", rule: "login-pair" },
        Example {
            path: "a.php",
            text: "curl_setopt($c, CURLOPT_USERPWD, 'bob:Xk9{lower:4}97');\n",
            rule: "login-pair",
        },
    ],
    misses: &[
        Example {
            path: "compose.yml",
            text: "user=1000:1000\nlogin=PASSTHRU\nauth = http://h:8080\nuser: \"${UID}:${GID}\"\n",
            rule: "",
        },
        Example { path: "a.py", text: "auth = \"bob:{base62:3000}\"\n", rule: "" },
        Example { path: "a.conf", text: "user=www-data:www-data\nauth=sha256:Ab1cdefgh9X\n", rule: "" },
        Example { path: "config.yml", text: "last_login: 2030-08-19T18:12:04.12+02:00\n", rule: "" },
    ],
};

const NAMES: &[&str] = &[
    "user=",
    "user =",
    "users=",
    "userpwd=",
    "userpass=",
    "login=",
    "login =",
    "auth=",
    "auth =",
    "auth\":",
    "auth: ",
    "user: ",
    "login: ",
    "credentials: ",
    "credentials=",
    "credentials =",
    "curlopt_userpwd,",
    "curlopt_proxyuserpwd,",
    // What is encoded for `Authorization: Basic` at once.
    "btoa('",
    "btoa(\"",
    "utf8.encode('",
    "utf8.encode(\"",
    "encodetostring(\"",
    "base64encode(\"",
    "base64encode('",
    "strict_encode64('",
    "strict_encode64(\"",
    "base64.encode(\"",
    "base64.encode('",
    "base64.encode64('",
    "base64.encode64(\"",
    "b64encode(b'",
    "b64encode(b\"",
    "base64::encode \"",
    "encode_base64('",
    "encode_base64(\"",
    "base64_encode('",
    "base64_encode(\"",
    "buffer.from('",
    "buffer.from(\"",
    "getbytes(\"",
];

/// What stands before a colon and is no user.
const OTHERS: &[&str] =
    &["http", "https", "urn", "arn", "pass", "env", "file", "vault", "basic", "bearer", "token"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let rest = reach(text.bytes, at);
        let Some(name) = NAMES.iter().find(|name| rest.strip(name).is_some()) else { continue };
        // In the text of a page words stand before colons: only what its programs encode counts.
        if is_page(&text.hint) && !name.contains('(') {
            continue;
        }
        let after = rest.skip(name.len());
        let value = after.skip(after.while_(|b| matches!(b, b' ' | b'"' | b'\'')).len());
        let user = value.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@'));
        let Some(password) = value.after(&user).strip(":") else { continue };
        let password = password.while_(|b| {
            b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b',' | b';' | b'&' | b'<' | b')')
        });
        let digest = user.strip("sha").is_some() || user.strip("md5").is_some();
        // `last_login: 2030-08-19T18:12:04.12+02:00`
        let time = user.bytes().get(4) == Some(&b'-') && user.bytes().iter().take(4).all(u8::is_ascii_digit);
        if user.is_empty()
            || digest
            || time
            || is_cut(password, rest)
            || OTHERS.iter().any(|other| user.is(other))
        {
            continue;
        }
        if is_secret(password.bytes(), |weak| is_chosen(weak) || is_made(weak)) {
            out(Found::here(&RULE, password, length_of("password", password.len())));
        }
    }
}
