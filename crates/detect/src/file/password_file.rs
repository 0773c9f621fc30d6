//! Files that hold one secret and nothing else, and say so by their name: `db_password.txt`, `.vault_pass`, `secrets/api_key`.
//!
//! bad: `COPY secrets/db_password.txt /run/`
//! good: `RUN --mount=type=secret,id=db_password`

use tightlip_report::{Confidence, Level};

use super::judge::{base_name, holds};
use crate::context::judge::joined::{is_joined_phrase, is_short_phrase};
use crate::context::judge::length_of;
use crate::context::judge::made::is_given_out;
use crate::context::judge::name::{Says, is_password, says};
use crate::context::judge::value::{
    Worth, is_chosen, is_password_hash, is_picked, is_secret, is_wordy, worth,
};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "secret-file",
    "File that holds one secret",
    "Whoever can read the file has what its name says.",
)
.source("https://docs.docker.com/compose/how-tos/use-secrets/")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "password-file",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example { path: "secrets/db_password.txt", text: "p{lower:6}97\n", rule: "secret-file" },
        Example { path: "app/.vault_pass", text: "p{lower:6}97\n", rule: "secret-file" },
        Example { path: "app/.vault_pass.txt", text: "walrus-pickle-ember-fjord\n", rule: "secret-file" },
        Example { path: "app/passphrase", text: "walrus pickle ember fjord\n", rule: "secret-file" },
        Example { path: "run/secrets/db", text: "a1B{base62:30}\n", rule: "secret-file" },
        Example { path: "etc/credstore/smtp", text: "p{lower:6}97", rule: "secret-file" },
        Example { path: "run/secrets/api_key", text: "a1B{base62:30}", rule: "secret-file" },
        Example { path: "etc/ldap.secret", text: "p{lower:6}97", rule: "secret-file" },
        Example { path: "etc/zabbix/agent.psk", text: "{hex:64}\n", rule: "secret-file" },
        Example { path: "etc/nginx/tls/pass.txt", text: "p{lower:6}97\n\nrot\n", rule: "secret-file" },
        Example {
            path: "nexus-data/admin.password",
            text: "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}",
            rule: "secret-file",
        },
        Example {
            path: "root/.consul-token",
            text: "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}\n",
            rule: "secret-file",
        },
        Example { path: "root/.ethereum/geth/nodekey", text: "{hex:64}", rule: "secret-file" },
        Example { path: "etc/pam_ldap.secret", text: "xq.{base62:2}7MDPzxSQfN", rule: "secret-file" },
        Example { path: "root/.vault-token", text: "s.a1B{base62:22}", rule: "secret-file" },
    ],
    misses: &[
        Example { path: "app/password.txt", text: "choose a password of your own\n", rule: "" },
        Example { path: "app/token.txt", text: "token\n", rule: "" },
        Example { path: "app/passwords.txt", text: "a1b2c3d4\ne5f6a7b8\nc9d0e1f2\n", rule: "" },
        Example { path: "etc/passwd", text: "root:x:0:0\n", rule: "" },
        Example { path: "run/secrets/kubernetes.io/serviceaccount/namespace", text: "default", rule: "" },
        Example { path: "lib/open.pass", text: "passthrough\n", rule: "" },
        Example { path: "lib/secret.py", text: "a1B{base62:30}", rule: "" },
    ],
};

/// Longer files hold more than one secret.
const LONGEST: usize = 600;

fn wants(hint: &Hint<'_>) -> bool {
    let name = base_name(hint);
    if [&b"passwd"[..], b"secrets", b"shadow"].contains(&name.as_slice()) {
        return false;
    }
    let name = stem(&name);
    name == NODE_KEY
        || is_told_by_ending(hint)
        || is_handed_out(hint)
        || !name.contains(&b'.') && says(name) == Says::Secret
}

/// Whether a file lies where containers and services are handed their secrets, whatever it is called: what stands there in a layer
/// is no mount.
fn is_handed_out(hint: &Hint<'_>) -> bool {
    let folders =
        [&b"run/secrets/"[..], b"etc/credstore/", b"lib/credstore/", b"run/credstore/", b"run/credentials/"];
    folders.iter().any(|folder| holds(hint.path(), folder))
}

/// `zabbix.psk`, `ldap.secret`: the ending says it.
fn is_told_by_ending(hint: &Hint<'_>) -> bool {
    let ends = [".psk", ".secret", ".pass", ".passwd", ".password", ".passphrase", ".pw", ".kopia-password"];
    let name = base_name(hint);
    ends.iter().any(|end| name.len() > end.len() && name.ends_with(end.as_bytes()))
}

/// The key of a node of Ethereum, by which others know it: the file has nothing else.
const NODE_KEY: &[u8] = b"nodekey";

fn is_node_key(name: &[u8], value: &[u8]) -> bool {
    name == NODE_KEY && value.len() == 64 && value.iter().all(u8::is_ascii_hexdigit)
}

/// The name without an ending of texts and keys.
fn stem(name: &[u8]) -> &[u8] {
    let ends = [".txt", ".key", ".pass", ".secret", ".token", ".pw", ".password"];
    ends.iter().find_map(|end| name.strip_suffix(end.as_bytes())).unwrap_or(name)
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    if text.binary || text.bytes.len() > LONGEST {
        return;
    }
    let value = Part::of(text.bytes).trim();
    let bytes = value.bytes();
    if is_beside_keys(&text.hint) && bytes.contains(&b'\n') {
        passphrases(value, out);
        return;
    }
    let phrase =
        is_joined_phrase(bytes) || is_password(stem(&base_name(&text.hint))) && is_short_phrase(bytes);
    if !phrase && bytes.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control())
        || bytes.contains(&b'=') && bytes.len() < 20
    {
        return;
    }
    let name = base_name(&text.hint);
    let password = is_password(stem(&name));
    // An ending alone has other meanings as well.
    // Nexus makes up a UUID as the first password of its `admin.password`.
    let made = worth(bytes) == Worth::Uuid && name.ends_with(b"password");
    let known = made || says(stem(&name)) == Says::Secret || is_node_key(&name, bytes);
    if !known && !is_secret(bytes, |weak| is_chosen(weak) || is_picked(weak) || is_given_out(weak)) {
        return;
    }
    let level = match worth(bytes) {
        _ if is_password_hash(bytes) => return,
        Worth::Weak if phrase => (Level::Deny, Confidence::Medium),
        Worth::Strong => (Level::Deny, Confidence::Medium),
        // Of Consul and Nomad.
        Worth::Uuid if made || password || stem(&name).ends_with(b"token") => {
            (Level::Deny, Confidence::Medium)
        }
        Worth::Weak | Worth::Number if !is_wordy(bytes) && bytes.len() >= 6 => {
            (Level::Deny, Confidence::Medium)
        }
        Worth::Weak | Worth::Default if password && bytes.len() >= 4 => (Level::Warn, Confidence::Low),
        _ => return,
    };
    out(Found::here(&RULE, value, length_of("all of the file", value.len())).at(level.0, level.1));
}

/// Whether a file for passphrases lies where a server's keys lie: one in each line, tried one after the other.
fn is_beside_keys(hint: &Hint<'_>) -> bool {
    let folder = hint.path().rsplit(|b| *b == b'/').nth(1).unwrap_or_default();
    let folders: [&[u8]; 9] =
        [b"tls", b"ssl", b"certs", b"cert", b"private", b"pki", b"keys", b"nginx", b"haproxy"];
    folders.contains(&folder.to_ascii_lowercase().as_slice())
}

/// `ssl_password_file` of nginx.
fn passphrases<'b>(all: Part<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let lines: Vec<Part<'b>> = all.lines().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let made = |line: &Part<'_>| {
        is_secret(line.bytes(), |weak| is_chosen(weak) || is_picked(weak) || is_joined_phrase(weak))
            && !line.bytes().iter().any(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b':' | b'/'))
    };
    if lines.len() <= 8 {
        for line in lines.into_iter().filter(made) {
            out(Found::here(&RULE, line, length_of("passphrase of a key", line.len())));
        }
    }
}
