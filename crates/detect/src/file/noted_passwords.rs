//! Files in which somebody has noted passwords, and that say so by their name: `passwords.txt`, `creds.txt`, `logins.txt`.
//!
//! Each line has a name or two and a password: `vpn hunter22x`, `mail: bob / hunter22x`; or the file has two lines, a user and the
//! password. Lists of words that people try as passwords have one in each line, or hundreds of lines.
//!
//! bad: `COPY passwords.txt /root/`
//! good: a password manager

use tightlip_report::{Confidence, Level};

use super::judge::base_name;
use crate::context::judge::joined::is_joined_phrase;
use crate::context::judge::length_of;
use crate::context::judge::value::{is_chosen, is_picked, is_secret};
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Rule, Text};

static RULE: Rule = Rule::new(
    "noted-password",
    "Password in a file of noted passwords",
    "Whoever can read the note can log in where its line says.",
)
.source("https://cwe.mitre.org/data/definitions/256.html")
.at(Level::Deny, Confidence::Medium);

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "noted-passwords",
    rules: &[&RULE],
    wants,
    keywords: &[],
    find,
    hits: &[
        Example { path: "root/passwords.txt", text: "# mine\nvpn p{lower:6}97\n", rule: "noted-password" },
        Example {
            path: "home/bob/Passwords.txt",
            text: "mail = bob / p{lower:6}97\n",
            rule: "noted-password",
        },
        Example { path: "root/creds.txt", text: "bob@acme.dev\np{lower:6}97\n", rule: "noted-password" },
        Example { path: "opt/kennw\u{f6}rter.txt", text: "wlan: p{lower:6}97\n", rule: "noted-password" },
    ],
    misses: &[
        Example { path: "lists/passwords.txt", text: "a1b2c3d4\ne5f6a7b8\nc9d0e1f2\n", rule: "" },
        Example { path: "lists/passwords.txt", text: "a1b2c3d4 290729\ne5f6a7b8 79076\n", rule: "" },
        Example { path: "root/creds.txt", text: "see the vault\n", rule: "" },
        Example {
            path: "root/logins.txt",
            text: "serial of the UPS: AS{digits:9}\nSSID Lager97x\n",
            rule: "",
        },
        Example { path: "root/notes.txt", text: "vpn p{lower:6}97\n", rule: "" },
        Example {
            path: "root/logins.txt",
            text: "2030-01-02 10:11 bob from 10.0.0.1\nbob:$6$ab{base62:9}\n",
            rule: "",
        },
    ],
};

/// What such files are called, without an ending; letters that are none of ours are left out.
const NAMES: &[&str] = &[
    "passwords",
    "passwds",
    "pwds",
    "passes",
    "creds",
    "credentials",
    "logins",
    "login",
    "accounts",
    "zugangsdaten",
    "zugaenge",
    "kennworte",
    "kennworter",
    "kennwoerter",
    "kennwrter",
    "passworter",
    "passwoerter",
    "passwrter",
    "motsdepasse",
    "mdp",
    "contrasenas",
    "contraseas",
    "claves",
    "senhas",
    "hasla",
    "hesla",
    "wachtwoorden",
    "sifreler",
    "ifreler",
    "jelszavak",
];
/// Endings of such files.
const ENDINGS: &[&[u8]] = &[b"", b"txt", b"md", b"lst", b"list", b"doc", b"old", b"bak"];
/// A longer line is a text.
const WORDS: usize = 5;
/// What is noted beside passwords.
const OTHERS: &[&str] = &[
    "serial", "serien", "serie", "number", "nummer", "nr", "no", "phone", "tel", "telefon", "iban", "kunde",
    "kunden", "customer", "version", "model", "date", "datum", "license", "vertrag", "contract", "mac", "ip",
    "ssid",
];
/// More are a list of what people try.
const MOST: usize = 100;

fn wants(hint: &Hint<'_>) -> bool {
    let name = base_name(hint);
    let (stem, ending) = match name.iter().position(|b| *b == b'.') {
        Some(at) => (name.get(..at).unwrap_or_default(), name.get(at + 1..).unwrap_or_default()),
        None => (name.as_slice(), &b""[..]),
    };
    let letters: Vec<u8> = stem.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    matches!(hint, Hint::File(_))
        && ENDINGS.contains(&ending)
        && NAMES.iter().any(|known| known.as_bytes() == letters)
}

/// Whether what stands before a value says that it is something else: `serial of the UPS: AS67…`.
fn is_of_other(words: &[Part<'_>]) -> bool {
    let before = words.split_last().map_or(words, |(_, before)| before);
    let mut parts = before.iter().flat_map(|word| word.bytes().split(|b| !b.is_ascii_alphanumeric()));
    parts.any(|part| OTHERS.iter().any(|other| part.eq_ignore_ascii_case(other.as_bytes())))
}

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    let lines = Part::of(text.bytes).lines().map(|line| line.trim());
    let lines: Vec<Part<'b>> =
        lines.filter(|line| !line.is_empty() && !line.bytes().starts_with(b"#")).take(MOST + 1).collect();
    if text.binary || lines.len() > MOST {
        return;
    }
    let found = |value: Part<'b>| {
        let made =
            is_secret(value.bytes(), |weak| is_chosen(weak) || is_picked(weak) || is_joined_phrase(weak));
        made.then(|| Found::here(&RULE, value, length_of("noted password", value.len())))
    };
    if let [user, password] = lines.as_slice()
        && user.words().count() == 1
        && password.words().count() == 1
    {
        found(*password).into_iter().for_each(&mut *out);
        return;
    }
    for line in &lines {
        let words: Vec<Part<'b>> = line.words().collect();
        if let [_, .., password] = words.as_slice()
            && words.len() <= WORDS
            && !is_of_other(&words)
        {
            found(*password).into_iter().for_each(&mut *out);
        }
    }
}
