//! Logins that people note in words alone, without a colon or a sign: `10.0.0.7  shop  user admin password …`, in the languages of
//! such notes.
//!
//! Sentences have the same words: only what looks chosen or made counts.
//!
//! bad: `nas  user bob password Copper73!otter`
//! good: `nas  user bob, password in the team's vault`

use super::announced::{RULE, bare, is_told};
use super::judge::ground::{Ground, ground, is_named_manual};
use super::judge::in_login::is_own_password;
use super::judge::length_of;
use super::judge::value::classes;
use crate::read::Part;
use crate::{Example, Finder, Found, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "login-in-words",
    rules: &[&RULE],
    wants: |hint| ground(hint) == Ground::Prose && !is_named_manual(hint),
    keywords: USERS,
    find,
    hits: &[
        Example {
            path: "notes.txt",
            text: "10.2.3.4  staff  user admin password Qv{lower:5}_WbKx7r\n",
            rule: "password-in-log",
        },
        Example {
            path: "notlar.txt",
            text: "10.2.3.4  kullanici yonetici sifre Qv{lower:5}_WbKx7r\n",
            rule: "password-in-log",
        },
        Example {
            path: "notes.txt",
            text: "nas login ann pw Pz{lower:2}KTz{lower:3}W_kr{digits:1}\n",
            rule: "password-in-log",
        },
        Example {
            path: "notas.txt",
            text: "router usuario admin clave P{lower:6}97!\n",
            rule: "password-in-log",
        },
    ],
    misses: &[
        Example {
            path: "notes.txt",
            text: "the user bob password expired\na user may password protect it\nlogin page password field\nuser admin password changeme\nuser bob password $PW\n",
            rule: "",
        },
        Example { path: "README.md", text: "user admin password P{lower:6}97!\n", rule: "" },
    ],
};

/// Who logs in, with the blank that follows.
const USERS: &[&str] = &[
    "user ",
    "username ",
    "login ",
    "benutzer ",
    "usuario ",
    "usu\u{e1}rio ",
    "utilisateur ",
    "utente ",
    "gebruiker ",
    "uzytkownik ",
    "u\u{17c}ytkownik ",
    "kullanici ",
    "kullan\u{131}c\u{131} ",
    "u\u{17e}ivatel ",
    "uzivatel ",
    "anv\u{e4}ndare ",
    "bruker ",
];

/// What he logs in with.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "passwort",
    "kennwort",
    "clave",
    "contrase\u{f1}a",
    "contrasena",
    "senha",
    "mdp",
    "wachtwoord",
    "has\u{142}o",
    "haslo",
    "sifre",
    "\u{15f}ifre",
    "parola",
    "heslo",
    "l\u{f6}senord",
    "passord",
];

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = Part::between(text.bytes, at..text.bytes.len().min(at + 200)).while_(|b| b != b'\n');
        if line.byte_before().is_ascii_alphanumeric() {
            continue;
        }
        let Some(after) = USERS.iter().find_map(|word| line.strip(word)) else { continue };
        let mut words = after.words();
        let (Some(_), Some(word), Some(value)) = (words.next(), words.next(), words.next()) else { continue };
        let value = bare(value);
        if PASSWORDS.iter().any(|known| word.is(known)) && value.len() >= 8 && is_one(value) {
            out(Found::here(&RULE, value, length_of("password behind a user's name", value.len())));
        }
    }
}

/// What is told anywhere, or letters of both cases and a digit, which no sentence has behind these words.
fn is_one(value: Part<'_>) -> bool {
    is_told(value) || classes(value.bytes()) == 3 && is_own_password(value.bytes())
}
