//! A login as people and installers write it down: `admin / …`, after the name of a machine, in a note, a log or a comment.
//!
//! bad: `Firewall: admin / Copper73!otter`
//! good: `Firewall: see the team's vault`

use tightlip_report::{Confidence, Level};

use super::announced::{RULE, bare, is_message, is_told};
use super::judge::comment::is_in_markup_comment;
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::reading::line_before;
use super::judge::value::is_picked;
use super::noted_login::is_noted;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "told-pair",
    rules: &[&RULE],
    wants: |hint| matches!(ground(hint), Ground::Prose | Ground::Shell) || is_recording(hint),
    keywords: KEYWORDS,
    find,
    hits: &[
        Example {
            path: "home/bob/notes.txt",
            text: "call Ann\nRouter  admin / Xk9v{lower:5}!7\n",
            rule: "password-in-log",
        },
        Example {
            path: "var/log/install.log",
            text: "[+] Administrator created (root / aB7x9{base62:10}7)\n",
            rule: "password-in-log",
        },
        Example {
            path: "home/bob/mail/1.eml",
            text: "Could you sign in as till_3 with Xk9v{lower:5}!7 and restart it?\n",
            rule: "password-in-log",
        },
        Example {
            path: "README.md",
            text: "https://staging.kieselwerk.de (Basic auth: `kiesel` / `Xk9v{lower:5}!7`)\n",
            rule: "password-in-log",
        },
        Example {
            path: "README.md",
            text: "Log in as `ann@kieselwerk.de`, password `Xk9v{lower:5}!7`, to see it.\n",
            rule: "password-in-log",
        },
        Example {
            path: "wiki/lan.md",
            text: "How to get in\n\n- iDRAC: login **root** / **p{lower:7}37**\n",
            rule: "password-in-log",
        },
        Example {
            path: "todo.txt",
            text: "TODO this week\n- ask Ann\n- db: stats / Zq-{lower:5}-4411 @ 10.9.8.7:5439\n",
            rule: "password-in-log",
        },
        Example {
            path: "srv/www/a.html",
            text: "<p>x</p>\n<!-- test login: ann@acme.dev / Xk9v{lower:5}!7 -->\n",
            rule: "password-in-log",
        },
        Example { path: "notes.txt", text: "Logins\n======\nbob / otter-lamp\n", rule: "password-in-log" },
        Example {
            path: "slack/random.json",
            text: "[{{\"user\": \"U1\", \"text\": \"try svc_app / Qv{digits:1}x_{lower:3}WbKz7 on shop-db.acme.lan\"}}]\n",
            rule: "password-in-log",
        },
        Example {
            path: "notes.txt",
            text: "Firewall http://10.2.3.4 admin -> p{lower:6}4796!\n",
            rule: "password-in-log",
        },
        Example {
            path: "notes.txt",
            text: "Box 10.2.3.5, SSH: ann / otter-lamp-{digits:3}\n",
            rule: "password-in-log",
        },
        Example {
            path: "notes.txt",
            text: "Kunden\n\nfile7.acme.org   ssh as bob  /  Xk9v{lower:5}!7\n",
            rule: "password-in-log",
        },
        Example {
            path: "slack.json",
            text: "{{\"user\": \"U1\", \"text\": \"admin / Xk9v{lower:5}!7\"}}\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "chat.json",
            text: "{{\"user\": \"U1\", \"text\": \"tcp / IPv4x2048 on eth0.lan, x86_64 / Win10Pro9x on pc.lan, node-exporter / prometheus2x on ci.lan, read / Xk9v{lower:5}!7 on the disk\"}}\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "Logins\n======\nread / server-side\n\nColours\n\nred / otter-lamp\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "owner / Maintainer2024x\nbase64 -> Utf8x2048\nroute 10.2.3.4 -> eth0.100\n10.2.3.4 GET / HTTP/1.1\nadmin / user\nroot / 12.5GB2048x / 14\nread / write4096X\n",
            rule: "",
        },
        Example {
            path: "var/log/x.log",
            text: "log in as root with ssh-ed25519\nlog in as root, password is asked for\nlog in as root and Enter2go!\nlogin as bob with key2\nsign in as a b with Xk9v{lower:5}!7\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "Logins\n======\nDNS: ns1.kieselwerk9.de / ns2.kieselwerk9.de\n",
            rule: "",
        },
        Example { path: "var/log/x.log", text: "user 12 / 4096 and admin / (none)\n", rule: "" },
    ],
};

/// What divides a user from a password.
const MARKS: &[&str] = &[" / ", " -> ", " => "];
/// The words before a user who logs in with one.
const WORDS: &[&str] = &["log in as ", "login as ", "log on as ", "sign in as ", "logon as "];
const KEYWORDS: &[&str] =
    &[" / ", " -> ", " => ", "log in as ", "login as ", "log on as ", "sign in as ", "logon as "];

/// Names under which people log in everywhere.
pub(super) const USERS: &[&str] = &[
    "admin",
    "administrator",
    "root",
    "user",
    "benutzer",
    "test",
    "demo",
    "guest",
    "gast",
    "support",
    "service",
    "operator",
    "superuser",
    "sysadmin",
    "sa",
    "postgres",
    "mysql",
    "oracle",
    "ubnt",
    "pi",
    "ubuntu",
    "ops",
    "deploy",
    "backup",
    "manager",
];

/// Parts of words that say that a login is told, in the languages of people who write such notes.
const LOGIN: &[&str] = &[
    "login",
    "log in",
    "account",
    "credential",
    "basic auth",
    "basic-auth",
    "http auth",
    "htaccess",
    "htpasswd",
    "passw",
    "kennw",
    "zugang",
    "benutzer",
    "konto",
    "anmeld",
    "compte",
    "utilisateur",
    "identifiant",
    "acceso",
    "usuario",
    "cuenta",
    "utente",
    "accesso",
    "gebruiker",
    "inlog",
    "dostęp",
    "użytkownik",
    "uživatel",
    "acesso",
    "senha",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let message = is_recording(&text.hint);
    if text.binary || !message && !matches!(ground_of(text), Ground::Prose | Ground::Yaml) {
        return;
    }
    for &at in text.at.iter().filter(|at| !message || is_message(text.bytes, **at)) {
        if let Some(value) = with_password(text.bytes, at) {
            let shape = length_of("password of a login that is told", value.len());
            let found = Found::here(&RULE, value, shape);
            out(if is_named_manual(&text.hint) { found.at(Level::Warn, Confidence::Low) } else { found });
            continue;
        }
        let before = line_before(text.bytes, at);
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 200));
        let Some(rest) = MARKS.iter().find_map(|mark| rest.strip(mark)) else { continue };
        let rest = rest.after(&rest.while_(|b| b == b' '));
        let start = rest.span().start;
        let rest = rest.while_(|b| b != b'\n' && !(message && b == b'"'));
        let Some(word) = rest.words().next().filter(|word| word.span().start == start) else { continue };
        let value = bare(word);
        // `ann@acme.dev -> ann@acme.org`, `ns1.acme.org / ns2.acme.org`
        if is_address(value) || is_of_one_domain(before, value) {
            continue;
        }
        let more = rest.after(&word).trim();
        let list = more.bytes().starts_with(b"/") || word.bytes().contains(&b'/') && !is_sure(value);
        // In bold, or in quotes, a word with a number is told as well.
        let shown =
            value.len() < word.len() && matches!(value.byte_before(), b'*' | b'`' | b'"' | b'\'' | b'>');
        let on_host = is_on_host(more) && user_of(before).is_some_and(|user| is_account(&user));
        let at_host = is_at_host(more) || on_host || is_behind_host(before);
        let told = || shown || is_headed(text.bytes, at);
        let sure = is_sure(value)
            || shown && is_picked(value.bytes())
            || at_host && is_numbered(value.bytes())
            || is_noted(value) && told();
        let named = || at_host || is_login(before) || user_of(before).is_some() && is_headed(text.bytes, at);
        if list || !sure || !named() {
            continue;
        }
        let shown = is_named_manual(&text.hint)
            && !is_in_markup_comment(text.bytes.get(at.saturating_sub(4096)..at).unwrap_or_default());
        let found = Found::here(&RULE, value, length_of("password behind a user's name", value.len()));
        out(if shown { found.at(Level::Warn, Confidence::Low) } else { found });
    }
}

/// `app / x @ 10.0.0.7:5432`: what follows says where the login is good.
fn is_at_host(more: Part<'_>) -> bool {
    more.strip("@").and_then(|rest| rest.words().next()).is_some_and(is_host)
}

/// The same in words, in which other things stand on one another as well: `svc_app / x on db.acme.lan`.
fn is_on_host(more: Part<'_>) -> bool {
    let host =
        ["on ", "auf ", "sur ", "at ", "en ", "su ", "op ", "na "].iter().find_map(|word| more.strip(word));
    host.and_then(|rest| rest.words().next()).is_some_and(|host| is_host(bare(host)))
}

/// `Firewall http://10.0.0.1 admin -> x`, `10.0.0.7, SSH: ann / x`: where the login is good stands before it.
fn is_behind_host(before: &[u8]) -> bool {
    let word = |word: &&[u8]| !word.is_empty();
    let mut words = before.split(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'(' | b')')).filter(word);
    let address = |word: &[u8]| {
        let word = word.strip_prefix(b"http://").or_else(|| word.strip_prefix(b"https://")).unwrap_or(word);
        let host = word.split(|b| matches!(b, b'/' | b':')).next().unwrap_or_default();
        std::str::from_utf8(host).is_ok_and(|host| host.parse::<std::net::Ipv4Addr>().is_ok())
    };
    let user = user_of(before).is_some_and(|user| !user.iter().all(|b| b.is_ascii_digit() || *b == b'.'));
    user && words.any(address)
}

/// `svc_app`, `ann@acme.dev`, `shop_ro`: a name of nothing but somebody who logs in. Programs and machines are called `x86_64`.
fn is_account(user: &[u8]) -> bool {
    let parts = [
        "svc", "srv", "usr", "user", "adm", "admin", "app", "ro", "rw", "db", "dba", "ftp", "sql", "batch",
        "etl",
    ];
    let mut words = user.split(|b| matches!(b, b'_' | b'-' | b'\\')).peekable();
    let is_part = |word: &[u8]| parts.iter().any(|part| part.as_bytes() == word);
    let joined = user.iter().any(|b| matches!(b, b'_' | b'-' | b'\\'));
    let first = words.peek().is_some_and(|first| is_part(first));
    let last = words.last().is_some_and(is_part);
    USERS.iter().any(|known| known.as_bytes() == user) || user.contains(&b'@') || joined && (first || last)
}

fn is_address(value: Part<'_>) -> bool {
    value.cut(|b| b == b'@').is_some_and(|(_, host)| is_host(host) && !host.bytes().ends_with(b"."))
}

/// Whether what stands before the mark and behind it are machines of one domain.
fn is_of_one_domain(before: &[u8], value: Part<'_>) -> bool {
    let domain = |host: &[u8]| {
        let host = host.to_ascii_lowercase();
        host.iter().position(|b| *b == b'.').map(|dot| host.split_at(dot).1.to_vec()).filter(|d| d.len() > 2)
    };
    let one = user_of(before).and_then(|user| domain(&user));
    is_host(value) && one.is_some() && one == domain(value.bytes())
}

fn is_host(host: Part<'_>) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    host.len() >= 4 && host.bytes().iter().all(plain) && host.bytes().iter().any(|b| matches!(b, b'.' | b':'))
}

fn is_numbered(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) && is_own_password(value)
}

/// `log in as bob with x`
fn with_password(text: &[u8], at: usize) -> Option<Part<'_>> {
    let rest = Part::between(text, at..text.len().min(at + 200)).while_(|b| b != b'\n');
    let after = WORDS.iter().find_map(|words| rest.strip(words))?;
    let user = after.words().next()?;
    let rest = after.after(&user).trim();
    let with = rest.strip("with ").or_else(|| rest.strip("and "));
    let named = ["password ", "passwort ", "pw ", "pass "];
    // `Log in as bob, password x`: without a word between, it must be named.
    let value = named.iter().find_map(|name| with.unwrap_or(rest).strip(name)).or(rest.strip("with "))?;
    // `with ssh-ed25519` tells a method.
    let own = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_punctuation() && !b"-_.".contains(b);
    value.words().next().map(bare).filter(|value| is_sure(*value) && value.bytes().iter().any(own))
}

fn is_sure(value: Part<'_>) -> bool {
    is_told(value) && value.bytes().iter().any(u8::is_ascii_alphabetic)
}

/// So far up a heading may stand, in lines.
const LINES: usize = 30;

/// Whether the nearest heading above says that logins are listed below it: `## Logins`, `Zugangsdaten` alone in its line.
fn is_headed(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(4096)..at).unwrap_or_default();
    let mut lines = before.rsplit(|b| *b == b'\n').skip(1).take(LINES).map(<[u8]>::trim_ascii);
    let rule = |line: &&[u8]| {
        line.is_empty() || line.iter().all(|b| matches!(b, b'=' | b'-' | b'~' | b'|' | b':' | b' '))
    };
    let mut apart = false;
    let heading = lines.find(|line| {
        let alone = apart && line.split(|b| *b == b' ').count() <= 4 && !line.contains(&b'/');
        let heads = line.starts_with(b"#") || line.starts_with(b"*") && line.ends_with(b"*");
        apart = rule(line);
        !rule(line) && (heads || alone || line.ends_with(b":"))
    });
    let lower = heading.unwrap_or_default().to_ascii_lowercase();
    LOGIN.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// A file that may hold what people wrote to each other.
pub(super) fn is_recording(hint: &Hint<'_>) -> bool {
    let name = hint.file_name();
    [&b".json"[..], b".jsonl", b".ndjson"].iter().any(|end| name.ends_with(end))
}

/// The name that a line up to here ends with, in lower case.
fn user_of(before: &[u8]) -> Option<Vec<u8>> {
    let before = before.trim_ascii_end();
    let word =
        before.rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b':')).next().unwrap_or_default();
    let marks = |b: &u8| matches!(b, b'`' | b'"' | b'\'' | b'*');
    let start = word.iter().position(|b| !marks(b)).unwrap_or(word.len());
    let end = word.iter().rposition(|b| !marks(b)).map_or(start, |last| last + 1);
    let user = word.get(start..end).unwrap_or_default().to_ascii_lowercase();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@' | b'\\');
    ((2..=60).contains(&user.len()) && user.iter().all(plain)).then_some(user)
}

/// Whether a line up to here ends with the name of somebody who logs in, or with any name where it speaks of a login.
fn is_login(before: &[u8]) -> bool {
    let Some(user) = user_of(before) else { return false };
    let line = before.to_ascii_lowercase();
    let told = || LOGIN.iter().any(|word| memchr::memmem::find(&line, word.as_bytes()).is_some());
    // `VPN user ann / x`
    let said = || {
        [" user ", " benutzer ", " usuario ", " ssh as "]
            .iter()
            .any(|word| memchr::memmem::find(&line, word.as_bytes()).is_some())
    };
    USERS.iter().any(|known| known.as_bytes() == user) || said() || user.contains(&b'@') || told()
}
