//! A user and a password in one value: `user=turn:…`, `login=svc:…`, `-Dbasicauth=solr:…`, `auth = "bob:…"`.
//!
//! Only what looks chosen or made counts: users and groups, hosts and ports are written alike. It may be in base64, as clients of
//! HTTP send it.
//!
//! bad: `cache_peer proxy parent 8080 0 login=svc:hunter22x`
//! good: `cache_peer proxy parent 8080 0 login=PASSTHRU`

use tightlip_report::{Confidence, Level};

use super::judge::coined::is_coined;
use super::judge::ground::{Ground, ground, is_page};
use super::judge::joined::is_joined_phrase;
use super::judge::length_of;
use super::judge::reading::{is_cut, reach};
use super::judge::value::{is_chosen, is_picked, is_secret, is_wordy};
use super::judge::weak::is_made;
use crate::read::{Part, base64};
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule =
    Rule::new("login-pair", "User and password in one value", "Whoever can read it can log in as that user.")
        .source("https://cwe.mitre.org/data/definitions/798.html")
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
            path: "client.properties",
            text: "basic.auth.user.info=A1B2:a1B{base62:40}\n",
            rule: "login-pair",
        },
        Example {
            path: "ngrok.yml",
            text: "web: {{proto: http, basic_auth: [\"demo:p{lower:6}97\"]}}\n",
            rule: "login-pair",
        },
        Example { path: "airflow.cfg", text: "flower_basic_auth = ops:p{lower:6}97\n", rule: "login-pair" },
        Example {
            path: "proxy.sh",
            text: "export http_proxy=svc:p{lower:6}97@proxy.acme.dev:3128\n",
            rule: "login-pair",
        },
        Example {
            path: "a.php",
            text: "curl_setopt($c, CURLOPT_USERPWD, 'bob:Xk9{lower:4}97');\n",
            rule: "login-pair",
        },
        // `bob:xOr3x…`
        Example {
            path: "a.awk",
            text: "auth = \"Ym9iOnhPcjN{base62:1}ZWx{base62:1}\"\n",
            rule: "login-pair",
        },
        Example {
            path: "fastlane/Fastfile",
            text: "match(git_basic_authorization: \"Ym9iOnhPcjN{base62:1}ZWx{base62:1}\")\n",
            rule: "login-pair",
        },
        Example { path: "a.cmake", text: "set(X_USERPWD \"bob:Xk9{lower:4}.97\")\n", rule: "login-pair" },
    ],
    misses: &[
        Example {
            path: "a.cmake",
            text: "file(UPLOAD a ${{URL}} USERPWD \"${{USERPWD}}\")\nset(X_USERPWD \"user:password\")\n",
            rule: "",
        },
        Example {
            path: "proxy.sh",
            text: "http_proxy=proxy.acme.dev:31289\nhttp_proxy=http://bob:x97abcde@h:3128\nbasic.auth.user.info=KEY:SECRET\n",
            rule: "",
        },
        Example {
            path: "compose.yml",
            text: "user=1000:1000\nlogin=PASSTHRU\nauth = http://h:8080\nuser: \"${UID}:${GID}\"\n",
            rule: "",
        },
        Example { path: "a.py", text: "auth = \"bob:{base62:3000}\"\n", rule: "" },
        Example { path: "a.conf", text: "user=www-data:www-data\nauth=sha256:Ab1cdefgh9X\n", rule: "" },
        Example { path: "bitcoin.conf", text: "rpcauth=ann:{hex:32}${hex:64}\n", rule: "" },
        // `user:password`
        Example { path: "a.py", text: concat!("auth = \"dXNlcjpwYXNz", "d29yZA==\"\n"), rule: "" },
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
    "user.info=",
    "user.info =",
    "user.info: ",
    "<identity>",
    "basic_auth = ",
    "basic_auth=",
    "basic_auth: ",
    "basic_auth: [",
    "basic_auth:\n",
    "basic-auth ",
    "basic-auth=",
    "basic_authorization: ",
    "basic_authorization = ",
    "basic_authorization=",
    "proxy=",
    "proxy = ",
    "proxy: ",
    "credentials =",
    // A variable of CMake.
    "userpwd \"",
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
        let value = after.skip(after.while_(|b| matches!(b, b' ' | b'"' | b'\'') || is_list(name, b)).len());
        encoded(value).into_iter().for_each(&mut *out);
        let user = value.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@'));
        let Some(password) = value.after(&user).strip(":") else { continue };
        let password = password.while_(|b| {
            (b.is_ascii_graphic() || b >= 0x80)
                && !matches!(b, b'"' | b'\'' | b',' | b';' | b'&' | b'<' | b')')
        });
        let digest = user.strip("sha").is_some() || user.strip("md5").is_some();
        // `last_login: 2030-08-19T18:12:04.12+02:00`
        let time = user.bytes().get(4) == Some(&b'-') && user.bytes().iter().take(4).all(u8::is_ascii_digit);
        if user.is_empty()
            || digest
            || time
            || is_salted(password.bytes())
            || is_cut(password, rest)
            || OTHERS.iter().any(|other| user.is(other))
        {
            continue;
        }
        let Some(password) = before_host(name, password) else { continue };
        let told = is_told(name) || text.hint.file_name() == b"turnserver.conf";
        if is_secret(password.bytes(), |weak| {
            is_chosen(weak)
                || is_made(weak)
                || is_coined(weak)
                || is_joined_phrase(weak)
                || told && is_likely(weak)
        }) {
            out(Found::here(&RULE, password, length_of("password", password.len())));
        }
    }
}

/// The whole of a text in quotes, in base64.
fn encoded(value: Part<'_>) -> Option<Found<'_>> {
    let digits = value.while_(base64::is_digit);
    let (_, password) = base64::user_and_password(digits.bytes()).filter(|(user, _)| !user.is_empty())?;
    let ends = value.after(&digits).bytes().first().is_none_or(|b| matches!(b, b'"' | b'\'' | b'\n' | b'\r'));
    let counts = is_secret(&password, |weak| is_chosen(weak) || is_made(weak) || is_coined(weak));
    (ends && counts).then(|| {
        Found::here(&RULE, digits, length_of("password", password.len())).decoded(password, &["base64"])
    })
}

/// `rpcauth=ann:SALT$HASH` of Bitcoin: what is kept there lets nobody in.
fn is_salted(password: &[u8]) -> bool {
    let mut parts = password.split(|b| *b == b'$');
    let digits = |part: &[u8]| part.len() >= 16 && part.iter().all(u8::is_ascii_hexdigit);
    matches!((parts.next(), parts.next(), parts.next()), (Some(salt), Some(hash), None) if digits(salt) && digits(hash))
}

/// Whether a byte only opens the list that follows such a name.
fn is_list(name: &str, b: u8) -> bool {
    name.starts_with("basic_auth:") && matches!(b, b'-' | b'[' | b'\n')
}

/// Names behind which nothing else than a login stands.
fn is_told(name: &str) -> bool {
    name.starts_with("user.info")
        || name.starts_with("basic")
        || name.contains("proxy")
        || name == "<identity>"
}

/// More than a word, as users and groups, ports and roles are.
fn is_likely(weak: &[u8]) -> bool {
    is_picked(weak) || weak.len() >= 8 && weak.iter().any(u8::is_ascii_digit) && !is_wordy(weak)
}

/// A proxy's login stands before an address: `svc:x@proxy.acme.dev:3128`.
fn before_host<'b>(name: &str, password: Part<'b>) -> Option<Part<'b>> {
    if !name.contains("proxy") {
        return Some(password);
    }
    let at = password.bytes().iter().rposition(|b| *b == b'@')?;
    Some(password.first(at))
}
