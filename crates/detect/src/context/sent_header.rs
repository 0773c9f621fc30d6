//! Headers that a program is told to send and whose name is that of a secret: `curl -H "apikey: …"`,
//! `proxy_set_header X-Internal-Key …`.
//!
//! bad: `proxy_set_header X-Upstream-Token 7feb3f41…;`
//! good: `proxy_set_header X-Upstream-Token $upstream_token;`, from a file that is mounted

use super::http_header::RULE;
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::name::{Says, is_password, says};
use super::judge::value::{is_chosen, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "sent-header",
    rules: &[&RULE],
    wants: |hint| !matches!(hint, Hint::Named(_)) && ground(hint) != Ground::Noise,
    keywords: SENDERS,
    find,
    hits: &[
        Example {
            path: "x.sh",
            text: "curl -H 'acme-token: a1B{base62:20}' https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "x.sh",
            text: "curl -s -H \"apikey: a1B{base62:30}\" https://h/\n",
            rule: "http-credential",
        },
        Example {
            path: "etc/nginx/x.conf",
            text: "proxy_set_header X-Backend-Key {hex:32};\n",
            rule: "http-credential",
        },
        Example {
            path: "etc/nginx/y.conf",
            text: "proxy_set_header X-Edge-Verify a1B{base62:29};\n",
            rule: "http-credential",
        },
        Example {
            path: "etc/haproxy/haproxy.cfg",
            text: "  http-request set-header X-Edge-Secret a1B{base62:30}\n",
            rule: "http-credential",
        },
        Example {
            path: "Caddyfile",
            text: "header_up X-Upstream-Token a1B{base62:30}\n",
            rule: "http-credential",
        },
    ],
    misses: &[
        Example {
            path: "x.sh",
            text: "curl -H \"Sec-WebSocket-Key: {b64:22}==\" -H \"Idempotency-Key: {hex:32}\" -H \"X-Run-Key: $KEY\" -H 'Accept: a/b' https://h/\n",
            rule: "",
        },
        Example {
            path: "etc/nginx/x.conf",
            text: "proxy_set_header X-Cache-Key $uri{hex:32};\nproxy_set_header Host a1B{base62:30};\n",
            rule: "",
        },
    ],
};

/// What stands before a header that is sent.
const SENDERS: &[&str] = &[
    "-h \"",
    "-h '",
    "--header \"",
    "--header '",
    "--header=",
    "proxy_set_header ",
    "grpc_set_header ",
    "uwsgi_param http_",
    "fastcgi_param http_",
    "requestheader set ",
    "header_up ",
    "set-header ",
];

/// Keys in headers that open nothing.
const OTHERS: &[&str] = &["websocket", "surrogate", "public", "encryption-key-sha256", "rate"];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary {
        return;
    }
    for &at in text.at {
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 2048)).while_(|b| b != b'\n');
        let Some(after) = SENDERS.iter().find_map(|sender| rest.strip(sender)) else { continue };
        let header = after.after(&after.while_(|b| matches!(b, b'"' | b'\'' | b' ')));
        let name = header.while_(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let gap = header.after(&name);
        let gap = gap.while_(|b| matches!(b, b':' | b' ' | b'\t' | b'"' | b'\''));
        let value = header.after(&name).after(&gap);
        let value = value.while_(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b';' | b'`'));
        let lower = name.bytes().to_ascii_lowercase();
        let other = OTHERS.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some());
        if gap.is_empty() || other || !is_telling(&lower) {
            continue;
        }
        let password = is_password(name.bytes());
        if is_secret(value.bytes(), |weak| password && is_chosen(weak)) {
            let label = String::from_utf8_lossy(name.bytes()).into_owned();
            out(Found::here(&RULE, value, length_of(&format!("value of header {label}"), value.len())));
        }
    }
}

/// Whether a header's name, in lower case, is that of a secret, or of a key that is none of a cache or a form.
fn is_telling(name: &[u8]) -> bool {
    match says(name) {
        Says::Secret => true,
        Says::Maybe => name.ends_with(b"key") || name.ends_with(b"auth"),
        // What a server asks of the proxy before it: `X-Origin-Verify`.
        Says::Nothing => name.starts_with(b"x-") && name.ends_with(b"-verify"),
    }
}
