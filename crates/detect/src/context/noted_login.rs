//! Logins as people note them: `password changed from … to …`, `ssh root@10.0.0.5 (pw: …)`, `Wifi: Guest / …`, `PSK: …`.
//!
//! What a program's manual says in these words is a word of the trade, or one that everybody tries first: what counts is a
//! word with numbers or marks, or words that somebody drew.
//!
//! bad: `admin password changed from Harbour72! to Rocket.Lamp50`
//! good: `admin password changed, see the team's vault`

use tightlip_report::{Confidence, Level};

use super::announced::{RULE, bare, is_message, is_told};
use super::judge::ground::{Ground, ground, ground_of, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::joined::{is_pair_of_words, is_short_phrase};
use super::judge::length_of;
use super::judge::reading::line_around;
use super::judge::value::{Worth, worth};
use super::told_pair::{USERS, is_recording};
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "noted-login",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Prose || is_recording(hint),
    keywords: &[
        "passw", " pw", "(pw", "pw:", "kennw", "wlan", "wifi", "wi-fi", "ssid", "psk", "contrase", "mdp",
        "admin (", "root (",
    ],
    find,
    hits: &[
        Example {
            path: "docs/CHANGELOG.md",
            text: "- admin password changed from changeme to R{lower:5}.Lamp50\n",
            rule: "password-in-log",
        },
        Example {
            path: "todo.txt",
            text: "Passwort geändert von changeme auf H{lower:5}!72\n",
            rule: "password-in-log",
        },
        Example { path: "ssh.txt", text: "ssh root@10.0.0.5 (pw: otter-lamp)\n", rule: "password-in-log" },
        Example {
            path: "nas.txt",
            text: "call Ann\nLogin: admin (Passwort H{lower:5}!72)\n",
            rule: "password-in-log",
        },
        Example { path: "lan.txt", text: "Wifi: Guest / otter-lamp\n", rule: "password-in-log" },
        Example {
            path: "lan.txt",
            text: "WLAN: Acme-Int   Key: otter-lamp-fjord-velvet\n",
            rule: "password-in-log",
        },
        Example {
            path: "slack.json",
            text: "{{\"user\": \"U1\", \"text\": \"wifi: Guest / otter-lamp\"}}\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "CHANGELOG.md",
            text: "- Password hashing changed from sha256 to argon2id\n- password length changed from 8 to 12\n- password changed from plain to hashed\n",
            rule: "",
        },
        Example {
            path: "notes.txt",
            text: "ssh root@10.0.0.5 (pw: see vault)\nssh root@h (password required)\nwifi: SSID / passphrase\nWi-Fi: WPA2 / WPA3\nlogin (password: changeme)\n",
            rule: "",
        },
    ],
};

/// A longer line is no note.
const LONGEST: usize = 1000;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let message = is_recording(&text.hint);
    let note = matches!(ground_of(text), Ground::Prose | Ground::Yaml | Ground::Lines);
    if text.binary || !message && !note {
        return;
    }
    let mut done = 0;
    for &at in text.at {
        if at < done || message && !is_message(text.bytes, at) {
            continue;
        }
        let line = line_around(text.bytes, at);
        // Messages of a chat may all stand in one line.
        let line = if message { said(text.bytes, at) } else { line };
        done = line.span().end;
        if line.len() > LONGEST {
            continue;
        }
        let changed = changed(line);
        let sure = !changed.is_empty();
        let values = if sure {
            changed
        } else {
            in_brackets(line).or_else(|| of_network(line)).or_else(|| set_to(line)).into_iter().collect()
        };
        let manual = is_named_manual(&text.hint) && !sure;
        for value in values {
            let found = Found::here(&RULE, value, length_of("password that is noted", value.len()));
            out(if manual { found.at(Level::Warn, Confidence::Low) } else { found });
        }
    }
}

/// The text of a message: from the quote before a place to the one behind it.
fn said(text: &[u8], at: usize) -> Part<'_> {
    let head = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let start = at - head.iter().rev().take_while(|b| **b != b'"').count();
    Part::between(text, start..text.len().min(at + LONGEST)).while_(|b| b != b'"')
}

/// Letters with numbers or marks, or words that somebody drew.
fn is_convincing(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let odd = |b: &u8| matches!(b, b'/' | b':' | b'=' | b'_' | b'<' | b'>' | b'\\');
    let numbered = bytes.len() >= 8 && digits >= 2 && letters >= 4 && is_own_password(bytes);
    !bytes.iter().any(odd) && (is_told(value) || numbered || is_short_phrase(bytes))
}

/// The same, or two drawn words: where a line speaks of a login and nothing else can stand.
pub(super) fn is_noted(value: Part<'_>) -> bool {
    let bytes = value.bytes();
    let digit = bytes.iter().any(u8::is_ascii_digit) && is_own_password(bytes) && bytes.len() >= 8;
    is_convincing(value) || is_pair_of_words(bytes) || digit && !bytes.iter().any(|b| b"/:=_<>".contains(b))
}

/// What is said of a password that has become another one.
const VERBS: &[&str] = &[
    "chang",
    "reset",
    "rotat",
    "updat",
    "switch",
    "geänd",
    "gewechs",
    "umgestellt",
    "cambi",
    "modifi",
    "zmien",
    "gewijz",
];
/// Words between the old one and the new one.
const FROM_TO: &[(&str, &[&str])] = &[
    (" from ", &["to"]),
    (" von ", &["auf", "zu", "in", "nach"]),
    (" de ", &["a", "à", "en", "por", "para"]),
    (" da ", &["a"]),
    (" van ", &["naar", "in"]),
    (" z ", &["na"]),
];
/// Words for a password.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "pw",
    "pwd",
    "pass",
    "kennwort",
    "contraseña",
    "mdp",
    "hasło",
    "wachtwoord",
    "senha",
];

/// The old and the new one: `password of bob changed from x to y`.
fn changed(line: Part<'_>) -> Vec<Part<'_>> {
    for (from, tos) in FROM_TO {
        let Some((before, after)) = line.cut_at(from.as_bytes()) else { continue };
        let lower = String::from_utf8_lossy(before.bytes()).to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let near = words.iter().rev().take(6).any(|word| WORDS.contains(word));
        if !near || !words.iter().any(|word| VERBS.iter().any(|verb| word.starts_with(verb))) {
            continue;
        }
        let mut told = after.words();
        let (Some(old), Some(to), Some(new)) = (told.next(), told.next(), told.next()) else { continue };
        let (old, new) = (bare(old), bare(new));
        // What everybody tries first may have been the old one.
        let pair = is_noted(old) || worth(old.bytes()) == Worth::Default;
        if pair && tos.iter().any(|word| to.is(word)) && is_convincing(new) {
            return [old, new].into_iter().filter(|value| is_noted(*value)).collect();
        }
    }
    Vec::new()
}

/// What it is now: `root pw reset to x`.
fn set_to(line: Part<'_>) -> Option<Part<'_>> {
    let (before, after) = line.cut_at(b" to ")?;
    let lower = before.bytes().to_ascii_lowercase();
    let mut words = lower.rsplit(|b| !b.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let verb = words.next()?;
    let set = verb == b"set" || VERBS.iter().any(|known| verb.starts_with(known.as_bytes()));
    let near = words.take(4).any(|word| WORDS.iter().any(|known| known.as_bytes() == word));
    after.words().next().map(bare).filter(|value| set && near && is_convincing(*value))
}

/// `(pw: x)`, `password (x)`, `admin (x)` behind a login, and `PW: x` behind an address.
fn in_brackets(line: Part<'_>) -> Option<Part<'_>> {
    let opens = memchr::memchr_iter(b'(', line.bytes());
    let bracketed = opens.filter_map(|open| {
        let (before, inside) = (line.first(open), line.skip(open + 1));
        let (inside, _) = inside.cut(|b| b == b')')?;
        let word =
            |part: &Part<'_>| WORDS.iter().any(|word| part.trim_of(|b| b == b':' || b == b',').is(word));
        let mut words = inside.words();
        let (first, second) = (words.next()?, words.next());
        let value = match second {
            Some(second) if word(&first) => Some(bare(second)).filter(|value| is_noted(*value)),
            Some(_) => None,
            None => {
                let last = before.words().last()?;
                let user = USERS.iter().any(|user| last.is(user)) && is_told(bare(first));
                let named = word(&last) && is_noted(bare(first));
                (user || named).then(|| bare(first))
            }
        };
        value.filter(|_| words.next().is_none() && is_of_login(before))
    });
    let mut bracketed = bracketed;
    bracketed.next().or_else(|| behind_address(line))
}

/// `http://10.0.0.1  PW: x`: the last word of a line that has an address.
fn behind_address(line: Part<'_>) -> Option<Part<'_>> {
    let mut words: Vec<Part<'_>> = line.words().collect();
    let (value, name) = (words.pop()?, words.pop()?);
    let named = name.bytes().ends_with(b":")
        && WORDS.iter().any(|word| name.trim_of(|b| matches!(b, b':' | b'*' | b'(')).is(word));
    let address = words.iter().any(|word| memchr::memmem::find(word.bytes(), b"://").is_some());
    Some(bare(value)).filter(|value| named && address && is_noted(*value))
}

/// Whether a line up to a bracket speaks of a login: a command that logs in, an address, a user.
fn is_of_login(before: Part<'_>) -> bool {
    let lower = before.bytes().to_ascii_lowercase();
    let signs = [
        "ssh ", "@", "login", "log in", "sign in", "admin", "root", "user", "://", "rdp", "vnc", "anmeld",
        "zugang",
    ];
    signs.iter().any(|sign| memchr::memmem::find(&lower, sign.as_bytes()).is_some())
}

/// What stands between a network and its key.
const BEHIND_NETWORK: &[&str] = &[
    " / ",
    "key: ",
    "key ",
    "psk: ",
    "psk ",
    "psk = ",
    "password: ",
    "password is ",
    "passwort: ",
    "passwort ",
    "passphrase: ",
    "pw: ",
    "pw ",
    "schl\u{fc}ssel: ",
    "cl\u{e9}: ",
    "clave: ",
    "chiave: ",
    "chave: ",
    "klucz: ",
    "sleutel: ",
];

/// `Wifi: Guest / x`, `WLAN: Acme   Key: x`, `PSK: x`.
fn of_network(line: Part<'_>) -> Option<Part<'_>> {
    let lower = line.bytes().to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes());
    let network = ["wlan", "wifi", "wi-fi", "ssid"].iter().filter_map(|word| has(word)).min();
    let start = network.or_else(|| has("psk"))?;
    let whole =
        start.checked_sub(1).and_then(|before| lower.get(before)).is_none_or(|b| !b.is_ascii_alphanumeric());
    if !whole {
        return None;
    }
    // Without the name of a network, `PSK` begins the name of a cipher or an option as well.
    let signs = if network.is_some() { BEHIND_NETWORK } else { &["psk: ", "psk = ", "psk `"] };
    signs.iter().find_map(|sign| {
        let from = lower.get(start..)?;
        let found = start + memchr::memmem::find(from, sign.as_bytes())?;
        let at = found + sign.trim_end_matches('`').len();
        let rest = line.skip(at).trim();
        let quotes = rest.while_(|b| matches!(b, b'`' | b'"' | b'\''));
        let quoted = rest.after(&quotes).cut(|b| matches!(b, b'`' | b'"')).map(|(value, _)| value);
        let phrase = quoted.filter(|value| !quotes.is_empty() && is_short_phrase(value.bytes()));
        let word = rest.words().next().map(bare);
        phrase.or(word.filter(|value| is_noted(*value) && !value.is_empty()))
    })
}
